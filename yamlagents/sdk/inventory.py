"""Every tool that the agents of a team really have, with its schema and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from agents import Agent, CustomTool, FunctionTool, Handoff, RunContextWrapper, Tool

from yamlagents.events import Noticed
from yamlagents.sdk.mcp.server import server_of
from yamlagents.sdk.mcp.servers import connected
from yamlagents.sdk.sandbox.capabilities import capability_tools
from yamlagents.sdk.team import Team
from yamlagents.spec.problem import Place
from yamlagents.spec.records import AgentSpec
from yamlagents.spec.tools.records import AgentToolSpec, CapabilitySpec, DeclaredSpec


@dataclass(frozen=True)
class ListedTool:
    """A tool as the model sees it. `kind` is function, agent, sandbox, mcp, handoff or hosted.

    `server` names the MCP server of an MCP tool. `is_enabled` is None where code tells in a run.
    """

    name: str
    kind: str
    description: str
    parameters: Mapping[str, Any] | None
    place: Place
    server: str | None = None
    is_enabled: bool | None = True


@dataclass(frozen=True)
class Inventory:
    """The tools of each agent by its key; what was noticed; and servers that were not started."""

    tools: Mapping[str, tuple[ListedTool, ...]]
    notices: tuple[Noticed, ...]
    unasked: tuple[str, ...]


async def inventory(team: Team, *, start_servers: bool = True) -> Inventory:
    """Give the tools of all agents of `team`, with those of its MCP servers if they may start.

    Raises as `connected` does.
    """
    async with AsyncExitStack() as stack:
        notices: tuple[Noticed, ...] = ()
        if start_servers:
            notices = await stack.enter_async_context(connected(team, all_agents=True))
        tools = {
            key: (*_own(team, spec), *await _of_servers(team, spec, start_servers))
            for key, spec in team.spec.agents.items()
        }
    return Inventory(tools, notices, () if start_servers else tuple(team.servers))


def _own(team: Team, spec: AgentSpec) -> Iterator[ListedTool]:
    declared = team.declared.get(spec.key, {})
    agent = team.agents[spec.key]
    for tool in (*agent.tools, *capability_tools(agent)):
        yield _listed(tool, declared.get(tool.name), spec)
    for handoff, item in zip(team.agents[spec.key].handoffs, spec.handoffs, strict=True):
        yield _handoff(handoff, item.place)


def _listed(tool: Tool, declared: DeclaredSpec | None, spec: AgentSpec) -> ListedTool:
    place = declared.place if declared is not None else spec.place
    of_sandbox = isinstance(declared, CapabilitySpec)
    if not isinstance(tool, FunctionTool):
        about = tool.description if of_sandbox and isinstance(tool, CustomTool) else ""
        return ListedTool(tool.name, "sandbox" if of_sandbox else "hosted", about, None, place)
    enabled = tool.is_enabled if isinstance(tool.is_enabled, bool) else None
    kind = "sandbox" if of_sandbox else "function"
    kind = "agent" if isinstance(declared, AgentToolSpec) else kind
    schema = tool.params_json_schema
    return ListedTool(tool.name, kind, tool.description, schema, place, is_enabled=enabled)


def _handoff(handoff: Agent[Any] | Handoff[Any, Any], place: Place) -> ListedTool:
    if isinstance(handoff, Agent):
        name = Handoff.default_tool_name(handoff)
        about = Handoff.default_tool_description(handoff)
        return ListedTool(name, "handoff", about, {}, place)
    enabled = handoff.is_enabled if isinstance(handoff.is_enabled, bool) else None
    name, about, schema = handoff.tool_name, handoff.tool_description, handoff.input_json_schema
    return ListedTool(name, "handoff", about, schema, place, is_enabled=enabled)


async def _of_servers(team: Team, spec: AgentSpec, running: bool) -> list[ListedTool]:
    if not running:
        return []
    agent = team.agents[spec.key]
    found = []
    for tool in await agent.get_mcp_tools(RunContextWrapper(None)):
        server = server_of(tool, agent)
        assert isinstance(tool, FunctionTool)
        assert server is not None, "an MCP tool is of a server"
        place, name, schema = server.spec.place, server.spec.name, tool.params_json_schema
        found.append(ListedTool(tool.name, "mcp", tool.description, schema, place, name))
    return found
