"""Tools of MCP servers go by several names, and a denial holds for each of them."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from agents import RunContextWrapper
from agents.testing import ScriptedModel, assistant_message, function_call
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mcp.types import CallToolResult
from mcp.types import Tool as McpTool

import yamlagents
from tests import mcp_project
from tests.approval_project import Write, ask, outputs, resumed, rules_of, waiting
from tests.conftest import Cli
from tests.test_approvals import SUM, with_servers
from yamlagents.runtime.approvals.enforcement import enforce
from yamlagents.sdk.mcp.server import respoken
from yamlagents.waiting import DENIED

# What the providers take for a name, and a server may call its tool.
TOOLS = st.one_of(
    st.from_regex(r"\A[A-Za-z0-9_.-]{1,12}\Z"),
    st.from_regex(r"\A[a-z_]{50,80}\Z"),
    st.text(min_size=1, max_size=8).filter(lambda name: name.isprintable()),
)
SERVERS = st.lists(st.from_regex(r"\A[a-zA-Z][ab_-]{0,4}\Z"), min_size=1, max_size=3, unique=True)
EMPTY = {"type": "object", "properties": {"a": {"type": "integer"}}}


class Speaker:
    """Speaks as a server would, and remembers what it was asked to do."""

    client_session_timeout_seconds: float | None = None

    def __init__(self, tools: Sequence[str], called: list[str]) -> None:
        self._tools, self._called = tools, called

    async def connect(self) -> None: ...

    async def cleanup(self) -> None: ...

    async def list_tools(self) -> list[McpTool]:
        listed = [{"name": name, "inputSchema": EMPTY} for name in self._tools]
        return [McpTool.model_validate(tool, by_alias=True) for tool in listed]

    async def call_tool(self, name: str, *_: Any) -> CallToolResult:
        self._called.append(name)
        return CallToolResult.model_validate({"content": []})


def team_of(
    folder: Path, servers: Sequence[str], tools: Sequence[str], called: list[str], asks: str
) -> yamlagents.Team:
    """Give a team whose one agent has all servers, each with all tools."""
    (folder / "pyproject.toml").write_text("")
    kinds = {name: {"command": "none", "require_approval": asks} for name in servers}
    agent = {"model": "offline/match", "instructions": "Go.", "mcp_servers": list(servers)}
    (folder / "a.yaml").write_text(json.dumps({"mcp_servers": kinds, "agents": {"a": agent}}))
    team = yamlagents.assemble(yamlagents.load(folder / "a.yaml"))
    made = respoken(team.servers, team.agents, lambda *_: (Speaker(tools, called), None))
    return replace(team, servers=made)


async def shown(team: yamlagents.Team, server: int, tool: str) -> str:
    """Give the name that the model is shown for a tool of one of the servers."""
    async with team.connected():
        listed: list[Any] = await team.entry.get_mcp_tools(RunContextWrapper(None))
    return next(str(one.name) for one in listed if one._mcp_tool_binding[1:] == (tool, server))


async def called_all(team: yamlagents.Team, name: str, deny: str) -> bool:
    """Run a team whose model calls one tool, with all approved but one; tell if it was denied."""
    team.entry.model = ScriptedModel(
        [[function_call(name, {"a": 1}, call_id="1")], [assistant_message("done")]]
    )
    rules = rules_of(approve=("*",), deny=(deny,))
    enforce(rules, team)
    result = await yamlagents.run(team, "go", approve=rules)
    return [call.error for call in result.tool_calls] == [DENIED]


def written(name: str) -> str:
    """Give a name as a pattern can say it."""
    return re.sub(r"[^\w.*/-]", "*", name)


@settings(max_examples=40, deadline=None)
@given(
    SERVERS,
    st.lists(TOOLS, min_size=1, max_size=3, unique=True),
    st.integers(min_value=0),
    st.sampled_from(["always", "never"]),
)
@example(["near", "far"], ["add"], 0, "never")
@example(["near_", "near"], ["refund"], 0, "never")
@example(["near", "near-"], ["x" * 70, "x" * 71], 0, "never")
@example(["near"], ["_a", "a"], 0, "always")
def test_a_denial_holds_by_every_name(
    servers: list[str], tools: list[str], number: int, asks: str
) -> None:
    server, tool = number % len(servers), tools[number % len(tools)]
    with tempfile.TemporaryDirectory() as folder:
        called: list[str] = []
        team = team_of(Path(folder), servers, tools, called, asks)
        name = asyncio.run(shown(team, server, tool))
        of_server = f"{servers[server]}__{tool}"
        for deny in dict.fromkeys((name, tool, of_server, f"mcp_{of_server}")):
            team = team_of(Path(folder), servers, tools, called, asks)
            assert asyncio.run(called_all(team, name, written(deny))), (name, deny)
    assert called == []


def test_what_is_not_denied_is_not_asked_about(tmp_path: Path) -> None:
    called: list[str] = []
    tools = ["x" * 70, "y"]
    team = team_of(tmp_path, ["near", "far"], tools, called, "never")
    name = asyncio.run(shown(team, 0, tools[0]))
    deny = asyncio.run(shown(team, 1, tools[0]))
    assert name != deny
    assert not asyncio.run(called_all(team, name, deny))
    assert called == [tools[0]]


@pytest.mark.parametrize(
    ("deny", "added"),
    [("add", False), ("near__add", False), ("mcp_near__add", False), ("far__add:a=2", True)],
)
def test_two_servers_with_a_tool_of_one_name(
    cli: Cli, write: Write, tmp_path: Path, deny: str, added: bool
) -> None:
    server = mcp_project.server(tmp_path, require_approval="always")
    file = with_servers(write, near=server, far=server)
    result = ask(cli, file, "--approve", "*", "--deny", deny, question=f"{SUM} near")
    assert (result.code, outputs(result)) == (0, ["5"] if added else [])


@pytest.mark.parametrize("option", ["--deny", "--approve"])
def test_a_pattern_about_no_tool_of_any_server_is_refused(
    cli: Cli, write: Write, tmp_path: Path, option: str
) -> None:
    file = with_servers(write, near=mcp_project.server(tmp_path))
    result = ask(cli, file, option, "near__ad", question=SUM)
    assert result.code == 2
    assert "error[unknown-tool]: the pattern 'near__ad' cannot be meant so" in result.stderr
    assert "did you mean 'near__add'?" in result.stderr


def test_a_saved_run_knows_the_names(cli: Cli, write: Write, tmp_path: Path) -> None:
    server = mcp_project.server(tmp_path, require_approval="always")
    file = with_servers(write, near=server, far=server)
    state = waiting(cli, file, question=SUM)
    misspelt = resumed(cli, file, state, "--deny", "near__ad")
    assert (misspelt.code, "did you mean 'near__add'" in misspelt.stderr) == (2, True)
    result = resumed(cli, file, state, "--deny", "near__add", "--deny", "far__add")
    assert (result.code, outputs(result)) == (0, [])


def test_a_server_that_is_not_there_may_have_the_tool(
    cli: Cli, write: Write, tmp_path: Path
) -> None:
    gone = mcp_project.server(tmp_path, "refuse", required=False)
    file = with_servers(write, near=mcp_project.server(tmp_path), gone=gone)
    assert ask(cli, file, "--deny", "pay", question=SUM).code == 0


@pytest.mark.parametrize("deny", ["add:note=x", "near__add:note=x", "mcp_near__add:note=x"])
def test_a_denial_in_doubt_is_told_by_whatever_name(
    cli: Cli, write: Write, tmp_path: Path, deny: str
) -> None:
    server = mcp_project.server(tmp_path, require_approval="always")
    file = with_servers(write, near=server, far=server)
    # What is left out may have a default that comes to the same as what is denied.
    result = ask(cli, file, "--approve", "*", "--deny", deny, question=f"{SUM} near")
    assert result.code == 7
    assert f"--deny {deny} may be about the call of " in result.stderr
    assert "--approve" not in result.stderr
