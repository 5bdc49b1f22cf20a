"""What tools gave and raised, in words."""

from __future__ import annotations

import asyncio
import os
from types import TracebackType
from typing import Any

import agents
from agents import Tool
from agents.tool import default_tool_timeout_error_message

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


def told(result: object) -> str:
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


def timed_out(tool: Tool, output: str) -> float | None:
    """Give the seconds within which `tool` did not return, if that is what `output` says."""
    seconds: float | None = getattr(tool, "timeout_seconds", None)
    if seconds is None:
        return None
    message = default_tool_timeout_error_message(tool_name=tool.name, timeout_seconds=seconds)
    return seconds if output == message else None
