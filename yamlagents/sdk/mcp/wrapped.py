"""A transport in front of another, which answers as that one does unless it is told otherwise."""

from __future__ import annotations

from typing import Any

from agents import RunContextWrapper
from agents.agent import AgentBase
from agents.mcp import MCPServer
from mcp.types import CallToolResult, GetPromptResult, ListPromptsResult
from mcp.types import Tool as McpTool

from yamlagents.sdk.mcp.transport import Transport


class WrappedTransport(MCPServer):
    """Passes everything on to `inner`. What concerns tools is the `Server`'s, and is not here."""

    def __init__(self, inner: Transport) -> None:
        super().__init__()
        self.inner = inner
        self.client_session_timeout_seconds = inner.client_session_timeout_seconds

    @property
    def name(self) -> str:
        """The inner one's."""
        return self.inner.name

    async def connect(self) -> None:
        """Connect the inner one."""
        await self.inner.connect()  # type: ignore[no-untyped-call]  # the SDK's is not typed

    async def cleanup(self) -> None:
        """Close the inner one."""
        await self.inner.cleanup()  # type: ignore[no-untyped-call]  # the SDK's is not typed

    async def list_tools(
        self,
        run_context: RunContextWrapper[Any] | None = None,
        agent: AgentBase[Any] | None = None,
    ) -> list[McpTool]:
        """Ask the inner one."""
        return await self.inner.list_tools(run_context, agent)

    async def call_tool(
        self,
        tool_name: str,
        arguments: dict[str, Any] | None,
        meta: dict[str, Any] | None = None,
    ) -> CallToolResult:
        """Ask the inner one."""
        return await self.inner.call_tool(tool_name, arguments, meta)

    async def list_prompts(self) -> ListPromptsResult:
        """Ask the inner one."""
        return await self.inner.list_prompts()

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None
    ) -> GetPromptResult:
        """Ask the inner one."""
        return await self.inner.get_prompt(name, arguments)
