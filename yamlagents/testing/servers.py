"""MCP servers in tests and in smoke: their tools by name, and as tools like others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from agents import RunContextWrapper

from yamlagents.runtime.shared import Context
from yamlagents.sdk.mcp.connection import Lines, Speaker
from yamlagents.sdk.mcp.server import respoken, server_of
from yamlagents.sdk.mcp.servers import connected
from yamlagents.sdk.mcp.stubs import stubbed
from yamlagents.sdk.mcp.transport import transport
from yamlagents.sdk.team import Team
from yamlagents.spec.mcp.records import McpServerSpec
from yamlagents.spec.problem import SpecError
from yamlagents.spec.tools.records import DeclaredSpec

Declared = DeclaredSpec | McpServerSpec


@dataclass(frozen=True)
class Offer:
    """What in the file each tool of an agent is of; and servers without tools, with the reason."""

    declared: Mapping[str, Declared]
    left_out: Mapping[str, str]


@asynccontextmanager
async def server_tools(team: Team, context: Context) -> AsyncIterator[frozenset[str] | None]:
    """Keep the servers running that a run of `team` can come to; give the names of their tools.

    `context` is what its runs have, for code that chooses among the tools. Gives None if they do
    not start, or that code fails, which a run will tell of.
    """
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(connected(team))
            names = frozenset(await _names(team, context))
        except SpecError:
            raise
        except (Exception, SystemExit):  # noqa: BLE001  # the user's code, whose run fails in the same way
            yield None
            return
        yield names


async def _names(team: Team, context: Context) -> list[str]:
    if not team.servers:
        return []
    given = RunContextWrapper(await context.get())
    agents = [team.agents[key] for key in team.spec.agents if key in team.spec.reachable]
    served = [agent for agent in agents if agent.mcp_servers]
    return [tool.name for agent in served for tool in await agent.get_mcp_tools(given)]


def rehearsed(team: Team, *, stub_tools: bool) -> Team:
    """Give `team` with stand-ins for the tools of servers that the file does not let be called.

    Its servers are without those that are to be skipped.
    """
    rules = {name: server.spec.smoke for name, server in team.servers.items()}
    kept = {
        name: server
        for name, server in team.servers.items()
        if server.spec.smoke is None or server.spec.smoke.mode != "skip"
    }
    for agent in team.agents.values():
        agent.mcp_servers = [server for server in agent.mcp_servers if server in kept.values()]

    def make(spec: McpServerSpec, root: Path) -> tuple[Speaker, Lines | None]:
        is_stubbed = stub_tools or rules[spec.name] is not None
        return stubbed(spec, root) if is_stubbed else transport(spec, root)

    return replace(team, servers=respoken(kept, team.agents, make))


async def with_tools(team: Team) -> tuple[Team, dict[str, Offer]]:
    """Give `team` with the tools of its running servers as its agents' own.

    Gives, by the agent's key, what each of all its tools is of.
    """
    context = RunContextWrapper(await Context(team).get()) if team.servers else None
    offers: dict[str, Offer] = {}
    for key, agent in team.agents.items():
        names = team.spec.agents[key].mcp_servers
        declared: dict[str, Declared] = dict(team.declared[key])
        for tool in await agent.get_mcp_tools(context) if context is not None else ():
            server = server_of(tool, agent)
            assert server is not None, "an MCP tool is of a server"
            declared[tool.name] = server.spec
            agent.tools.append(tool)
        left_out = {name: why for name in names if (why := _why(name, team)) is not None}
        offers[key] = Offer(declared, left_out)
        agent.mcp_servers = []
    return replace(team, servers={}), offers


def _why(name: str, team: Team) -> str | None:
    """Say why none of a server's tools are there, if that is so."""
    server = team.servers.get(name)
    if server is not None:
        return None if server.runs else "it did not start"
    rule = team.spec.mcp_servers[name].smoke
    return f"skip: {rule.reason}" if rule is not None else None
