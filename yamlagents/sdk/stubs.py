"""Stand-ins for tools: called like them, and answering with a value of their return type."""

from __future__ import annotations

import copy
import inspect
from typing import Any, get_type_hints

from agents import FunctionTool
from agents.tool_context import ToolContext
from pydantic import PydanticSchemaGenerationError, PydanticUserError, TypeAdapter

from yamlagents.sdk import local
from yamlagents.sdk.offline.sampling import sample
from yamlagents.sdk.offline.schema import NoSampleFits


def stub(tool: Any) -> Any:
    """Give a copy of `tool` that calls nothing and returns a sample of its return type.

    What the provider runs is given as it is.
    """
    if isinstance(tool, FunctionTool):
        return _stub(tool)
    return local.stubbed(tool) if local.is_local(tool) else tool


def _stub(tool: Any) -> Any:
    answer = _sample(getattr(tool, "__wrapped__", None))

    async def call(context: ToolContext[Any], arguments: str) -> Any:
        return answer

    standing_in = copy.copy(tool)
    standing_in.on_invoke_tool = call
    return standing_in


_NO_SAMPLE = (
    *(NameError, TypeError, PydanticUserError, PydanticSchemaGenerationError),
    NoSampleFits,  # no value of it has an end, say
)


def _sample(function: Any) -> Any:
    """Give a value of the function's return type; text where the type says nothing of use."""
    if not callable(function):
        return "sample"
    try:
        returned = get_type_hints(inspect.unwrap(function)).get("return", str)
        return sample(TypeAdapter(returned).json_schema())
    except _NO_SAMPLE:
        return "sample"
