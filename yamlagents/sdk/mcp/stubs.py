"""Stand-ins for the tools of an MCP server, which is only asked what tools it has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mcp.types import CallToolResult
from mcp.types import Tool as McpTool

from yamlagents.sdk.mcp.transport import Tail, transport
from yamlagents.sdk.mcp.wrapped import WrappedTransport
from yamlagents.sdk.offline.sampling import sample
from yamlagents.spec.mcp.records import McpServerSpec


class StubbedTransport(WrappedTransport):
    """Answers each call by itself, with a sample that is valid for what the tool returns."""

    async def call_tool(
        self,
        tool_name: str,
        arguments: dict[str, Any] | None,
        meta: dict[str, Any] | None = None,
    ) -> CallToolResult:
        """Give a sample; text where the server does not say what the tool returns."""
        for tool in await self.inner.list_tools():
            if tool.name == tool_name:
                return stub_result(tool)
        return result({"content": [{"type": "text", "text": "sample"}]})


def stubbed(spec: McpServerSpec, root: Path) -> tuple[StubbedTransport, Tail | None]:
    """Make what speaks to a server, and calls none of its tools."""
    inner, tail = transport(spec, root)
    return StubbedTransport(inner), tail


def stub_result(tool: McpTool) -> CallToolResult:
    """Give a result of `tool` that was made up."""
    schema = tool_data(tool).get("outputSchema")
    if schema is None:
        return result({"content": [{"type": "text", "text": "sample"}]})
    value = sample(schema)
    content = [{"type": "text", "text": json.dumps(value)}]
    return result({"content": content, "structuredContent": value})


# Versions 1 and 2 of the `mcp` package name the fields alike on the wire alone.


def tool_data(tool: McpTool) -> dict[str, Any]:
    """Give a tool as the protocol has it."""
    data: dict[str, Any] = tool.model_dump(mode="json", by_alias=True, exclude_none=True)
    return data


def result(data: dict[str, Any]) -> CallToolResult:
    """Give the result of a call from what the protocol has for it."""
    return CallToolResult.model_validate(data, by_alias=True)
