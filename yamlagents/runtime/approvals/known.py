"""Patterns held against the tools that there are: one that is about nothing is a mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents import Agent, FunctionTool, HostedMCPTool, RunContextWrapper, Tool

from yamlagents.result import RunError
from yamlagents.runtime.approvals.rules import Approve, Rules
from yamlagents.sdk.mcp.aliases import remote_tools
from yamlagents.sdk.mcp.server import Server
from yamlagents.sdk.sandbox.capabilities import capability_tools
from yamlagents.sdk.team import Team
from yamlagents.spec.approvals.patterns import BadPattern, Pattern
from yamlagents.spec.problem import suggestion
from yamlagents.waiting import SavedRun

FILES = 2
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """The names of tools, with the schemas of their arguments if these are known.

    A tool may be there by several names. `is_open` says that there may be more: what MCP servers
    have is not known before they run.
    """

    tools: tuple[tuple[str, Schema | None], ...]
    is_open: bool = False


def known_of(team: Team) -> Known:
    """Give the tools that the agents of `team` have, without those of MCP servers."""
    agents = team.agents.values()
    tools = [tool for agent in agents for tool in (*agent.tools, *capability_tools(agent))]
    is_open = bool(team.servers) or any(isinstance(tool, HostedMCPTool) for tool in tools)
    return Known(tuple((tool.name, _schema(tool)) for tool in tools), is_open)


async def known_in(team: Team, context: Any) -> Known:
    """Give the same with the tools of the servers that run."""
    listed = [agent for agent in team.agents.values() if _runs(agent)]
    of_servers = [
        (name, _closed(remote.tool.params_json_schema))
        for agent in listed
        for remote in await remote_tools(agent, RunContextWrapper(context))
        for name in remote.names
    ]
    own = known_of(team)
    asked = {id(server) for agent in listed for server in agent.mcp_servers}
    hosted = (tool for agent in team.agents.values() for tool in agent.tools)
    is_open = any(isinstance(tool, HostedMCPTool) for tool in hosted) or any(
        id(server) not in asked for server in team.servers.values()
    )
    return replace(own, tools=(*own.tools, *of_servers), is_open=is_open)


def _runs(agent: Agent[Any]) -> bool:
    """Tell whether the servers of an agent run, each of them listed with the others."""
    servers = agent.mcp_servers
    # How the tools of an agent that no run comes to would be told apart, nobody has decided.
    is_named = "include_server_in_tool_names" in agent.mcp_config
    is_running = all(isinstance(server, Server) and server.runs for server in servers)
    return bool(servers) and is_named and is_running


def known_to(saved: SavedRun) -> Known:
    """Give the tools that the agents of a run had when it was saved."""
    found = [
        (name, contract.get("parameters"))
        for agent in saved.agents.values()
        for shown, contract in agent.get("contract", {}).get("tools", {}).items()
        for name in (shown, *_saved_names(agent, shown))
    ]
    return Known(tuple(found), not saved.agents)


def _saved_names(agent: Mapping[str, Any], shown: str) -> Iterable[str]:
    tools = agent.get("tools")
    tool = tools.get(shown) if isinstance(tools, Mapping) else None
    names = tool.get("names", ()) if isinstance(tool, Mapping) else ()
    return (name for name in names if isinstance(name, str)) if isinstance(names, list) else ()


def _schema(tool: Tool) -> Schema | None:
    return tool.params_json_schema if isinstance(tool, FunctionTool) else None


def _closed(schema: Schema) -> Schema | None:
    """Give the schema of a server's tool if it says that it has all arguments."""
    return schema if schema.get("additionalProperties") is False else None


def check(patterns: Iterable[Pattern], known: Known) -> None:
    """Raise `BadPattern` for tools that there are not, and for arguments that they do not have."""
    for pattern in patterns:
        found = [schema for name, schema in known.tools if pattern.names(name)]
        if not found and not known.is_open:
            near = suggestion(pattern.tool, [name for name, _ in known.tools])
            is_glob = "*" in pattern.tool
            said = f"no tool is called '{pattern.tool}'" if is_glob else "there is no such tool"
            raise BadPattern(f"{said}{near}", 0, pattern.text)
        if found and "*" not in pattern.tool:
            _check_arguments(pattern, found)


def _check_arguments(pattern: Pattern, found: Sequence[Schema | None]) -> None:
    closed = [schema for schema in found if schema and not schema.get("additionalProperties")]
    listed = [schema.get("properties", {}) for schema in closed]
    if len(closed) < len(found) or not all(isinstance(names, Mapping) for names in listed):
        return
    names = {name for names in listed for name in names}
    for condition in pattern.conditions:
        if condition.path[0] not in names:
            near = suggestion(condition.path[0], names)
            reason = f"the tool '{pattern.tool}' has no argument '{condition.path[0]}'{near}"
            raise BadPattern(reason, condition.at, pattern.text)


async def check_running(rules: Approve | None, team: Team, context: Any) -> None:
    """Do as `check` with all tools, now that servers run. Raises `RunError` (exit 2).

    Who decides in another way than by rules has no patterns.
    """
    if not isinstance(rules, Rules) or not team.servers or not (rules.approve or rules.deny):
        return
    try:
        check((*rules.deny, *rules.approve), await known_in(team, context))
    except BadPattern as error:
        message = f"the pattern '{error.text}' cannot be meant so: {error.reason}"
        hint = "`yamlagents tools` lists the tools that agents have"
        raise RunError("unknown-tool", message, exit=FILES, hint=hint) from error
