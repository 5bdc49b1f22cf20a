"""A run of a workflow as a stream of events, from its beginning or from where it waited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yamlagents.events import Event, Noticed, RunFailed, RunFinished, RunStarted
from yamlagents.result import RunError, RunResult
from yamlagents.runtime.approvals.deciding import HINT, WAITING
from yamlagents.runtime.approvals.saved import Unsavable, binding, so_far_of, unchanged
from yamlagents.runtime.owncode import failure
from yamlagents.runtime.redaction import redacted
from yamlagents.runtime.shared import Shared
from yamlagents.runtime.tally import Tally, together
from yamlagents.runtime.workflow.journal import Journal
from yamlagents.runtime.workflow.saved import kept, so_far_of_all, taken_up
from yamlagents.runtime.workflow.walk import RunAgent, StepWaits, Walk
from yamlagents.sdk.mcp.servers import connected
from yamlagents.sdk.team import Team
from yamlagents.spec.attachments import Attachment
from yamlagents.spec.digest import definition
from yamlagents.waiting import SavedRun


@dataclass(frozen=True)
class WorkflowInput:
    """What a workflow is given: a text, and what is attached to it."""

    text: str
    attachments: Sequence[Attachment] = ()


async def taken(
    team: Team, input: WorkflowInput | SavedRun, shared: Shared, run: RunAgent
) -> AsyncGenerator[Event, None]:
    """Take the steps of the workflow and give the events; the last is finished or failed.

    The result is that of the last step, with the usage, cost, turns and calls of all. The MCP
    servers of all steps run while they are taken.
    """
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    flow = _Flow(team, shared, run, events.put_nowait)
    task = asyncio.create_task(flow.drive(input))
    task.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class _Flow:
    """One run of a workflow: what it begins with, and how it ends."""

    def __init__(
        self, team: Team, shared: Shared, run: RunAgent, emit: Callable[[Event], None]
    ) -> None:
        self._team = team
        self._shared = shared
        self._run = run
        self._listener = emit
        self._told: list[Noticed] = []
        self._journal = Journal()
        # What a saved run had come to, until it goes on.
        self._before: Tally | None = None
        self._input = WorkflowInput("")

    async def drive(self, input: WorkflowInput | SavedRun) -> None:
        """Take all steps, and emit how it ended."""
        saved = input if isinstance(input, SavedRun) else None
        self._input = input if isinstance(input, WorkflowInput) else WorkflowInput(input.input)
        names = tuple(one.name for one in self._input.attachments)
        self._listener(RunStarted(self._first, self._input.text, names))
        try:
            changed = self._taken_up(saved) if saved is not None else []
            async with connected(self._team) as noticed:
                self._tell(noticed)
                if saved is not None:
                    await self._hold(saved, changed)
                self._before = None
                output = await self._steps()
        except RunError as error:
            failed = RunError(error.code, error.message, exit=error.exit, hint=error.hint)
            failed.approvals, failed.state = error.approvals, error.state
            failed.doubts = error.doubts
            # What failed is told of as the last.
            parts = [one for one in self._journal.results if one is not error.result]
            parts += [error.result] if error.result is not None else []
            failed.result = together(parts) if parts else None
            if self._before is not None:
                failed.result = self._before.result()
            self._listener(RunFailed(failed))
        else:
            self._listener(RunFinished(self._result(output)))

    @property
    def _first(self) -> str:
        workflow = self._team.spec.workflow
        steps = workflow.walk() if workflow is not None else ()
        return next((step.agent for step in steps if step.agent is not None), self._team.spec.entry)

    def _emit(self, event: Event) -> None:
        # Each step starts what all of them share, and tells of it as well.
        if event not in self._told:
            self._listener(event)

    def _tell(self, noticed: Sequence[Noticed]) -> None:
        said = [replace(one, message=redacted(one.message, self._team.spec)) for one in noticed]
        for one in said:
            self._emit(one)
        self._told += said

    def _taken_up(self, saved: SavedRun) -> list[str]:
        """Go back to where it was saved; give what changed in the steps since."""
        self._shared.take_up(saved)
        self._before = self._tally()
        self._before.take_up(so_far_of(saved))
        found, changed = taken_up(self._team.spec, saved)
        self._journal = found.journal
        self._input = WorkflowInput(saved.input, found.attachments)
        return changed

    async def _hold(self, saved: SavedRun, changed: Sequence[str]) -> None:
        """Hold it against what the file says now. Raises `RunError` if that has changed."""
        spec = self._team.spec
        try:
            context = await self._shared.context.get()
        except Exception as error:  # the user's code may raise whatever it likes
            raise failure(error, spec, spec.agents[self._first]) from error
        self._tell(await unchanged(self._team, saved, spec.reachable, context, changed))

    async def _steps(self) -> Any:
        workflow = self._team.spec.workflow
        assert workflow is not None, "nothing else is taken"
        given = self._input
        walk = Walk(given.text, given.attachments, self._journal, self._run, self._emit)
        try:
            output = await walk.take(workflow)
        except StepWaits:
            raise await self._waits() from None
        for visit in self._journal.left:
            message = f"the step '{visit.step}' waited for an approval, and was not come to again"
            self._tell([Noticed("definition-changed", message, "warning")])
        return output

    def _result(self, output: Any) -> RunResult:
        results = self._journal.results
        if not results:
            # All steps were left out.
            return self._tally().result(output)
        return replace(together(results), final_output=output, output=output)

    def _tally(self) -> Tally:
        agent = self._team.spec.agents[self._first]
        return Tally(agent.name, agent.model.model, definition(self._team.spec))

    async def _waits(self) -> RunError:
        """Give the failure of a workflow that has to wait, and with it the workflow."""
        steps = self._team.spec.workflow.walk() if self._team.spec.workflow is not None else ()
        order = {step.name: number for number, step in enumerate(steps) if step.name is not None}
        waiting = [error for _, error in self._journal.waiting_in(order)]
        said = "\n".join(one.message for one in waiting)
        error = RunError(waiting[0].code, said, exit=WAITING, hint=HINT)
        error.approvals = tuple(asked for one in waiting for asked in one.approvals)
        error.doubts = {asked: deny for one in waiting for asked, deny in one.doubts.items()}
        lacking = [one for one in waiting if one.state is None]
        if lacking:
            error.hint = lacking[0].hint
            return error
        try:
            error.state = await self._saved(error)
        except Unsavable as reason:
            error.hint = f"it cannot be kept to go on later: {reason}; {error.hint}"
        return error

    async def _saved(self, error: RunError) -> SavedRun:
        spec, shared = self._team.spec, self._shared
        saved = SavedRun(
            file="",
            definition="",
            agent=self._first,
            input=self._input.text,
            waiting=error.approvals,
            agents={},
            so_far=so_far_of_all(self._journal, shared.meter.spent()),
            run={},
            workflow=kept(spec, self._journal, self._input.attachments),
        )
        context = None if shared.context.is_given else await shared.context.get()
        return await binding(self._team, saved, spec.reachable, context)
