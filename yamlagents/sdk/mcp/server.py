"""A declared MCP server as agents hold it: there before it runs, and after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from agents import Agent, FunctionTool, RunContextWrapper, Tool, UserError
from agents.agent import AgentBase
from agents.mcp import MCPServer, ToolFilterContext
from agents.tool import get_function_tool_origin
from mcp.types import CallToolResult, GetPromptResult, ListPromptsResult
from mcp.types import Tool as McpTool

from yamlagents.result import RunError
from yamlagents.sdk import code
from yamlagents.sdk.guardrails import tool_guardrails
from yamlagents.sdk.mcp.connection import Connection, MakeTransport
from yamlagents.sdk.mcp.errors import ServerGone, called, ended, is_gone, not_listed, not_started
from yamlagents.sdk.mcp.filter import filtered, named
from yamlagents.sdk.mcp.telling import knowing, noting, telling
from yamlagents.sdk.mcp.transport import log, transport
from yamlagents.sdk.results import checked
from yamlagents.sdk.toolguards import watched_options
from yamlagents.spec.mcp.records import McpServerSpec
from yamlagents.spec.problem import Place, Problem, SpecError, suggestion

# The options that are about tools; those about the connection are taken when it is made.
_OF_TOOLS = (
    *("use_structured_content", "require_approval"),
    *("tool_input_guardrails", "tool_output_guardrails"),
)


class Server(MCPServer):
    """A server of the file. It runs from the first `connect` to as many calls of `cleanup`.

    Each event loop has a connection of its own, so that a team can be used in several.
    """

    def __init__(self, spec: McpServerSpec, root: Path, make: MakeTransport = transport) -> None:
        made = code.functions(spec.options, root)
        given = checked(tool_guardrails(made, spec.options), spec.options)
        options = watched_options({key: given[key] for key in _OF_TOOLS if key in given})
        if "failure_error_function" in given:
            options["failure_error_function"] = telling(given["failure_error_function"])
        options["custom_data_extractor"] = noting(given.get("custom_data_extractor"))
        options["tool_meta_resolver"] = knowing(given.get("tool_meta_resolver"))
        super().__init__(**options)
        self.spec = spec
        self.filter: Any = given.get("tool_filter")
        # Gives, from a tool's name and what the file says, which of an agent's calls of it need
        # approval.
        self.asking: Callable[[str, Any, AgentBase[Any] | None], Any] | None = None
        self._root = root
        self._make = make
        self._connections: WeakKeyDictionary[asyncio.AbstractEventLoop, Connection]
        self._connections = WeakKeyDictionary()

    @property
    def name(self) -> str:
        """The name that the SDK shows."""
        return str(self.spec.options.get("name", self.spec.name))

    @property
    def runs(self) -> bool:
        """Whether it has started, and has not ended since, in this event loop."""
        connection = self._connections.get(asyncio.get_running_loop())
        return connection is not None and not connection.is_gone

    @property
    def listed(self) -> list[McpTool]:
        """The tools that it had when it started, without those that the file leaves out by name."""
        connection = self._connections.get(asyncio.get_running_loop())
        tools = connection.tools if connection is not None and not connection.is_gone else []
        return named(tools, self.filter)

    def spoken_to_by(self, make: MakeTransport) -> Server:
        """Give this server, not running, with another way to speak to it."""
        return Server(self.spec, self._root, make)

    async def connect(self) -> None:
        """Start the server, unless it runs. Raises `RunError` (exit 4) if it does not start.

        One that is not required is then not tried again before its `cleanup`. Raises `SpecError`
        for variables that are not set, and tools named that it does not have.
        """
        connection, before = self._joined()
        try:
            if before is not None:
                await before.stop()
            await connection.started()
        except (SpecError, RunError):  # a variable that is not set, or a tool list not recorded
            await self.cleanup()
            raise
        except Exception as error:  # of the server, the protocol, or the network
            failed = not_started(self.spec, error, connection.lines())
            if self.spec.required:
                await self.cleanup()
            raise failed from error
        except BaseException:
            await self.cleanup()
            raise
        problems = list(self._unknown(connection.tools))
        if problems:
            await self.cleanup()
            raise SpecError(problems)

    async def cleanup(self) -> None:
        """Close the server, unless others use it."""
        loop = asyncio.get_running_loop()
        connection = self._connections.get(loop)
        if connection is None:
            return
        connection.users -= 1
        if connection.users <= 0:
            del self._connections[loop]
            await connection.stop()

    def _joined(self) -> tuple[Connection, Connection | None]:
        """Give the connection of this loop, with one more user, and the one that it replaces."""
        loop = asyncio.get_running_loop()
        before = self._connections.get(loop)
        if before is not None and (before.has_failed or not before.is_gone):
            before.users += 1
            return before, None
        connection = self._connections[loop] = Connection(self.spec, self._root, self._make)
        connection.users = 1 if before is None else before.users + 1
        return connection, before

    def _unknown(self, tools: list[McpTool]) -> list[Problem]:
        return [
            _no_tool(self.spec, name, place, [tool.name for tool in tools])
            for name, place in self.spec.tool_names
            if name not in {tool.name for tool in tools}
        ]

    async def list_tools(
        self,
        run_context: RunContextWrapper[Any] | None = None,
        agent: AgentBase[Any] | None = None,
    ) -> list[McpTool]:
        """List the tools; none of a server that is not required and does not run."""
        connection = self._connections.get(asyncio.get_running_loop())
        if connection is not None and connection.is_gone and not self.spec.required:
            return []
        tools: list[McpTool]
        try:
            tools = await self._ask("between two calls", "list_tools")
        except ServerGone:
            return []
        except (SpecError, RunError):
            raise
        except Exception as error:  # of the server, the protocol, or the network
            if connection is None:
                raise
            failed = not_listed(self.spec, error, connection.lines())
            if self.spec.required:
                raise failed from error
            log.warning("%s; its tools are left out", failed.message)
            return []
        if run_context is None or agent is None:
            return named(tools, self.filter)
        context = ToolFilterContext(run_context, agent, self.name)
        return await filtered(tools, self.filter, context)

    async def call_tool(
        self,
        tool_name: str,
        arguments: dict[str, Any] | None,
        meta: dict[str, Any] | None = None,
    ) -> CallToolResult:
        """Call a tool. Raises `UserError` of a `RunError` (exit 4) if the server ends meanwhile."""
        doing = f"while '{tool_name}' was called"
        try:
            result: CallToolResult
            result = await self._ask(doing, "call_tool", tool_name, arguments, meta)
        except RunError as error:  # anything but its own errors the SDK logs, nameless
            raise UserError(error.message) from error
        return result

    async def list_prompts(self) -> ListPromptsResult:
        """List the prompts."""
        prompts: ListPromptsResult
        prompts = await self._ask("while its prompts were listed", "list_prompts")
        return prompts

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None
    ) -> GetPromptResult:
        """Give a prompt."""
        doing = "while a prompt was asked for"
        prompt: GetPromptResult = await self._ask(doing, "get_prompt", name, arguments)
        return prompt

    def _get_needs_approval_for_tool(self, tool: McpTool, agent: AgentBase[Any] | None) -> Any:
        own = super()._get_needs_approval_for_tool(tool, agent)
        return own if self.asking is None else self.asking(tool.name, own, agent)

    async def _ask(self, doing: str, method: str, *args: Any) -> Any:
        connection = self._connections.get(asyncio.get_running_loop())
        if connection is None:
            hint = "run it inside `async with team.connected():`, or with yamlagents.run"
            raise UserError(f"{called(self.spec)} does not run: {hint}")
        try:
            return await getattr(connection.inner, method)(*args)
        except Exception as error:  # of the server, the protocol, or the network
            if not connection.is_gone and not is_gone(error):
                raise
            connection.is_gone = True
            raise self._gone(doing, connection) from error

    def _gone(self, doing: str, connection: Connection) -> Exception:
        failure: RunError = ended(self.spec, doing, connection.lines())
        return failure if self.spec.required else ServerGone(failure.message)


def respoken(
    servers: Mapping[str, Server], agents: Mapping[str, Agent[Any]], make: MakeTransport
) -> Mapping[str, Server]:
    """Give `agents`, in place, their servers with another way to speak to them; gives these."""
    made = {name: server.spoken_to_by(make) for name, server in servers.items()}
    for agent in agents.values():
        agent.mcp_servers = [
            made[server.spec.name] if isinstance(server, Server) else server
            for server in agent.mcp_servers
        ]
    return MappingProxyType(made)


def server_of(tool: Tool, agent: Agent[Any]) -> Server | None:
    """Give the server that a tool of `agent` is of, if it is one of its MCP tools."""
    origin = get_function_tool_origin(tool) if isinstance(tool, FunctionTool) else None
    name = origin.mcp_server_name if origin is not None else None
    servers = (server for server in agent.mcp_servers if isinstance(server, Server))
    return next((server for server in servers if server.name == name), None)


def _no_tool(spec: McpServerSpec, name: str, place: Place, known: list[str]) -> Problem:
    near = suggestion(name, known)
    message = f"the MCP server '{spec.name}' has no tool '{name}'{near}"
    hint = None if near else f"it has {', '.join(sorted(known)[:10]) or 'no tools'}"
    return Problem(place, "error", "unknown-tool", message, hint)
