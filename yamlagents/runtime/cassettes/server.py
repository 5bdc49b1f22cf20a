"""An MCP server that answers from a cassette, or is started to be recorded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from agents import UserError
from mcp.types import CallToolResult
from mcp.types import Tool as McpTool

from yamlagents.runtime.cassettes.exchange import ToolResult
from yamlagents.runtime.cassettes.recording import ServerTools
from yamlagents.runtime.cassettes.tool import Call, Results
from yamlagents.sdk.mcp.connection import Connection
from yamlagents.sdk.mcp.errors import is_gone
from yamlagents.sdk.mcp.stubs import result, stub_result, tool_data
from yamlagents.sdk.mcp.telling import calling
from yamlagents.spec.cases.records import Tools
from yamlagents.spec.mcp.records import McpServerSpec

# What a server's end is called in a cassette.
_ENDED = "ServerEnded"


class Tape(Results, Protocol):
    """Where the tools of servers, and the results of their calls, come from and go to."""

    def tools_of(self, server: str) -> ServerTools: ...
    def record_tools(self, server: str, tools: ServerTools) -> None: ...


class ReplayedServer:
    """Speaks to a server as one of the SDK's transports does, and starts it only if it must.

    With `tools` "replay" what is recorded is not asked for again; "live" and "stub" never look at
    recorded results. `keys` are those of the agents by their names.
    """

    client_session_timeout_seconds: float | None = None

    def __init__(
        self, spec: McpServerSpec, root: Path, tape: Tape, *, tools: Tools, keys: Mapping[str, str]
    ) -> None:
        self._spec = spec
        self._root = root
        self._tape = tape
        self._tools = tools
        self._keys = keys
        self._real: Connection | None = None

    def lines(self) -> tuple[str, ...]:
        """Give the last lines that the server wrote, if it was started."""
        return self._real.lines() if self._real is not None else ()

    async def connect(self) -> None:
        """Start the server, unless its tools are recorded."""
        await self.list_tools()

    async def cleanup(self) -> None:
        """Close the server if it was started."""
        if self._real is not None:
            await self._real.stop()

    async def list_tools(self) -> list[McpTool]:
        """Give the recorded tools; those of the server where none are, which are recorded."""
        recorded = self._tape.tools_of(self._spec.name) if self._tools != "live" else None
        if recorded is not None:
            return [McpTool.model_validate(data, by_alias=True) for data in recorded]
        try:
            real = await self._started()
        except Exception:  # goes on: whatever kept it from starting, it was not there
            if not self._spec.required:
                self._tape.record_tools(self._spec.name, None)
            raise
        return real.tools

    async def call_tool(
        self, name: str, arguments: dict[str, Any] | None, meta: dict[str, Any] | None = None
    ) -> CallToolResult:
        """Give the recorded result; the server's where there is none, which is recorded."""
        if self._tools == "stub":
            return next(stub_result(tool) for tool in await self.list_tools() if tool.name == name)
        context = calling.get()
        assert context is not None, "a call is made by an agent"
        agent = self._keys[context.agent.name] if context.agent is not None else ""
        call = Call(agent, context.tool_call_id, context.tool_name, self._tape.redact(arguments))
        exchange = self._tape.claim(call)
        known = exchange.results.get(call.id) if exchange is not None else None
        if self._tools == "replay" and known is not None:
            return _returned(known)
        if self._tools == "replay":
            self._tape.require_recording(call, exchange)

        def note(**outcome: Any) -> None:
            kept = ToolResult(call.name, call.arguments, **self._tape.redact(outcome))
            self._tape.record_result(call, exchange, kept)

        real: Any = (await self._started()).inner
        try:
            answer: CallToolResult = await real.call_tool(name, arguments, meta)
        except Exception as error:  # goes on: recorded as it is
            said = _ENDED if is_gone(error) else type(error).__name__
            note(error=f"{said}: {error}", raised=True)
            raise
        note(output=self._kept(answer))
        return answer

    def _kept(self, answer: CallToolResult) -> dict[str, Any]:
        """Give a result as the protocol has it, without what nobody looks at."""
        data: dict[str, Any] = answer.model_dump(mode="json", by_alias=True, exclude_none=True)
        seen = ("content", "structuredContent", "isError")
        extracted = ("_meta",) if "custom_data_extractor" in self._spec.options else ()
        return {key: data[key] for key in (*seen, *extracted) if data.get(key) not in (None, False)}

    async def _started(self) -> Connection:
        if self._real is None:
            self._real = Connection(self._spec, self._root)
        await self._real.started()
        self._tape.record_tools(self._spec.name, [tool_data(tool) for tool in self._real.tools])
        return self._real


def _returned(known: ToolResult) -> CallToolResult:
    """Do as the server did: answer, or fail."""
    if known.error is None:
        return result(known.output)
    name, _, text = known.error.partition(": ")
    if name == _ENDED:
        raise ConnectionResetError(text)
    # Of the SDK's own, or it would log what is only what was recorded.
    raise type(name, (UserError,), {})(text)
