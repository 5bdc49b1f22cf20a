"""MCP servers in `smoke` and `test`: called, stood in for, recorded and replayed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, Result
from tests.mcp_project import calls, left, server
from tests.openai_server import OpenAIServer, Reply, Request, Text, ToolCall

Write = Callable[[str, str], Path]


def file_of(given: str, rest: str = "", model: str = "offline/match") -> str:
    return (
        f"mcp_servers:\n  calc: {given}\n"
        f"agents: {{a: {{model: {model}, mcp_servers: [calc]}}}}\n{rest}"
    )


def harmless(mark: Path, **keys: Any) -> str:
    """Give the server with those of its tools that take whatever they are given."""
    return server(mark, tool_filter={"allowed_tool_names": ["add", "count"]}, **keys)


def test_smoke_calls_the_tools_of_servers(write: Write, tmp_path: Path, cli: Cli) -> None:
    path = write("agents.yaml", file_of(harmless(tmp_path)))
    result = cli("smoke", path.name, cwd=path.parent)
    assert result.code == 0
    assert "  a  2 of 2 tools, 0 of 0 handoffs\n" in result.stdout
    assert left(tmp_path) == []


def test_smoke_fails_at_the_server_for_a_tool_that_fails(
    write: Write, tmp_path: Path, cli: Cli
) -> None:
    filtered = server(tmp_path, tool_filter={"allowed_tool_names": ["fail", "end"]})
    path = write("agents.yaml", file_of(filtered))
    result = cli("smoke", path.name, cwd=path.parent)
    assert result.code == 1
    assert "agents.yaml:2:3: error[smoke-failed]: 'fail' of 'a': it failed: " in result.stdout
    assert "ended while 'end' was called" in result.stdout
    assert left(tmp_path) == []


def test_smoke_fails_at_a_server_that_does_not_start(write: Write, cli: Cli) -> None:
    path = write("agents.yaml", file_of("{command: no-such-program}"))
    result = cli("smoke", path.name, cwd=path.parent)
    assert result.code == 1
    assert "agents.yaml:2:3: error[smoke-failed]: the MCP server 'calc' (" in result.stdout
    assert "did not start: there is no command 'no-such-program'" in result.stdout


EXCUSED = {
    "skip": ({"smoke": {"skip": "it is slow"}}, "calc excused: skip: it is slow", 0),
    "stub": ({"smoke": {"stub": "it is slow"}}, "add excused: stub: it is slow", 1),
    "optional": ({"command": "no-such", "required": False}, "calc excused: it did not start", 0),
}


@pytest.mark.parametrize(("keys", "said", "ran"), EXCUSED.values(), ids=EXCUSED)
def test_smoke_says_what_it_left_out(
    keys: dict[str, Any], said: str, ran: int, write: Write, tmp_path: Path, cli: Cli
) -> None:
    path = write("agents.yaml", file_of(json.dumps(json.loads(server(tmp_path, log=True)) | keys)))
    result = cli("smoke", path.name, cwd=path.parent)
    assert result.code == 0
    assert said in result.stdout
    assert started(tmp_path) == ran
    assert called(tmp_path) == []


def started(mark: Path) -> int:
    return log(mark).count("initialize")


def called(mark: Path) -> list[str]:
    return [line for line in log(mark) if "/" not in line and line != "initialize"]


def log(mark: Path) -> list[str]:
    """Give what the server was asked, in order: methods, and names of tools."""
    path = mark / "asked.log"
    return path.read_text().split() if path.exists() else []


def test_stub_tools_asks_for_the_list_alone(write: Write, tmp_path: Path, cli: Cli) -> None:
    path = write("agents.yaml", file_of(server(tmp_path, log=True)))
    result = cli("smoke", path.name, "--stub-tools", cwd=path.parent)
    assert (result.code, "8 of 8 tools" in result.stdout) == (0, True)
    assert (started(tmp_path), called(tmp_path)) == (1, [])


def test_a_stub_answers_by_the_output_schema(write: Write, tmp_path: Path, cli: Cli) -> None:
    case = json.loads(calls(("count", {})))[0]
    case |= {"tools": "stub", "expect": [{"contains": "something else"}]}
    path = write("agents.yaml", file_of(server(tmp_path, log=True), f"tests: {json.dumps([case])}"))
    result = cli("test", path.name, cwd=path.parent)
    assert '    result   {"n": 1}\n' in result.stdout
    assert called(tmp_path) == []


def test_a_misspelt_tool_in_an_assertion_is_told_once_the_servers_run(
    write: Write, tmp_path: Path, cli: Cli
) -> None:
    case = json.loads(calls(("add", {"a": 1, "b": 2})))[0]
    case["expect"] = [{"not": {"tool_called": "ad"}}]
    path = write("agents.yaml", file_of(server(tmp_path), f"tests: {json.dumps([case])}\n"))
    result = cli("test", path.name, cwd=path.parent)
    assert result.code != 0
    assert "there is no tool 'ad'; did you mean 'add'?" in result.stdout


def test_a_case_may_expect_a_server_to_fail(write: Write, tmp_path: Path, cli: Cli) -> None:
    ends = json.loads(calls(("end", {})))[0] | {"expect": [{"error": "mcp-ended"}]}
    del ends["script"][-1]  # which it does not come to
    path = write("agents.yaml", file_of(server(tmp_path), f"tests: {json.dumps([ends])}\n"))
    assert cli("test", path.name, cwd=path.parent).code == 0
    starts = {"name": "starts", "input": "go", "expect": [{"error": "mcp-failed"}]}
    path = write("agents.yaml", file_of("{command: no-such}", f"tests: {json.dumps([starts])}\n"))
    assert cli("test", path.name, cwd=path.parent).code == 0
    assert left(tmp_path) == []


CASES = """\
tests:
  - name: sum
    input: Add.
    expect: [{tool_called: add, arguments: {a: 2, b: 3}}, {contains: "5"}]
  - name: failure
    input: Fail.
    expect: [{tool_called: fail}, {contains: no}]
  - name: two turns
    turns: [Count., Count.]
    expect: [{tool_count: 2}, {contains: "2"}]
"""


def reply(request: Request) -> Reply:
    """Call the tool that the user names, and then say what it gave."""
    last = request.body["messages"][-1]
    tools = {
        "Add.": ToolCall("add", {"a": 2, "b": 3}),
        "Fail.": ToolCall("fail", {}),
        "Count.": ToolCall("count", {}),
    }
    if last["role"] == "user":
        return tools[str(last["content"])](request)
    return Text(f"It says {json.dumps(last['content'])}")(request)


@pytest.fixture
def tested(write: Write, tmp_path: Path, cli: Cli, server: OpenAIServer) -> Callable[..., Result]:
    """Run the tests of a file with a server; with a key if anything is to be recorded."""
    given = file_server(tmp_path, log=True)
    path = write("agents.yaml", file_of(given, CASES, "openai/gpt-4.1"))

    def run(*argv: str, key: bool = True) -> Result:
        server.requests.clear()
        server.behave(reply)
        (tmp_path / "asked.log").unlink(missing_ok=True)
        env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
        return cli("test", path.name, *argv, cwd=path.parent, env=env if key else {})

    return run


file_server = server


def test_a_replay_starts_no_server(
    tested: Callable[..., Result], tmp_path: Path, server: OpenAIServer
) -> None:
    result = tested("--record")
    assert result.code == 0, result.stdout
    assert called(tmp_path) == ["add", "fail", "count", "count"]
    text = (tmp_path / "cassettes" / "agents" / "sum.yaml").read_text()
    assert "servers:\n  calc:\n    add:\n      description: Add two numbers.\n" in text
    again = tested(key=False)
    assert (again.code, server.requests, log(tmp_path)) == (0, [], [])


def test_recording_anew_gives_the_same(tested: Callable[..., Result], tmp_path: Path) -> None:
    tested("--record")
    first = {path: path.read_text() for path in tmp_path.rglob("cassettes/**/*.yaml")}
    assert tested("--record-mode", "all").code == 0
    assert {path: path.read_text() for path in tmp_path.rglob("cassettes/**/*.yaml")} == first
    assert len(first) == 3


def test_a_cassette_without_the_tools_of_a_server_is_a_miss(
    tested: Callable[..., Result], tmp_path: Path
) -> None:
    tested("--record")
    path = tmp_path / "agents.yaml"
    more = path.read_text().replace("mcp_servers: [calc]", "mcp_servers: [calc, more]")
    path.write_text(more.replace("mcp_servers:\n", "mcp_servers:\n  more: {command: no-such}\n"))
    result = tested(key=False)
    assert result.code == 8
    assert "does not have the tools of the MCP server 'more'" in result.stdout


def test_live_tools_are_called_whatever_is_recorded(
    tested: Callable[..., Result], tmp_path: Path
) -> None:
    tested("--record")
    assert tested("--tools", "live", key=False).code == 0
    assert called(tmp_path) == ["add", "fail", "count", "count"]


def test_a_new_call_starts_the_server_of_a_recorded_list(
    tested: Callable[..., Result], tmp_path: Path
) -> None:
    tested("--record")
    path = tmp_path / "agents.yaml"
    path.write_text(path.read_text().replace("input: Add.", "input: Count."))
    result = tested("--record-mode", "new")
    assert "add" in result.stdout  # which the case expects, and is not called any more
    assert called(tmp_path) == ["count"]
