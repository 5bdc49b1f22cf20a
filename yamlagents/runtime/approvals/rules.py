"""Who decides on tool calls in nobody's presence: patterns of calls to approve and to deny."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from yamlagents.spec.approvals.patterns import Match, Pattern
from yamlagents.waiting import Approval, Later

# Yes, no, no with what the model is told of it, or not now.
Answer = bool | str | Later
Approve = Callable[[Approval], "Answer | Awaitable[Answer]"]


def _put_off(asked: Approval) -> Answer:
    return Later.LATER


def _unheard(asked: Approval, answer: Answer) -> None:
    pass


@dataclass(frozen=True)
class Rules:
    """Calls to approve and calls to deny. `reason` is what the model is told of those denied.

    `ask` decides on what no pattern does. `heard` is told what was answered.
    """

    approve: tuple[Pattern, ...] = ()
    deny: tuple[Pattern, ...] = ()
    reason: str | None = None
    ask: Callable[[Approval], Answer] = field(default=_put_off, compare=False, repr=False)
    heard: Callable[[Approval, Answer], None] = field(default=_unheard, compare=False, repr=False)

    def __call__(self, asked: Approval, also: Iterable[str] = ()) -> Answer:
        """Decide on a call; what nobody decides on is put off. `also` as in `by_patterns`."""
        answer = self.by_patterns(asked, also)
        answer = self.ask(asked) if answer is Later.LATER else answer
        self.heard(asked, answer)
        return answer

    def by_patterns(self, asked: Approval, also: Iterable[str] = ()) -> Answer:
        """Decide on a call; what is not plainly to be approved, nor to be denied, is put off.

        `also` are further names of its tool, by which it may be denied; it is approved by the name
        that it is asked about with.
        """
        names = (asked.tool, *also)
        found = {one.denies(name, asked.arguments) for one in self.deny for name in names}
        if Match.YES in found:
            return self.reason if self.reason else False
        if Match.PERHAPS in found:
            return Later.LATER
        approved = any(one.approves(asked.tool, asked.arguments) for one in self.approve)
        return True if approved else Later.LATER

    def doubt(self, asked: Approval, also: Iterable[str] = ()) -> str | None:
        """Give the denial that a call is perhaps one of, and that no approval outdoes.

        `also` as in `by_patterns`.
        """
        names = (asked.tool, *also)
        told = (
            one.text
            for one in self.deny
            for name in names
            if one.denies(name, asked.arguments) is not Match.NO
        )
        return next(told, None)
