"""Tools whose calls always come back and tell: what smoke needs, whatever their code does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from agents import FunctionTool
from agents.tool import set_function_tool_failure_error_function
from agents.tool_context import ToolContext

log = logging.getLogger("yamlagents.tools")


def contain(tool: FunctionTool, seconds: float, tell: Callable[[str], None]) -> None:
    """Let no call of `tool` end the run, end the program, fail in silence or last for ever.

    A tool without a timeout gets one of `seconds`. What it raises is told as any exception of a
    tool is, and what its own code would have kept from that is told by `tell`.
    """
    set_function_tool_failure_error_function(tool)
    tool.timeout_seconds = tool.timeout_seconds or seconds
    tool.timeout_behavior, tool.timeout_error_function = "error_as_result", None
    invoke = tool.on_invoke_tool

    async def call(context: ToolContext[Any], arguments: str) -> Any:
        try:
            return await invoke(context, arguments)
        # The user's code: an invoker of its own may raise anything, and a loop ends at SystemExit.
        except (Exception, SystemExit) as error:
            log.error("tool '%s' raised %s", tool.name, type(error).__name__, exc_info=error)
            tell(f"{type(error).__name__}: {error}")
            return "The tool failed."

    tool.on_invoke_tool = call
