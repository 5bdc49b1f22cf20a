"""Stand-ins for tools: called like them, and answering with a value of their return type."""

from __future__ import annotations

import copy
import inspect
from typing import Any, TypeVar, get_type_hints

from agents import CustomTool, FunctionTool, Tool
from agents.tool_context import ToolContext
from pydantic import PydanticSchemaGenerationError, PydanticUserError, TypeAdapter

from yamlagents.sdk.offline.sampling import sample

_Called = TypeVar("_Called", FunctionTool, CustomTool)


def stubbed_of_sandbox(tool: Tool) -> Tool:
    """Give a copy of a tool of a sandbox that does nothing there."""
    if isinstance(tool, CustomTool):
        return stub(tool)
    assert isinstance(tool, FunctionTool), "sandboxes have no other tools"
    return stub(tool)


def stub(tool: _Called) -> _Called:
    """Give a copy of `tool` that calls nothing and returns a sample of its return type."""
    answer = _sample(getattr(tool, "__wrapped__", None))

    async def call(context: ToolContext[Any], arguments: str) -> Any:
        return answer

    standing_in = copy.copy(tool)
    standing_in.on_invoke_tool = call
    return standing_in


def _sample(function: Any) -> Any:
    """Give a value of the function's return type; text where the type says nothing."""
    if not callable(function):
        return "sample"
    try:
        returned = get_type_hints(inspect.unwrap(function)).get("return", str)
        return sample(TypeAdapter(returned).json_schema())
    except (NameError, TypeError, PydanticUserError, PydanticSchemaGenerationError):
        return "sample"
