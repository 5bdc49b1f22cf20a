"""A workflow's steps, taken one after another, side by side and in rounds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from yamlagents.events import (
    Event,
    Noticed,
    ReasoningDelta,
    RunFailed,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
)
from yamlagents.result import RunError, RunResult
from yamlagents.runtime.tally import together
from yamlagents.spec.attachments import Attachment
from yamlagents.spec.paths import Missing, follow
from yamlagents.spec.workflow.records import INPUT, Condition, Reference, Step

T = TypeVar("T")
# Runs one agent: its key, what it is told, the conversation that it goes on with, and what is
# attached to what it is told.
RunAgent = Callable[[str, str, Sequence[Any], Sequence[Attachment]], AsyncGenerator[Event, None]]
# What all steps share, and what was noticed when it was opened.
Around = AbstractAsyncContextManager[tuple[Noticed, ...]]

LIMIT = 5


@dataclass(frozen=True)
class WorkflowInput:
    """What a workflow is given: a text, and what is attached to it."""

    text: str
    attachments: Sequence[Attachment] = ()


async def taken(
    workflow: Step, input: WorkflowInput, run: RunAgent, around: Around
) -> AsyncGenerator[Event, None]:
    """Take the steps of `workflow` and give the events; the last is finished or failed.

    The result is that of the last step, with the usage, cost, turns and calls of all. `around` is
    open while they are taken.
    """
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    walk = _Walk(input, run, events.put_nowait, around)
    first = next(step.agent for step in workflow.walk() if step.agent is not None)
    yield RunStarted(first, input.text, tuple(one.name for one in input.attachments))
    task = asyncio.create_task(walk.drive(workflow))
    task.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class _Walk:
    """One way through a workflow: what its steps gave so far."""

    def __init__(
        self, input: WorkflowInput, run: RunAgent, emit: Callable[[Event], None], around: Around
    ) -> None:
        self._run = run
        self._around = around
        self._emit = emit
        self._input = input
        self._given: dict[str, Any] = {INPUT: input.text}
        self._conversations: dict[str, Sequence[Any]] = {}
        self._results: list[RunResult] = []

    async def drive(self, workflow: Step) -> None:
        """Take all steps, and emit how it ended."""
        try:
            async with self._around as noticed:
                for notice in noticed:
                    self._emit(notice)
                output = await self._take(workflow, self._given[INPUT])
        except RunError as error:
            failed = RunError(error.code, error.message, exit=error.exit, hint=error.hint)
            failed.approvals = error.approvals
            parts = [*self._results, *filter(None, (error.result,))]
            failed.result = together(parts) if parts else None
            self._emit(RunFailed(failed))
        else:
            total = together(self._results)
            self._emit(RunFinished(replace(total, final_output=output, output=output)))

    async def _take(self, step: Step, before: Any) -> Any:
        """Take a step after one that gave `before`, and give what it gives."""
        if not self._hold(step.when, before):
            return before
        if step.kind == "agent":
            given = await self._agent(step, before)
        elif step.kind == "parallel":
            chosen = [inner for inner in step.steps if self._hold(inner.when, before)]
            given = await _side_by_side([self._take(inner, before) for inner in chosen])
        elif step.kind == "loop":
            given = await self._loop(step, before)
        else:
            given = await self._sequence(step.steps, before)
        if step.output is not None:
            named = self._at(step.output)
            given = given if named is _NOTHING else named
        if step.name is not None:
            self._given[step.name] = given
        return given

    async def _sequence(self, steps: Sequence[Step], before: Any) -> Any:
        for step in steps:
            before = await self._take(step, before)
        return before

    async def _loop(self, step: Step, before: Any) -> Any:
        for _ in range(step.max_rounds):
            before = await self._sequence(step.steps, before)
            if step.until and self._hold(step.until, before):
                return before
        if not step.until:
            return before
        message = f"the loop at {step.place} did not come to its end in {step.max_rounds} rounds"
        hint = "raise its max_rounds, or look at what its steps give"
        raise RunError("loop-limit", message, exit=LIMIT, hint=hint)

    async def _agent(self, step: Step, before: Any) -> Any:
        if step.each is not None:
            items = self._at(step.each)
            if not isinstance(items, list):
                said = "nothing" if items is _NOTHING else "no list"
                message = f"'each' at {step.place} leads to {said}"
                raise RunError("workflow-input", message, exit=3)
            return await _side_by_side([self._one(step, as_text(item)) for item in items])
        history = self._conversations.get(step.conversation or "", ())
        # Whoever goes on with another's conversation finds all that was said in it.
        is_said = bool(history) and not step.told and step.conversation != step.name
        if is_said:
            return await self._one(step, "", history)
        attached = self._input.attachments if self._is_told_input(step, before) else ()
        return await self._one(step, self._told(step, before), history, attached)

    def _is_told_input(self, step: Step, before: Any) -> bool:
        if step.told:
            return any(part.reference.step == INPUT for part in step.told)
        return before is self._given[INPUT]

    async def _one(
        self,
        step: Step,
        told: str,
        history: Sequence[Any] = (),
        attached: Sequence[Attachment] = (),
    ) -> Any:
        """Run the agent of a step once."""
        name, agent = str(step.name), str(step.agent)
        self._emit(StepStarted(name, agent, told))
        async with aclosing(self._run(agent, told, history, attached)) as events:
            async for event in events:
                if isinstance(event, RunFailed):
                    raise event.error
                if isinstance(event, RunFinished):
                    self._results.append(event.result)
                    self._conversations[name] = event.result.history
                    self._emit(StepFinished(name, agent, event.result.output))
                    return event.result.output
                # The text of a step is not yet the answer.
                if not isinstance(event, RunStarted | TextDelta | ReasoningDelta | Noticed):
                    self._emit(event)
        raise AssertionError("a run ends with RunFinished or RunFailed")

    def _told(self, step: Step, before: Any) -> str:
        """Give what an agent is told: what it asks for, or what the step before gave."""
        parts: list[str] = []
        for part in step.told:
            value = self._at(part.reference)
            if value is _NOTHING:  # a step that was left out, or comes later in the first round
                continue
            text = as_text(value)
            parts.append(text if part.heading is None else f"{part.heading}:\n{text}")
        return "\n\n".join(parts) if parts else as_text(before)

    def _at(self, reference: Reference) -> Any:
        value = self._given.get(reference.step, _NOTHING)
        if value is _NOTHING or reference.path is None:
            return value
        try:
            return follow(value, reference.path)
        except Missing:
            return _NOTHING

    def _hold(self, conditions: Sequence[Condition], before: Any) -> bool:
        return all(self._holds(condition, before) for condition in conditions)

    def _holds(self, condition: Condition, before: Any) -> bool:
        value = before if condition.step is None else self._given.get(condition.step, _NOTHING)
        if condition.path is not None and value is not _NOTHING:
            try:
                value = follow(value, condition.path)
            except Missing:
                return False
        # True is 1 to Python, but not to whoever wrote the file.
        same_kind = isinstance(value, bool) == isinstance(condition.equals, bool)
        return bool(same_kind and value == condition.equals)


_NOTHING = object()


def as_text(value: Any) -> str:
    """Give what an agent is told of a value: text as it is, texts as paragraphs, data as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n\n".join(value)
    return json.dumps(value, ensure_ascii=False, indent=2)


async def _side_by_side(work: Sequence[Awaitable[T]]) -> list[T]:
    """Wait for all; the first that fails ends the others."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
