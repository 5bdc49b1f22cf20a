"""What a file says of MCP servers is what the SDK is given, name for name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest
from agents.mcp import MCPServerStdio

import yamlagents
from tests.conftest import ROOT, Cli
from yamlagents.spec.digest import definition
from yamlagents.spec.loader import load
from yamlagents.spec.mcp.records import McpServerSpec

GOOD = ROOT / "tests" / "files" / "good" / "mcp" / "agents.yaml"


def servers() -> dict[str, McpServerSpec]:
    return dict(load(GOOD, environ={}).mcp_servers)


def test_transports_are_told_apart_by_their_keys() -> None:
    assert {name: server.transport for name, server in servers().items()} == {
        "every-option": "stdio",
        "web": "streamable_http",
        "old": "sse",
    }


def test_paths_start_at_the_file() -> None:
    params = servers()["every-option"].params
    assert Path(params["command"]) == GOOD.parent / "servers" / "orders.sh"
    assert Path(params["cwd"]) == GOOD.parent / "servers"


def test_our_own_keys_are_not_the_sdks() -> None:
    server = servers()["every-option"]
    assert (server.required, server.inherit_env) == (False, ("HTTPS_PROXY",))
    assert server.smoke is not None
    assert server.smoke.mode == "stub"
    assert set(server.options) <= set(inspect.signature(MCPServerStdio).parameters)
    assert server.options["tool_filter"] == {
        "allowed_tool_names": ["read"],
        "blocked_tool_names": ["write"],
    }


def test_every_option_reaches_the_agent() -> None:
    team = yamlagents.assemble(load(GOOD, environ={}), models=yamlagents.offline)
    agent = team.agents["weather"]
    assert [server.name for server in agent.mcp_servers] == ["Orders", "web"]
    assert agent.mcp_config["convert_schemas_to_strict"] is True
    first = agent.mcp_servers[0]
    assert first.use_structured_content is True
    assert first.tool_input_guardrails is not None
    assert len(first.tool_input_guardrails) == 1


def test_agents_share_a_server_and_inherit_their_config() -> None:
    spec = load(GOOD, environ={})
    heir = spec.agents["heir"]
    assert heir.mcp_servers == ("old",)
    assert heir.mcp_config["convert_schemas_to_strict"] is True
    assert heir.mcp_config["include_server_in_tool_names"] is True


def test_the_definition_changes_with_a_server_and_not_with_its_secrets() -> None:
    def digest(**environ: str) -> str:
        return definition(load(GOOD, environ=environ))

    text = GOOD.read_text(encoding="utf-8").replace("[--verbose]", "[--quiet]").encode()
    assert digest() == digest(TOKEN="one") == digest(TOKEN="another")
    assert definition(load(GOOD, environ={}, text=text)) != digest()


@pytest.mark.parametrize("key", ["require_approval", "tool_filter"])
def test_an_option_that_is_no_function_is_told_at_its_place(
    write: Callable[..., Path], cli: Cli, key: str
) -> None:
    write("code.py", "NOTHING = object()\n")
    server = f"{{command: uvx, {key}: ./code.py:NOTHING}}"
    agents = "{a: {model: offline/match, mcp_servers: [files]}}"
    file = write("a.yaml", f"mcp_servers: {{files: {server}}}\nagents: {agents}\n")
    result = cli("tools", file, "--no-mcp")
    assert result.code == 2
    assert "a.yaml:1:" in result.stderr
    assert "error[wrong-kind]: './code.py:NOTHING' is a object, not a function" in result.stderr
