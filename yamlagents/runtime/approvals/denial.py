"""Calls that are denied: whoever watches is told of them, and so is the model."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import Any, Literal

from agents import RunContextWrapper
from agents.items import ToolApprovalItem
from agents.run_config import ToolErrorFormatter, ToolErrorFormatterArgs
from agents.tool import DEFAULT_APPROVAL_REJECTION_MESSAGE

from yamlagents.runtime.toolcalls import parsed
from yamlagents.sdk.nested import surroundings
from yamlagents.waiting import DENIED, Approval

log = logging.getLogger("yamlagents.tools")

_Kind = Literal["function", "shell", "apply_patch", "custom"]
_KINDS: dict[str, _Kind] = {
    "shell_call": "shell",
    "apply_patch_call": "apply_patch",
    "custom_tool_call": "custom",
}
# What a provider carries out it asks about in this form, and is told no, without a text.
_AFAR = "mcp_approval_request"


async def denied(
    item: ToolApprovalItem, asked: Approval, reason: str, context: RunContextWrapper[Any]
) -> str | None:
    """Tell of a call that was denied, and give what the model is told: `reason`, or the usual."""
    around = surroundings.get()
    formatter = around.config.tool_error_formatter if around is not None else None
    told = reason or await _usual(item, asked.tool, formatter, context)
    if around is not None:
        call = item.call_id or "", parsed(asked.arguments)
        around.watching.call_kept(asked.agent, asked.tool, call, told or "", DENIED)
    return told


async def _usual(
    item: ToolApprovalItem,
    tool: str,
    formatter: ToolErrorFormatter | None,
    context: RunContextWrapper[Any],
) -> str | None:
    """Give what the model is told without a reason: as the file says, or as the SDK does."""
    raw: Any = item.raw_item
    kind = raw.get("type") if isinstance(raw, dict) else getattr(raw, "type", None)
    if kind == _AFAR:
        return None
    usual = DEFAULT_APPROVAL_REJECTION_MESSAGE
    args = ToolErrorFormatterArgs(
        kind="approval_rejected",
        tool_type=_KINDS.get(str(kind), "function"),
        tool_name=tool,
        call_id=item.call_id or "",
        default_message=usual,
        run_context=context,
    )
    try:
        given = formatter(args) if formatter is not None else None
        said = await given if isinstance(given, Awaitable) else given
    except Exception as error:
        log.error("tool_error_formatter raised %s", type(error).__name__, exc_info=error)
        return usual
    return said if isinstance(said, str) else usual
