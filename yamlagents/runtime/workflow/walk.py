"""A workflow's steps, taken one after another, side by side and in rounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

from yamlagents.events import (
    Event,
    ReasoningDelta,
    RunFailed,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
    ToolReturned,
)
from yamlagents.result import RunError
from yamlagents.runtime.approvals.saved import so_far_of
from yamlagents.runtime.drive import CUT_OFF
from yamlagents.runtime.tally import Tally
from yamlagents.runtime.workflow.journal import Journal, Visit
from yamlagents.runtime.workflow.known import NOTHING, Known, as_text
from yamlagents.spec.attachments import Attachment
from yamlagents.spec.workflow.records import INPUT, Step
from yamlagents.waiting import SavedRun

T = TypeVar("T")
# Runs one agent: its key, what it is told or the run that it goes on with, the conversation that
# was before, and what is attached to what it is told.
RunAgent = Callable[
    [str, "str | SavedRun", Sequence[Any], Sequence[Attachment]], AsyncGenerator[Event, None]
]

LIMIT = 5


class StepWaits(Exception):
    """A step waits for an approval, and so do all that come after it."""


class Walk:
    """One way through a workflow: its steps in their order, and what they gave so far.

    Runs that are done by the `journal` are not run again, and what waits there goes on: since all
    that steps give is in it, the way leads to the same places once more.
    """

    def __init__(
        self,
        input: str,
        attachments: Sequence[Attachment],
        journal: Journal,
        run: RunAgent,
        emit: Callable[[Event], None],
    ) -> None:
        self._attachments = attachments
        self._journal = journal
        self._run = run
        self._emit = emit
        self._start = Known(input)

    async def take(self, workflow: Step) -> Any:
        """Take all steps and give what the last one gives.

        Raises `RunError`, and `StepWaits` once nothing more can be done without an approval.
        """
        return await self._take(workflow, self._start.input, self._start, ())

    async def _take(self, step: Step, before: Any, known: Known, rounds: tuple[int, ...]) -> Any:
        """Take a step after one that gave `before`, and give what it gives."""
        if not known.hold(step.when, before):
            return before
        if step.kind == "agent":
            given = await self._agent(step, before, known, rounds)
        elif step.kind == "parallel":
            given = await self._parallel(step, before, known, rounds)
        elif step.kind == "loop":
            given = await self._loop(step, before, known, rounds)
        else:
            given = await self._sequence(step, before, known, rounds)
        if step.output is not None:
            named = known.at(step.output)
            given = given if named is NOTHING else named
        if step.name is not None:
            known.keep(step.name, given)
        return given

    async def _sequence(
        self, step: Step, before: Any, known: Known, rounds: tuple[int, ...]
    ) -> Any:
        for inner in step.steps:
            before = await self._take(inner, before, known, rounds)
        return before

    async def _parallel(
        self, step: Step, before: Any, known: Known, rounds: tuple[int, ...]
    ) -> list[Any]:
        chosen = [inner for inner in step.steps if known.hold(inner.when, before)]
        branches = [known.branch() for _ in chosen]
        given = await _side_by_side(
            [
                self._take(inner, before, branch, rounds)
                for inner, branch in zip(chosen, branches, strict=True)
            ]
        )
        known.join(branches)
        return given

    async def _loop(self, step: Step, before: Any, known: Known, rounds: tuple[int, ...]) -> Any:
        for number in range(step.max_rounds):
            before = await self._sequence(step, before, known, (*rounds, number))
            if step.until and known.hold(step.until, before):
                return before
        if not step.until:
            return before
        message = f"the loop at {step.place} did not come to its end in {step.max_rounds} rounds"
        hint = "raise its max_rounds, or look at what its steps give"
        raise RunError("loop-limit", message, exit=LIMIT, hint=hint)

    async def _agent(self, step: Step, before: Any, known: Known, rounds: tuple[int, ...]) -> Any:
        name = str(step.name)
        if step.each is not None:
            return await self._each(step, known, rounds)
        history = known.conversation(step.conversation)
        # Whoever goes on with another's conversation finds all that was said in it.
        is_said = bool(history) and not step.told and step.conversation != step.name
        told = "" if is_said else known.told(step, before)
        attached = self._attachments if self._is_told_input(step, before) and not is_said else ()
        output, history = await self._one(step, Visit(name, rounds), told, history, attached)
        known.talked(name, history)
        return output

    async def _each(self, step: Step, known: Known, rounds: tuple[int, ...]) -> list[Any]:
        assert step.each is not None, "asked of a step that has it"
        items = known.at(step.each)
        if not isinstance(items, list):
            said = "nothing" if items is NOTHING else "no list"
            message = f"'each' at {step.place} leads to {said}"
            raise RunError("workflow-input", message, exit=3)
        name = str(step.name)
        given = await _side_by_side(
            [
                self._one(step, Visit(name, rounds, number), as_text(item))
                for number, item in enumerate(items)
            ]
        )
        # Whatever the order they ended in, it is the last item's that others go on with.
        for _, history in given[-1:]:
            known.talked(name, history)
        return [output for output, _ in given]

    def _is_told_input(self, step: Step, before: Any) -> bool:
        if step.told:
            return any(part.reference.step == INPUT for part in step.told)
        return before is self._start.input

    async def _one(
        self,
        step: Step,
        visit: Visit,
        told: str,
        history: Sequence[Any] = (),
        attached: Sequence[Attachment] = (),
    ) -> tuple[Any, Sequence[Any]]:
        """Run the agent of a step once; give its output and its conversation."""
        done = self._journal.done.get(visit)
        if done is None:
            left = self._journal.left.pop(visit, None)
            await self._ran(step, visit, told if left is None else left, history, attached)
            done = self._journal.done[visit]
        return done.output, done.history

    async def _ran(
        self,
        step: Step,
        visit: Visit,
        input: str | SavedRun,
        history: Sequence[Any],
        attached: Sequence[Attachment],
    ) -> None:
        name, agent = str(step.name), str(step.agent)
        self._emit(StepStarted(name, agent, input if isinstance(input, str) else input.input))
        tally = Tally(agent, "", "")
        if isinstance(input, SavedRun):
            tally.take_up(so_far_of(input))
        try:
            async with aclosing(self._run(agent, input, history, attached)) as events:
                async for event in events:
                    tally.add(event)
                    self._note(step, visit, event)
        except asyncio.CancelledError:
            self._cut_off(visit, tally)
            raise

    def _note(self, step: Step, visit: Visit, event: Event) -> None:
        """Tell of an event of a step, and take note of how it ends. Raises what it fails with."""
        if isinstance(event, RunFailed):
            if event.error.approvals:
                self._journal.waiting[visit] = event.error
                raise StepWaits
            if event.error.result is not None:
                self._journal.cut[visit] = event.error.result
            raise event.error
        if isinstance(event, RunFinished):
            self._journal.done[visit] = event.result
            self._emit(StepFinished(str(step.name), str(step.agent), event.result.output))
        # The text of a step is not yet the answer.
        elif not isinstance(event, RunStarted | TextDelta | ReasoningDelta):
            self._emit(event)

    def _cut_off(self, visit: Visit, tally: Tally) -> None:
        """Take note of what a step came to that is broken off, since one beside it failed."""
        if self._journal.has_ended(visit):
            return
        for call_id, call in tally.open_calls():
            returned = ToolReturned(call.agent, call.name, call_id, "", CUT_OFF)
            tally.add(returned)
            self._emit(returned)
        self._journal.cut[visit] = tally.result()


async def _side_by_side(work: Sequence[Awaitable[T]]) -> list[T]:
    """Wait for all; the first that fails ends the others, one that waits leaves them to their end.

    Raises `StepWaits` if one waits.
    """
    tasks = [asyncio.ensure_future(_or_waits(one)) for one in work]
    try:
        given = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for one in given:
        if isinstance(one, StepWaits):
            raise one
    return [one for one in given if not isinstance(one, StepWaits)]


async def _or_waits(work: Awaitable[T]) -> T | StepWaits:
    try:
        return await work
    except StepWaits as waits:
        return waits
