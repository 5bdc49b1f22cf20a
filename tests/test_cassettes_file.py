"""Cassettes as files: what a reviewer reads, and what comes back from it."""

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.openai_server import OpenAIServer, Text
from tests.recording import Recorder, Write
from yamlagents.runtime.cassettes.contract import Contract
from yamlagents.runtime.cassettes.exchange import Exchange, Request, ToolResult, exchange_hash
from yamlagents.runtime.cassettes.file import read, write
from yamlagents.runtime.cassettes.recording import Recording

SHORT = """\
agents:
  weather:
    model: openai/gpt-4.1
    instructions: |
      You only respond in haikus.
      Be kind.
    settings:
      temperature: 0.2
"""
EXCHANGES = """\
exchanges:
- exchange: 1
  agent: weather
  input:
  - user: What's the weather in Tokyo?
  response:
  - call: get_weather
    arguments:
      city: Tokyo
    id: call_2
  usage:
    input_tokens: 11
    output_tokens: 7
    total_tokens: 18
    cached_tokens: 3
    reasoning_tokens: 2
  cost:
    usd: 7.35e-05
  tools:
  - id: call_2
    name: get_weather
    arguments:
      city: Tokyo
    output: Sunny in Tokyo.
  hash: sha256:#
- exchange: 2
  agent: weather
  continues: 1
  input:
  - result: Sunny in Tokyo.
    of: 1
  response:
  - assistant: 'It is: Sunny in Tokyo.'
"""


def test_a_cassette_reads_as_a_conversation(write: Write, server: OpenAIServer) -> None:
    recorder = Recorder(write, server)
    recorder.play("all")
    text = recorder.text
    first = text.partition("hash: sha256:")[2][:64]
    assert SHORT in text
    assert EXCHANGES.replace("#", first) in text


def test_a_recording_is_the_same_twice(write: Write, server: OpenAIServer) -> None:
    recorder = Recorder(write, server)
    recorder.play("all")
    once = recorder.text
    recorder.play("all", streamed=True)
    assert recorder.text == once


# Characters that YAML gives a meaning to, and words that one of its versions takes for a number.
TEXT = st.text(alphabet="ab: -\n\t#|>'\"\\é\x85\u2028😀\ufeff") | st.sampled_from(
    [
        "1e3",
        "0o17",
        "017",
        "1_0",
        "12:30",
        ".5",
        "1e999",
        "no",
        "~",
        "<<",
        "=",
        "2001-01-01",
        "9" * 80,
    ]
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=TEXT, data=ANY)
def test_whatever_is_written_comes_back(tmp_path: Path, text: str, data: Any) -> None:
    contract = Contract("openai/gpt-4.1", text, {"top_p": 0.5}, {"t": {"parameters": data}})
    first = ({"user": text}, {"call": "t", "arguments": {"a": data}, "id": 1})
    call = {"call": "t", "arguments": text, "id": "call_7"}
    second = (*first, {**call, "id": 2}, {"result": data, "of": 2})
    written = []
    for given_, said in ((first, (call,)), (second, ({"assistant": text},))):
        request = Request("a", contract, given_)
        exchange = Exchange(request, 1, exchange_hash(request, 1), said, {"input_tokens": 3})
        exchange.results["call_7"] = ToolResult("t", text, data, text or None)
        written.append(exchange)
    path = tmp_path / "case.yaml"
    write(path, Recording(written))
    assert read(path) == Recording(written)
    again = read(path) or Recording()
    hashes = [exchange_hash(found.request, 1) for found in again.exchanges]
    assert hashes == [exchange.hash for exchange in written]


def test_two_contracts_of_one_agent_have_two_names(tmp_path: Path) -> None:
    written = []
    for instructions in ("One.", "Two."):
        request = Request("a", Contract("openai/x", instructions), ({"user": "Hi"},))
        written.append(Exchange(request, 1, exchange_hash(request, 1), ({"assistant": "Yes"},)))
    write(tmp_path / "case.yaml", Recording(written))
    text = (tmp_path / "case.yaml").read_text()
    assert "  a#2:\n" in text
    assert "  contract: a#2\n" in text
    assert read(tmp_path / "case.yaml") == Recording(written)


def test_nothing_is_left_beside_a_cassette(write: Write, server: OpenAIServer) -> None:
    recorder = Recorder(write, server)
    server.behave(Text("Hello."))
    recorder.play("all")
    assert [path.name for path in recorder.path.parent.iterdir()] == ["tokyo.yaml"]
