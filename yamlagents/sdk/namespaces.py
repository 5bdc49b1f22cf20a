"""Calls of function tools that have a namespace, by models that know their names alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agents import FunctionTool
from agents._tool_identity import get_explicit_function_tool_namespace
from openai.types.responses import ResponseFunctionToolCall


def with_namespaces(output: Sequence[Any], tools: Iterable[Any]) -> None:
    """Give each call in `output` the namespace by which the SDK finds its tool."""
    found = {tool.name: _namespace(tool) for tool in tools if isinstance(tool, FunctionTool)}
    for item in output:
        if isinstance(item, ResponseFunctionToolCall) and found.get(item.name) is not None:
            item.namespace = found[item.name]


def _namespace(tool: FunctionTool) -> str | None:
    # One that is loaded later, alone, is in a namespace of its own name.
    return get_explicit_function_tool_namespace(tool) or (tool.name if tool.defer_loading else None)
