"""Calls of tools as they are told of: arguments, outputs, and what went wrong in them."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from types import TracebackType
from typing import Any

import agents
from agents import RunContextWrapper, Tool
from agents.tool import default_tool_timeout_error_message
from agents.tool_context import ToolContext

log = logging.getLogger("yamlagents.tools")

# Where the code lies that stands between a run and a tool's own.
_CALLERS = (
    *(f"{os.path.dirname(str(module.__file__))}{os.sep}" for module in (agents, asyncio)),
    f"{os.path.dirname(os.path.dirname(__file__))}{os.sep}",
)


def words(value: object) -> str:
    """Give `str(value)`, which is the user's own code and may fail like any other."""
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001  # the user's code
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"


def told_of(result: object) -> str:
    """Give what the model is told: the text of an output that is made of texts."""
    parts: list[Any] = result if isinstance(result, list) else [result]
    if parts and all(isinstance(part, dict) and part.get("type") == "text" for part in parts):
        return "\n".join(words(part.get("text")) for part in parts)
    return words(result)


def own_frames(trace: TracebackType | None) -> TracebackType | None:
    """Leave out the frames through which the SDK calls a tool; all, if there are no others."""
    own = trace
    while own is not None and own.tb_frame.f_code.co_filename.startswith(_CALLERS):
        own = own.tb_next
    return own if own is not None else trace


def call_of(context: RunContextWrapper[Any]) -> tuple[str, Any]:
    """Give the id of a call and its arguments."""
    if not isinstance(context, ToolContext):
        return "", None
    return context.tool_call_id, parsed(context.tool_arguments)


def parsed(arguments: str) -> Any:
    """Give arguments as data; as the text that they are if that is not JSON."""
    try:
        return json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return arguments


def timed_out(tool: Tool, output: str) -> str | None:
    """Say that a tool took too long, if its output says so."""
    seconds = getattr(tool, "timeout_seconds", None)
    if seconds is None:
        return None
    message = default_tool_timeout_error_message(tool_name=tool.name, timeout_seconds=seconds)
    if output != message:
        return None
    log.error("tool '%s' did not return within %g seconds", tool.name, seconds)
    return f"timed out after {seconds:g} seconds"
