"""The names of an MCP server's tool: its own, with the server's before it, and as it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agents import FunctionTool, RunContextWrapper
from agents.agent import AgentBase
from agents.mcp import MCPServer

from yamlagents.sdk.mcp.server import Server


@dataclass(frozen=True)
class RemoteTool:
    """A tool of a running server as an agent has it, and what the server itself calls it."""

    tool: FunctionTool
    name: str
    server: MCPServer

    @property
    def names(self) -> tuple[str, ...]:
        """All that people may call it, first what models are shown."""
        return tuple(dict.fromkeys((self.tool.name, *names_of(self.server, self.name))))


async def remote_tools(agent: AgentBase[Any], context: RunContextWrapper[Any]) -> list[RemoteTool]:
    """List the tools of an agent's servers, which have to run."""
    tools = await agent.get_mcp_tools(context) if agent.mcp_servers else []
    return [_remote(tool, agent) for tool in tools if isinstance(tool, FunctionTool)]


def _remote(tool: FunctionTool, agent: AgentBase[Any]) -> RemoteTool:
    # A name that was cut, or has a hash at its end, does not say what it was made of.
    binding = tool._mcp_tool_binding
    assert binding is not None, "an MCP tool is of a server"
    _, name, index = binding
    return RemoteTool(tool, name, agent.mcp_servers[index or 0])


def names_of(server: MCPServer, tool: str) -> tuple[str, ...]:
    """Give the names of a tool but those that the SDK cuts, or puts a hash at the end of."""
    servers = [server.name, *((server.spec.name,) if isinstance(server, Server) else ())]
    return (tool, *dict.fromkeys(name for one in servers for name in prefixed(one, tool)))


def prefixed(server: str, tool: str) -> Iterator[str]:
    """Give a tool's name with that of its server before it, as it is and as models are shown it."""
    for first in (server, _safe(server, "server")):
        for second in (tool, _safe(tool, "tool")):
            yield from (f"{first}__{second}", f"mcp_{first}__{second}")


def _safe(name: str, fallback: str) -> str:
    """Do to a name what the SDK does."""
    kept = (char if char.isascii() and (char.isalnum() or char in "_-") else "_" for char in name)
    return "".join(kept).strip("_-") or fallback
