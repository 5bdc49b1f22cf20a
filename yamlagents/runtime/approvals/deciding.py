"""Calls that wait for a yes or no: who answers, and what comes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from agents.items import ToolApprovalItem
from agents.run_state import RunState

from yamlagents.events import Noticed
from yamlagents.result import RunError
from yamlagents.runtime.approvals.enforcement import arguments_of
from yamlagents.runtime.approvals.rules import Approve
from yamlagents.waiting import Approval, Later

WAITING = 7

HINT = "decide on a terminal, by --approve or --deny, or by `approve` in Python"


async def undecided(
    state: RunState[Any, Any],
    items: Sequence[ToolApprovalItem],
    approve: Approve | None,
    tell: Callable[[Iterable[Noticed]], None],
) -> list[ToolApprovalItem]:
    """Have calls approved or rejected in `state`; give those that nobody decides on now."""
    return [item for item in items if not await _decided(state, item, approve, tell)]


async def _decided(
    state: RunState[Any, Any],
    item: ToolApprovalItem,
    approve: Approve | None,
    tell: Callable[[Iterable[Noticed]], None],
) -> bool:
    asked = asked_of(item)
    answer = approve(asked) if approve is not None else Later.LATER
    answer = await answer if isinstance(answer, Awaitable) else answer
    if answer is Later.LATER:
        return False
    # Anything but a plain yes is a no: a coroutine that nobody awaits would be true.
    if answer is True:
        state.approve(item)
    else:
        reason = answer if isinstance(answer, str) and answer else None
        state.reject(item, rejection_message=reason)
        message = f"'{asked.agent}' may not call {asked.tool}({asked.arguments})"
        tell([Noticed("call-denied", message, "note")])
    return True


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
