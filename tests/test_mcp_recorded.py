"""MCP servers in recordings: their tools and results are kept, and a replay starts none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli, Result
from tests.mcp_project import called, file_of, log
from tests.mcp_project import server as of_file
from tests.openai_server import OpenAIServer, Reply, Request, Text, ToolCall

Write = Callable[[str, str], Path]

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
    given = of_file(tmp_path, log=True)
    path = write("agents.yaml", file_of(given, CASES, "openai/gpt-4.1"))

    def run(*argv: str, key: bool = True) -> Result:
        server.requests.clear()
        server.behave(reply)
        (tmp_path / "asked.log").unlink(missing_ok=True)
        env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
        return cli("test", path.name, *argv, cwd=path.parent, env=env if key else {})

    return run


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


@pytest.mark.parametrize("mode", ["all", "new"])
def test_recording_again_tells_what_servers_say_otherwise(
    tested: Callable[..., Result], tmp_path: Path, mode: str
) -> None:
    tested("--record")
    path = tmp_path / "agents.yaml"
    changed = path.read_text().replace('mcp_server.py"]', 'mcp_server.py", "changed"]')
    # In the mode `new` a server is asked for its tools where one of them is to be called.
    path.write_text(changed.replace("input: Add.", "input: Count."))
    told = tested("--record-mode", mode).stderr.splitlines()
    assert [line for line in told if "MCP server" in line] == [
        "agents.yaml: schema of tool add gained `c` at the MCP server 'calc'",
        "agents.yaml: tool divide is gone from the MCP server 'calc'",
        "agents.yaml: tool split is new at the MCP server 'calc'",
    ]


def test_no_name_of_a_tool_reaches_the_terminal_as_a_command(
    tested: Callable[..., Result], tmp_path: Path
) -> None:
    tested("--record")
    path = tmp_path / "agents.yaml"
    adding = json.dumps({"ADDING": json.dumps(["clear\x1b[2J"])})[1:]
    path.write_text(path.read_text().replace('"env": {', f'"env": {{{adding[:-1]}, '))
    told = tested("--record", "-k", "sum").stderr
    assert "tool clear\\x1b[2J is new at the MCP server 'calc'" in told
    assert "\x1b" not in told


def test_nothing_is_told_where_nothing_changed(tested: Callable[..., Result]) -> None:
    tested("--record")
    assert "MCP server" not in tested("--record").stderr


def test_a_replay_does_not_need_the_command(tested: Callable[..., Result], tmp_path: Path) -> None:
    assert tested("--record").code == 0
    path = tmp_path / "agents.yaml"
    given = json.loads(path.read_text().splitlines()[1].partition("calc: ")[2])
    gone = json.dumps({**given, "command": "no-such-command-anywhere"})
    path.write_text(path.read_text().replace(json.dumps(given), gone))
    result = tested(key=False)
    assert (result.code, log(tmp_path)) == (0, []), result.stdout
