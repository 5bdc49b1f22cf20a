"""MCP servers in `smoke` and `test`: called, and stood in for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli
from tests.mcp_project import called, calls, file_of, left, log, server

Write = Callable[[str, str], Path]


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


def test_code_that_chooses_tools_sees_the_context_of_the_case(
    write: Write, tmp_path: Path, cli: Cli
) -> None:
    write("chosen.py", CHOSEN)
    case = json.loads(calls(("add", {"a": 1, "b": 2})))[0]
    case |= {"context": {"who": "ada"}, "expect": [{"not": {"tool_called": "ad"}}]}
    filtered = server(tmp_path, tool_filter="./chosen.py:chosen")
    path = write("agents.yaml", file_of(filtered, f"tests: {json.dumps([case])}\n"))
    result = cli("test", path.name, cwd=path.parent)
    assert "there is no tool 'ad'; did you mean 'add'?" in result.stdout


CHOSEN = """\
def chosen(context, tool):
    return context.run_context.context["who"] == "ada"
"""
