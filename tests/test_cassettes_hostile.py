"""A file that is no cassette, by accident or on purpose, is said with its place and a reason."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, Result
from tests.hostile import HOSTILE
from tests.openai_server import OpenAIServer
from yamlagents import RunError
from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.exchange import ToolResult

Write = Callable[[str, str], Path]
Tested = Callable[..., Result]

FILE = """\
agents:
  solo: {instructions: Be brief., model: openai/gpt-4.1}
tests:
  - name: hello
    input: Hello
    expect: [{contains: Hello}]
  - name: greeting
    input: Hello
    script: [{text: Hello.}]
    expect: [{contains: Hello}]
"""
GOOD = """\
version: 1
agents:
  solo:
    model: openai/gpt-4.1
    instructions: Be brief.
exchanges:
- exchange: 1
  agent: solo
  input:
  - user: Hello
  response:
  - call: get_weather
    arguments: {}
    id: call_1
  usage:
    input_tokens: 3
  cost:
    usd: 0.5
  tools:
  - id: call_1
    name: get_weather
    arguments: {}
    output: Sunny.
  hash: sha256:0
"""


@pytest.fixture
def tested(cli: Cli, write: Write, server: OpenAIServer) -> Tested:
    """Run the tests, with a key if anything is to be recorded."""
    folder = write("agents.d/solo.yaml", FILE).parent
    write("agents.d/cassettes/solo/hello.yaml", GOOD)

    def run(*argv: str) -> Result:
        env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
        return cli("test", *argv, cwd=folder.parent, env=env if argv else {})

    return run


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    return tmp_path / "agents.d" / "cassettes" / "solo" / "hello.yaml"


def test_this_is_a_cassette(tested: Tested, cassette: Path) -> None:
    said = tested().stdout
    assert len(Cassette.load(cassette).exchanges) == 1
    assert "cassette-stale" in said


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_no_cassette(tmp_path: Path, name: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(HOSTILE[name][1])
    with pytest.raises(RunError, match=r"the cassette \S*case\.yaml:\d+:\d+ cannot be") as raised:
        Cassette.load(path)
    assert (raised.value.code, raised.value.exit) == ("cassette-unreadable", 8)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "hello.yaml:1:1 cannot be read: this file has no content", id="empty"),
        pytest.param(b"\xff\xfe", "hello.yaml:1:1 cannot be read: this is not UTF-8", id="utf-16"),
        pytest.param(b"a: [", "hello.yaml:2:1 cannot be read: not YAML", id="cut"),
        pytest.param(b"#" * (32 * 1024 * 1024 + 1), "this file is over 32 MiB", id="large"),
        pytest.param(
            b"<<<<<<< ours\n" + GOOD.encode(), "hello.yaml:2:8 cannot be read", id="conflict"
        ),
    ],
)
def test_it_is_said_in_the_report(
    tested: Tested, cassette: Path, content: bytes, said: str
) -> None:
    cassette.write_bytes(content)
    result = tested()
    assert result.code == 8
    assert said in result.stdout
    assert "record it anew with --record" in result.stdout
    assert (result.stdout + result.stderr).count("Traceback") == 0
    assert "PASSED  greeting" in result.stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("version: 1", "version: 2", ":1:10 cannot be read: version 2", id="version"),
        pytest.param("version: 1\n", "", ":1:1 cannot be read: 'version' is", id="no version"),
        pytest.param("usd: 0.5", "usdd: 0.5", ":18:11 cannot be read: 'usdd' is unknown", id="key"),
        pytest.param("usd: 0.5", "usd: a", ":18:10 cannot be read: 'usd' is not a", id="number"),
        pytest.param(
            "_tokens: 3", "_tokens: 3\n    input_tokens: 4", ":17:5 cannot be read: 'in", id="twice"
        ),
        pytest.param("_tokens: 3", "_tokens: yes", ":16:19 cannot be read: 'inpu", id="count"),
        pytest.param("agent: solo", "agent: sole", ":8:10 cannot be read: 'sole' is", id="agent"),
        pytest.param(
            "exchange: 1", "exchange: 2", ":7:3 cannot be read: exchange 2 stands", id="order"
        ),
        pytest.param(
            "  input:\n", "  continues: 1\n  input:\n", ":9:14 cannot be read: there is", id="next"
        ),
        pytest.param("- user:", "- nobody:", ":10:5 cannot be read: this is no item", id="role"),
        pytest.param("user: Hello", "user: [a]", ":10:5 cannot be read: this is no", id="text"),
        pytest.param("id: call_1\n  us", "id: 7\n  us", ":12:5 cannot be read: the id", id="id"),
        pytest.param(
            "call: get_weather", "type: odd", ":12:5 cannot be read: this is no item of", id="type"
        ),
        pytest.param("Sunny.", "Sunny.\n    b: 1", ":24:8 cannot be read: 'b' is", id="result"),
        pytest.param("Sunny.", "!!python/name:os.system ''", ":23:13 cannot be read: a", id="tag"),
        pytest.param("Be brief.", "[Be, brief]", ":5:19 cannot be read: 'instr", id="contract"),
        pytest.param(
            "  solo:\n",
            "  solo: &a\n    settings: *a\n",
            ":3:9 cannot be read: a cassette has no anchors",
            id="recursion",
        ),
        pytest.param("hash: sha256:0", "", ":7:3 cannot be read: 'hash' is missing", id="hash"),
        pytest.param("arguments: {}\n    id", "arguments: 3\n    id", ":12:5", id="arguments"),
    ],
)
def test_a_change_by_hand_is_said_at_its_place(
    cassette: Path, tested: Tested, old: str, new: str, said: str
) -> None:
    assert GOOD.count(old) == 1
    cassette.write_text(GOOD.replace(old, new))
    with pytest.raises(RunError) as raised:
        Cassette.load(cassette)
    assert said in raised.value.message
    assert raised.value.code == "cassette-unreadable"


@pytest.mark.parametrize("kind", ["folder", "pipe", "locked"])
def test_what_is_no_file_is_no_cassette(tested: Tested, cassette: Path, kind: str) -> None:
    cassette.unlink()
    if kind == "folder":
        cassette.mkdir()
    elif kind == "pipe":
        os.mkfifo(cassette)
    else:
        cassette.symlink_to(cassette)
    result = tested()
    assert (result.code, "cassette-unreadable" in result.stdout) == (8, True)


def test_recording_anew_mends_it(tested: Tested, cassette: Path) -> None:
    cassette.write_text("a: [")
    assert tested("--record-mode", "new").code == 8
    assert tested("--record").code == 0
    assert tested().code == 0


def test_a_cassette_that_cannot_be_written_is_said(tested: Tested, cassette: Path) -> None:
    cassette.unlink()
    cassette.parent.rmdir()
    cassette.parent.write_text("in the way")
    result = tested("--record")
    assert result.code == 2
    assert "error[cassette-unwritable]" in result.stdout
    assert "PASSED  greeting" in result.stdout


def test_what_could_not_be_read_again_is_not_written(cassette: Path, tested: Tested) -> None:
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    recording = Cassette.load(cassette)
    recording.exchanges[0].results["call_1"] = ToolResult("get_weather", {}, deep)
    with pytest.raises(RunError, match="cannot be written: nested more than 128 levels") as raised:
        recording.save()
    assert (raised.value.code, raised.value.exit) == ("cassette-unwritable", 2)
    assert cassette.read_text() == GOOD
    assert [path.name for path in cassette.parent.iterdir()] == ["hello.yaml"]
