"""Who decides on tool calls in nobody's presence: patterns of calls to approve and to deny."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from yamlagents.spec.approvals.patterns import Match, Pattern
from yamlagents.waiting import Approval, Later

# Yes, no, no with what the model is told of it, or not now.
Answer = bool | str | Later
Approve = Callable[[Approval], "Answer | Awaitable[Answer]"]


@dataclass(frozen=True)
class Rules:
    """Calls to approve and calls to deny. `reason` is what the model is told of those denied."""

    approve: tuple[Pattern, ...] = ()
    deny: tuple[Pattern, ...] = ()
    reason: str | None = None

    def __call__(self, asked: Approval) -> Answer:
        """Decide on a call; what is not plainly to be approved, nor to be denied, is put off."""
        found = {one.denies(asked.tool, asked.arguments) for one in self.deny}
        if Match.YES in found:
            return self.reason if self.reason else False
        if Match.PERHAPS in found:
            return Later.LATER
        approved = any(one.approves(asked.tool, asked.arguments) for one in self.approve)
        return True if approved else Later.LATER
