"""Secrets put wherever a run meets them are in nothing that is written or printed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli, Result
from tests.openai_faults import Status, closed_port
from tests.openai_server import Behaviour, OpenAIServer, Text, ToolCall

Write = Callable[[str, str], Path]

SECRETS = {
    "SERVICE_TOKEN": 'canary-"7f3a91c2"/e=5',
    "GATE_KEY": "canary key of 3 words",
    "HEADER_PASSPHRASE": "canary-in-a-header-81",
    "SESSION_COOKIE": "session=canary-in-a-cookie-17; path=/",
    "URL_PASSWORD": "canary-in-an-address-44",
    "BODY_VALUE": "canary-in-a-body-23",
    "SHAPED": "sk-canary0123456789abcdef",
    "PEM": "-----BEGIN PRIVATE KEY-----\ncanaryMIIBVgIBADANBg\n-----END PRIVATE KEY-----",
}
PARTS = {
    "SERVICE_TOKEN": "7f3a91c2",
    "GATE_KEY": "key of 3 words",
    "HEADER_PASSPHRASE": "in-a-header-81",
    "SESSION_COOKIE": "in-a-cookie-17",
    "URL_PASSWORD": "in-an-address-44",
    "BODY_VALUE": "in-a-body-23",
    "SHAPED": "canary0123456789abcdef",
    "PEM": "canaryMIIBVgIBADANBg",
}
FORMATS = ("text", "json", "junit", "github", "ndjson", "markdown")
AGENT = """\
models:
  gate:
    model: openai/gpt-4.1
    api_key: ${{GATE_KEY}}
    base_url: {address}
    settings:
      extra_headers: {{X-Passphrase: "${{HEADER_PASSPHRASE}}", Cookie: "${{SESSION_COOKIE}}"}}
      extra_body: {{upstream: {{client_secret: "${{BODY_VALUE}}"}}}}
  spare:
    model: ollama_chat/llama3.1
    base_url: http://reader:${{URL_PASSWORD}}@127.0.0.1:{port}
agents:
  solo:
    instructions: "Never say ${{SERVICE_TOKEN}}."
    model: gate
    tools: [./tools.py:fetch]
  spare:
    instructions: Say it.
    model: spare
tests:
  - name: fails
    input: Fetch it
    expect: [{{equals: something else}}, {{no_tool: true}}, {{requests: 7}}]
"""
TOOLS = '''\
import os


def fetch(url: str, password: str = "") -> str:
    """Fetch a page."""
    said = " and ".join(os.environ[name] for name in {names})
    if "broken" in url:
        raise RuntimeError(f"no entry with {{said}}")
    return said
'''
RAISING = """\
import os

raise RuntimeError(os.environ["SERVICE_TOKEN"])


def a(city: str) -> str:
    return city
"""
EVERYTHING = " and ".join(SECRETS.values())


@pytest.fixture
def call(cli: Cli, write: Write, server: OpenAIServer) -> Callable[..., Result]:
    """Call the command line in a project that is full of secrets."""
    text = AGENT.format(address=server.base_url, port=closed_port())
    folder = write("agents.d/team.yaml", text).parent
    write("agents.d/spare.yaml", text.replace("tests:", "entry: spare\ntests:"))
    write("agents.d/tools.py", TOOLS.format(names=tuple(SECRETS)))

    def run(*argv: str) -> Result:
        env = {**SECRETS, "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
        return cli(*argv, cwd=folder.parent, env=env)

    return run


def leaks(*texts: str) -> list[str]:
    """Give the secrets of which the telling part is in the texts, plainly or as base64."""
    found = []
    for name, part in PARTS.items():
        forms = (part, base64.b64encode(SECRETS[name].encode()).decode())
        found += [name for text in texts if any(form in text for form in forms)]
    return found


def written(folder: Path) -> str:
    """Give all that is in the files that a command wrote."""
    own = ("tools.py", "team.yaml", "pyproject.toml")
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in own]
    texts = [path.read_text(errors="replace") for path in files if path.suffix != ".pyc"]
    assert texts
    return "\n".join(texts)


def fetching(url: str) -> Behaviour:
    return ToolCall("fetch", {"url": f"{url}?{EVERYTHING}", "password": "canary-short"})


def test_the_canaries_are_found_where_they_are() -> None:
    assert leaks(f"It is {EVERYTHING}.") == list(SECRETS)
    assert leaks(json.dumps(EVERYTHING)) == list(SECRETS)


@pytest.mark.parametrize("url", ["https://page", "https://broken"], ids=["result", "error"])
def test_no_report_and_no_cassette_has_a_secret(
    call: Callable[..., Result], server: OpenAIServer, tmp_path: Path, url: str
) -> None:
    server.behave(fetching(url), Text(EVERYTHING))
    outputs = [part for form in FORMATS for part in ("--output", f"{form}:out/report.{form}")]
    recorded = call("--debug", "test", "agents.d/team.yaml", "--record", "-v", *outputs)
    assert recorded.code == 1
    replayed = [call("test", "agents.d/team.yaml", "-v", "--format", form) for form in FORMATS]
    assert [result.code for result in replayed] == [1] * len(FORMATS)
    everything = [recorded, *replayed]
    assert leaks(*(text for done in everything for text in (done.stdout, done.stderr))) == []
    assert leaks(written(tmp_path)) == []
    assert "password: canary-short" not in written(tmp_path)
    names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert {"fails.yaml", "summary.md", *(f"report.{form}" for form in FORMATS)} <= names


@pytest.mark.parametrize("url", ["https://page", "https://broken"], ids=["result", "error"])
@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_no_event_and_no_log_has_a_secret(
    call: Callable[..., Result], server: OpenAIServer, url: str, stream: str
) -> None:
    answer = f"It is {EVERYTHING}, and no more."
    server.behave(fetching(url), Text(answer))
    result = call("--debug", "run", "team", f"Is it {EVERYTHING}?", "--events", stream)
    assert (result.code, leaks(result.stdout, result.stderr)) == (0, [])
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert events[-1]["final_output"].startswith("It is <redacted>")
    deltas = [event["text"] for event in events if event["event"] == "text_delta"]
    assert "".join(deltas) == (events[-1]["final_output"] if stream == "--stream" else "")
    if url == "https://broken":
        assert "RuntimeError: no entry with <redacted>" in result.stderr


@pytest.mark.parametrize("url", ["https://page", "https://broken"], ids=["result", "error"])
def test_only_the_answer_itself_is_as_the_model_says_it(
    call: Callable[..., Result], server: OpenAIServer, url: str
) -> None:
    server.behave(fetching(url), Text(EVERYTHING), fetching(url), Text(EVERYTHING))
    result = call("run", "team", "Fetch it", "-v")
    assert (result.stdout, leaks(result.stderr)) == (f"{EVERYTHING}\n", [])
    assert "> fetch(" in result.stderr
    document = json.loads(call("run", "team", "Fetch it", "--json").stdout)
    assert document.pop("final_output") == EVERYTHING
    assert leaks(json.dumps(document)) == []
    assert document["tool_calls"][0]["arguments"]["password"] == "<redacted>"


@pytest.mark.parametrize("option", ["--json", "--events", "-v"])
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_an_error_that_echoes_a_secret_is_told_without(
    call: Callable[..., Result], server: OpenAIServer, status: int, option: str
) -> None:
    echo = f"Wrong key: {SECRETS['GATE_KEY']}; {'x ' * 150} {EVERYTHING}"
    server.behave(Status(status, echo))
    result = call("--debug", "run", "team", "Fetch it", option)
    assert result.code == 3
    assert "Wrong key: ***" in result.stderr
    assert leaks(result.stdout, result.stderr) == []


def test_an_address_that_nobody_answers_at_is_told_without(call: Callable[..., Result]) -> None:
    result = call("--debug", "run", "spare", "Fetch it")
    assert result.code == 3
    assert "http://***@127.0.0.1" in result.stderr
    assert leaks(result.stdout, result.stderr) == []


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_failure_of_smoke_is_told_without_secrets(
    call: Callable[..., Result], write: Write, form: str
) -> None:
    broken = TOOLS.format(names=tuple(SECRETS)).replace('if "broken" in url', "if url")
    write("agents.d/tools.py", broken)
    result = call("--debug", "smoke", "agents.d/team.yaml", "--format", form)
    assert (result.code, leaks(result.stdout, result.stderr)) == (1, [])
    assert "RuntimeError: no entry with ***" in result.stdout


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_a_problem_is_told_without_the_secret_that_was_put_in_its_place(
    call: Callable[..., Result], write: Write, form: str
) -> None:
    text = "agents: {a: {model: '${SERVICE_TOKEN}', tools: ['./${SERVICE_TOKEN}.py:a']}}\n"
    write("agents.d/wrong.yaml", text + "entry: ${HEADER_PASSPHRASE}\n")
    result = call("validate", "agents.d/wrong.yaml", "--format", form)
    assert (result.code, leaks(result.stdout, result.stderr)) == (2, [])
    assert "***" in result.stdout + result.stderr


@pytest.mark.parametrize("option", ["-v", "--json", "--events"])
def test_a_module_that_fails_is_told_without_secrets(
    call: Callable[..., Result], write: Write, option: str
) -> None:
    write("agents.d/bad.yaml", "agents: {a: {model: offline/match, tools: ['./failing.py:a']}}\n")
    write("agents.d/failing.py", RAISING)
    result = call("--debug", "run", "bad", "Fetch it", option)
    assert (result.code, leaks(result.stdout, result.stderr)) == (2, [])
    assert "RuntimeError: ***" in result.stderr
