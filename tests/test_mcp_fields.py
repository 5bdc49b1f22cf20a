"""What a file says of MCP servers is what the SDK is given, name for name."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from agents.agent import MCPConfig
from agents.mcp import MCPServerSse, MCPServerStdio, MCPServerStreamableHttp
from agents.mcp.server import (
    MCPServerSseParams,
    MCPServerStdioParams,
    MCPServerStreamableHttpParams,
    RequireApprovalObject,
    RequireApprovalToolList,
)
from agents.mcp.util import ToolFilterStatic

import yamlagents
from tests.conftest import ROOT
from yamlagents.spec.digest import definition
from yamlagents.spec.loader import load
from yamlagents.spec.mcpspec import McpServerSpec

SCHEMA = json.loads((ROOT / "schemas" / "agents.schema.json").read_text(encoding="utf-8"))
GOOD = ROOT / "tests" / "files" / "good" / "mcp" / "agents.yaml"
OURS = {"required", "smoke"}


def keys_of(definition: str) -> set[str]:
    return set(SCHEMA["definitions"][definition]["properties"])


def options_of(server: Any) -> set[str]:
    return set(inspect.signature(server).parameters) - {"params"}


def test_a_server_with_a_command_has_the_names_of_the_sdk() -> None:
    wanted = options_of(MCPServerStdio) | set(get_type_hints(MCPServerStdioParams))
    assert keys_of("mcp_stdio_server") - OURS - {"inherit_env"} == wanted


def test_a_server_with_an_address_has_the_names_of_the_sdk() -> None:
    wanted = options_of(MCPServerStreamableHttp) | set(
        get_type_hints(MCPServerStreamableHttpParams)
    )
    assert keys_of("mcp_http_server") - OURS - {"transport"} == wanted
    of_sse = options_of(MCPServerSse) | set(get_type_hints(MCPServerSseParams))
    only_http = {"terminate_on_close", "ignore_initialized_notification_failure"}
    assert wanted - of_sse == only_http


@pytest.mark.parametrize(
    ("definition", "typed"),
    [
        ("mcp_config", MCPConfig),
        ("mcp_tool_names", ToolFilterStatic),
        ("mcp_approval_lists", RequireApprovalObject),
        ("mcp_approval_names", RequireApprovalToolList),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_mappings_have_the_keys_of_the_sdk(definition: str, typed: type) -> None:
    assert keys_of(definition) == set(typed.__annotations__)


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
    assert set(server.options) <= options_of(MCPServerStdio)
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
