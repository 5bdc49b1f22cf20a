"""Calls that wait for a yes or no: who answers, and what comes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

from agents import RunContextWrapper
from agents.items import ToolApprovalItem
from agents.run_state import RunState

from yamlagents.result import RunError
from yamlagents.runtime.approvals.denial import denied
from yamlagents.runtime.approvals.enforcement import arguments_of
from yamlagents.runtime.approvals.rules import Answer, Approve, Rules
from yamlagents.sdk.mcp.aliases import prefixed, remote_tools
from yamlagents.waiting import Approval, Later

WAITING = 7

HINT = "decide on a terminal, by --approve or --deny, or by `approve` in Python"


async def undecided(
    state: RunState[Any, Any],
    items: Sequence[ToolApprovalItem],
    approve: Approve | None,
    context: Any,
) -> list[ToolApprovalItem]:
    """Have calls approved or rejected in `state`; give those that nobody decides on now.

    `context` is what the agents share.
    """
    waiting = []
    for item in items:
        answer = await _answer(approve, item, context)
        if answer is Later.LATER:
            waiting.append(item)
        else:
            await _settle(state, item, answer, context)
    return waiting


async def _answer(approve: Approve | None, item: ToolApprovalItem, context: Any) -> Answer:
    asked = asked_of(item)
    if approve is None:
        return Later.LATER
    if isinstance(approve, Rules):
        return approve(asked, await _other_names(item, context) if approve.deny else ())
    answer = approve(asked)
    return await answer if isinstance(answer, Awaitable) else answer


async def doubts_of(
    items: Sequence[ToolApprovalItem], approve: Approve | None, context: Any
) -> dict[Approval, str]:
    """Give the denials that calls are perhaps of, and that no approval outdoes."""
    if not isinstance(approve, Rules) or not approve.deny:
        return {}
    found = {}
    for item in items:
        asked = asked_of(item)
        doubt = approve.doubt(asked, await _other_names(item, context))
        if doubt is not None:
            found[asked] = doubt
    return found


async def _other_names(item: ToolApprovalItem, context: Any) -> tuple[str, ...]:
    """Give all names that the tool of a call may be denied by, if it is of an MCP server."""
    label = _of(item.raw_item, "server_label")
    if label is not None:
        return tuple(prefixed(str(label), item.name or ""))
    listed = await remote_tools(item.agent, RunContextWrapper(context))
    return next((one.names for one in listed if one.tool.name == item.name), ())


def _of(raw: Any, name: str) -> Any:
    return raw.get(name) if isinstance(raw, dict) else getattr(raw, name, None)


async def _settle(
    state: RunState[Any, Any], item: ToolApprovalItem, answer: Answer, context: Any
) -> None:
    # Anything but a plain yes is a no: a coroutine that nobody awaits would be true.
    if answer is True:
        state.approve(item)
        return
    reason = answer if isinstance(answer, str) else ""
    told = await denied(item, asked_of(item), reason, RunContextWrapper(context))
    state.reject(item, rejection_message=told)


def asked_of(item: ToolApprovalItem) -> Approval:
    """Give what is asked about a call."""
    return Approval(item.agent.name, item.name or "?", arguments_of(item))


def waits(waiting: tuple[Approval, ...]) -> RunError:
    """Give the failure of a run that has to wait."""
    lines = (
        f"the tool '{one.tool}' waits for approval of {one.arguments} (agent '{one.agent}')"
        for one in waiting
    )
    error = RunError("needs-approval", "\n".join(lines), exit=WAITING, hint=HINT)
    error.approvals = waiting
    return error
