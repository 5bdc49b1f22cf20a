"""Which of an MCP server's tools an agent gets."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import isawaitable
from typing import Any

from agents.mcp import ToolFilterContext
from mcp.types import Tool as McpTool

# What the SDK takes: names that are allowed and blocked, a function `(context, tool)`, or nothing.
Filter = Any


def named(tools: Sequence[McpTool], wanted: Filter) -> list[McpTool]:
    """Give the tools that a filter lets through by name; one of code lets through all."""
    if not isinstance(wanted, dict):
        return list(tools)
    allowed = wanted.get("allowed_tool_names", [tool.name for tool in tools])
    blocked = wanted.get("blocked_tool_names", ())
    return [tool for tool in tools if tool.name in allowed and tool.name not in blocked]


async def filtered(
    tools: Sequence[McpTool], wanted: Filter, context: ToolFilterContext
) -> list[McpTool]:
    """Give the tools that a filter lets through. (The SDK leaves one out whose check raises.)"""
    if not callable(wanted):
        return named(tools, wanted)
    kept = []
    for tool in tools:
        verdict = wanted(context, tool.model_copy(deep=True))
        if await verdict if isawaitable(verdict) else verdict:
            kept.append(tool)
    return kept
