"""Names of MCP tools: told apart where two servers of an agent have one name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from agents import Agent, FunctionTool, Handoff

from yamlagents.events import Noticed
from yamlagents.sdk.mcp.server import Server
from yamlagents.spec.problem import Place, Problem, SpecError
from yamlagents.spec.records import AgentSpec, Spec
from yamlagents.spec.tools.records import DeclaredSpec

_PREFIX = "include_server_in_tool_names"


class TeamLike(Protocol):
    """What of a team its MCP servers need."""

    @property
    def spec(self) -> Spec: ...
    @property
    def agents(self) -> Mapping[str, Agent[Any]]: ...
    @property
    def servers(self) -> Mapping[str, Server]: ...
    @property
    def declared(self) -> Mapping[str, Mapping[str, DeclaredSpec]]: ...


def tools_named(team: TeamLike, keys: Sequence[str]) -> list[Noticed]:
    """Say how each of the agents names the tools of its running servers, and tell of prefixes.

    Raises `SpecError` for tools of one name that the file does not let be told apart.
    """
    problems: list[Problem] = []
    notices: list[Noticed] = []
    for key in keys:
        spec, agent = team.spec.agents[key], team.agents[key]
        owners = _owners([team.servers[name] for name in spec.mcp_servers if name in team.servers])
        shared = {tool: servers for tool, servers in owners.items() if len(servers) > 1}
        prefixed = spec.mcp_config.get(_PREFIX, bool(shared))
        agent.mcp_config = {**agent.mcp_config, "include_server_in_tool_names": prefixed}
        if prefixed:
            notices += [_prefixed(spec, shared)] if _PREFIX not in spec.mcp_config else []
            continue
        problems += [_two_servers(tool, servers) for tool, servers in shared.items()]
        problems += _beside_others(team, key, owners)
    if problems:
        raise SpecError(problems)
    return notices


def _owners(servers: Sequence[Server]) -> dict[str, list[Server]]:
    """Give the servers of each tool by its name."""
    owners: dict[str, list[Server]] = {}
    for server in servers:
        for tool in server.listed:
            owners.setdefault(tool.name, []).append(server)
    return owners


def _prefixed(spec: AgentSpec, shared: Mapping[str, Sequence[Server]]) -> Noticed:
    tool, servers = next(iter(shared.items()))
    names = " and ".join(f"'{server.spec.name}'" for server in servers)
    message = (
        f"{names} both have a tool '{tool}': the MCP tools of the agent '{spec.key}' are called "
        f"mcp_<server>__<tool>"
    )
    return Noticed("mcp-prefixed", message, "note")


def _two_servers(tool: str, servers: Sequence[Server]) -> Problem:
    first, second = servers[0].spec, servers[1].spec
    message = f"a second tool called '{tool}'; the first is of the MCP server at {first.place}"
    hint = f"leave one out with tool_filter, or remove {_PREFIX}: false"
    return Problem(second.place, "error", "duplicate-tool", message, hint)


def _beside_others(
    team: TeamLike, key: str, owners: Mapping[str, Sequence[Server]]
) -> Iterator[Problem]:
    """Tell of tools and handoffs with the name of an MCP tool, one of which would be dropped."""
    for name, place in _own_names(team, key):
        # What a function leaves out may well be this tool.
        servers = [server for server in owners.get(name, ()) if not callable(server.filter)]
        if servers:
            server = servers[0].spec
            message = (
                f"a second tool called '{name}' in the agent '{key}'; "
                f"the first is of the MCP server '{server.name}' at {server.place}"
            )
            hint = (
                f"rename it, leave one out with tool_filter, or set mcp_config: {{{_PREFIX}: true}}"
            )
            yield Problem(place, "error", "duplicate-tool", message, hint)


def _own_names(team: TeamLike, key: str) -> Iterator[tuple[str, Place]]:
    spec, agent = team.spec.agents[key], team.agents[key]
    declared = team.declared.get(key, {})
    for tool in agent.tools:
        if not isinstance(tool, FunctionTool) or tool.is_enabled is not False:
            yield tool.name, declared[tool.name].place if tool.name in declared else spec.place
    for handoff, item in zip(agent.handoffs, spec.handoffs, strict=False):
        if isinstance(handoff, Handoff):
            yield handoff.tool_name, item.place
        else:
            yield Handoff.default_tool_name(handoff), item.place
