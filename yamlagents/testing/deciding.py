"""Calls of a case that wait for a yes or no: its patterns decide, and what was asked is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from yamlagents.runtime.approvals.enforcement import enforce
from yamlagents.runtime.approvals.known import check, known_in
from yamlagents.runtime.approvals.rules import Answer, Rules
from yamlagents.runtime.shared import Context
from yamlagents.sdk.team import Team
from yamlagents.spec.approvals.patterns import BadPattern
from yamlagents.spec.cases.records import CallPattern, CaseSpec
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.testing.outcomes import Answered, Asked
from yamlagents.waiting import Approval


def rules_of(case: CaseSpec, heard: Callable[[Approval, Answer], None] | None = None) -> Rules:
    """Give the patterns of a case as rules; `heard` is told what they answer."""
    approve, deny = (tuple(one.pattern for one in key) for key in (case.approve, case.deny))
    rules = Rules(approve, deny, case.reason)
    return rules if heard is None else replace(rules, heard=heard)


def asked(approval: Approval, answer: Answered) -> Asked:
    """Give what was asked about a call, and what came of it."""
    try:
        arguments: Any = json.loads(approval.arguments)
    except ValueError:
        arguments = approval.arguments
    return Asked(approval.agent, approval.tool, arguments, answer)


def deny_calls(case: CaseSpec, team: Team) -> None:
    """Have the agents of `team` ask about the calls that a case denies. Raises `SpecError`."""
    with _placed(case.deny, "bad-value"):
        enforce(rules_of(case), team)


async def check_calls(case: CaseSpec, team: Team, context: Context) -> None:
    """Raise `SpecError` for patterns about nothing, now that all tools are known."""
    if case.approve or case.deny:
        # Only the tools of servers are chosen by what is in a context; else it may wait.
        known = await known_in(team, await context.get() if team.servers else None)
        for key in (case.approve, case.deny):
            with _placed(key, "unknown-tool"):
                check([one.pattern for one in key], known)


@contextmanager
def _placed(patterns: tuple[CallPattern, ...], code: str) -> Iterator[None]:
    """Give a pattern that cannot be meant so the place where it is written."""
    try:
        yield
    except BadPattern as error:
        place = next(one.place for one in patterns if one.pattern.text == error.text)
        message = f"'{error.text}' cannot be meant so: {error.reason}"
        raise SpecError([Problem(place, "error", code, message)]) from error
