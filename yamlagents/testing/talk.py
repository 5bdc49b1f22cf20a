"""The conversation of one attempt at a case, turn after turn."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping
from typing import Any

from agents import Session

from yamlagents.events import Event, RunFailed, RunFinished
from yamlagents.result import RunError, RunResult
from yamlagents.runtime.approvals.rules import Answer
from yamlagents.runtime.runner import stream
from yamlagents.runtime.shared import Context
from yamlagents.runtime.tally import together
from yamlagents.sdk.sessions.session import in_memory
from yamlagents.sdk.team import Team
from yamlagents.spec.cases.records import CaseSpec
from yamlagents.spec.records import Spec
from yamlagents.testing.deciding import asked, rules_of
from yamlagents.testing.outcomes import Asked, CaseRun
from yamlagents.waiting import Approval, Later

LIMIT = 5


class Talk:
    """The conversation of one attempt, turn after turn; `context` is what tools see in it."""

    def __init__(self, team: Team, case: CaseSpec, *, streamed: bool) -> None:
        self._team = team
        self._case = case
        self._streamed = streamed
        self._events: list[Event] = []
        self._results: list[RunResult] = []
        self._asked: list[Asked] = []
        self._rules = rules_of(case, self._heard)
        self._error: RunError | None = None
        # One for all turns.
        self.context = Context(team, self._given())

    async def within(self, seconds: float | None) -> None:
        """Hold the conversation; it fails if it takes longer than `seconds`."""
        try:
            await asyncio.wait_for(self._hold(), seconds)
        except asyncio.TimeoutError:  # before Python 3.11 it is not the built-in one
            if seconds is None:
                raise
            message = f"the case did not end within {seconds:g} seconds"
            hint = "raise its timeout"
            self._error = RunError("case-timeout", message, exit=LIMIT, hint=hint)

    def run(self, spec: Spec) -> CaseRun:
        """Give what came of it."""
        return CaseRun(
            case=self._case,
            result=together(self._results) if self._results else None,
            error=self._error,
            events=tuple(self._events),
            asked=tuple(self._asked),
            spec=spec,
        )

    async def _hold(self) -> None:
        store = self._team.spec.run.session
        # The steps of a workflow have conversations of their own.
        if store is None or self._team.spec.workflow is not None:
            await self._turns(None)
            return
        with in_memory(store) as session:
            await self._turns(session)

    async def _turns(self, session: Session | None) -> None:
        for number, text in enumerate(self._case.inputs):
            last = self._results[-1] if self._results else None
            events = stream(
                self._team,
                text,
                history=last.history if last is not None and session is None else (),
                agent=self._key(last.last_agent) if last is not None else None,
                streamed=self._streamed,
                approve=self._rules,
                context=self.context,
                session=session,
                attachments=self._case.attachments if number == 0 else (),
            )
            async for event in events:
                self._note(event)
            if self._error is not None:
                return

    def _given(self) -> dict[str, Any] | None:
        given, of_file = self._case.context, self._team.spec.run.context
        if given is None:
            return None
        below = of_file if isinstance(of_file, Mapping) else {}
        return copy.deepcopy({**below, **given})

    def _note(self, event: Event) -> None:
        self._events.append(event)
        if isinstance(event, RunFinished):
            self._results.append(event.result)
        elif isinstance(event, RunFailed):
            self._error = event.error
            self._wait(event.error)
            if event.error.result is not None:
                self._results.append(event.error.result)

    def _wait(self, error: RunError) -> None:
        """Take note of the calls that nobody answered, and say how to."""
        self._asked += (asked(approval, "waiting") for approval in error.approvals)
        error.state = None  # nobody goes on with a test
        if error.approvals:
            tool = error.approvals[0].tool
            doubt = error.doubts.get(error.approvals[0])
            answer = f"answer it, approve: {tool}"
            if doubt is not None:
                answer = f"it may be denied by {doubt}, and no approval outdoes that; change it"
            error.hint = f"{answer}, or expect it: {{approval: {tool}}}"

    def _key(self, name: str) -> str:
        keys = (agent.key for agent in self._team.spec.agents.values() if agent.name == name)
        return next(keys, self._team.spec.entry)

    def _heard(self, approval: Approval, answer: Answer) -> None:
        # What waits is asked about again, as long as anything else goes on.
        if answer is not Later.LATER:
            self._asked.append(asked(approval, "approved" if answer is True else "denied"))
