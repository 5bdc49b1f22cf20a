"""One input to one final output: a run as a stream of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from agents import Agent, RunConfig, Runner, RunResultStreaming
from agents import RunResult as SdkResult
from agents.items import ToolApprovalItem
from agents.run_state import RunState

from yamlagents.events import (
    Event,
    RunError,
    RunFailed,
    RunFinished,
    RunResult,
    RunStarted,
    TextDelta,
    ToolReturned,
)
from yamlagents.runtime.failures import EXPECTED, describe, redacted
from yamlagents.runtime.loop import in_own_loop
from yamlagents.runtime.tally import Tally
from yamlagents.runtime.watcher import Watcher, model_name
from yamlagents.sdk.nested import Surroundings, surroundings
from yamlagents.sdk.team import Team
from yamlagents.spec.digest import definition
from yamlagents.spec.records import AgentSpec

WAITING = 7

_ENDS = ("response.completed", "response.incomplete", "response.failed")


@dataclass(frozen=True)
class Approval:
    """A tool call that waits for a yes or no: its agent, tool, and arguments as JSON text."""

    agent: str
    tool: str
    arguments: str


Approve = Callable[[Approval], bool | Awaitable[bool]]


async def stream(
    team: Team,
    input: str,
    *,
    history: Sequence[Any] = (),
    agent: str | None = None,
    streamed: bool = True,
    approve: Approve | None = None,
    context: Any = None,
) -> AsyncGenerator[Event, None]:
    """Run `team` on `input` and give the events as they happen; the last is finished or failed.

    `history` is a former result's; `agent` names (by key) another starting agent than the entry.
    With `streamed` off the model is asked for whole replies, which costs less, and there are no
    text deltas. `approve` decides on tools that need approval; without it the run fails there.
    `context` is what tools see of the program around them, and the model does not.
    """
    start = team.agents[agent if agent is not None else team.spec.entry]
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    run = _Run(team, start, events.put_nowait, streamed=streamed, approve=approve, context=context)
    task = asyncio.create_task(run.drive(input, history))
    task.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def run(
    team: Team,
    input: str,
    *,
    history: Sequence[Any] = (),
    agent: str | None = None,
    streamed: bool = False,
    approve: Approve | None = None,
    context: Any = None,
) -> RunResult:
    """Run `team` on `input` to its end. Options as in `stream`. Raises `RunError` if it fails."""
    events = stream(
        team,
        input,
        history=history,
        agent=agent,
        streamed=streamed,
        approve=approve,
        context=context,
    )
    async with aclosing(events):
        async for event in events:
            if isinstance(event, RunFinished):
                return event.result
            if isinstance(event, RunFailed):
                raise event.error
    raise AssertionError("a stream ends with RunFinished or RunFailed")


def run_sync(
    team: Team,
    input: str,
    *,
    history: Sequence[Any] = (),
    agent: str | None = None,
    streamed: bool = False,
    approve: Approve | None = None,
    context: Any = None,
) -> RunResult:
    """Do as `run`, from code that is not async."""
    return in_own_loop(
        run(
            team,
            input,
            history=history,
            agent=agent,
            streamed=streamed,
            approve=approve,
            context=context,
        )
    )


class _Run:
    """One run in progress: drives the SDK's runner and tells what happens to `emit`."""

    def __init__(
        self,
        team: Team,
        start: Agent[Any],
        emit: Callable[[Event], None],
        *,
        streamed: bool,
        approve: Approve | None,
        context: Any,
    ) -> None:
        self._team = team
        self._start = start
        self._streamed = streamed
        self._approve = approve
        self._context = context
        self._listener = emit
        self._tally = Tally(start.name, model_name(team, start), definition(team.spec))
        self._watcher = Watcher(team, self._emit, streamed=streamed)
        self._watcher.agent = start

    async def drive(self, input: str, history: Sequence[Any]) -> None:
        """Run to the end, and emit how it ended."""
        self._emit(RunStarted(self._start.name, input))
        message = {"role": "user", "content": input}
        surroundings.set(Surroundings(self._watcher, self._config()))
        try:
            result = await self._until_done([*history, message] if history else input)
        except RunError as error:
            self._fail(error)
        except EXPECTED as error:
            self._fail(describe(error, self._team.spec, self._at_work()))
        else:
            history = tuple(result.to_input_list())
            self._emit(RunFinished(self._tally.result(result.final_output, history)))

    def _emit(self, event: Event) -> None:
        self._tally.add(event)
        self._listener(event)

    def _fail(self, error: RunError) -> None:
        said = redacted(error.message, self._team.spec)
        hint = redacted(error.hint, self._team.spec) if error.hint is not None else None
        for call_id, call in self._tally.open_calls():
            reason = said if error.code == "tool-failed" else "the run ended before it returned"
            self._emit(ToolReturned(call.agent, call.name, call_id, "", reason))
        failure = RunError(error.code, said, exit=error.exit, hint=hint)
        failure.result = self._tally.result()
        self._emit(RunFailed(failure))

    def _at_work(self) -> AgentSpec:
        spec = self._team.spec_of(self._watcher.agent)
        return spec if spec is not None else self._team.spec.agents[self._team.spec.entry]

    async def _until_done(self, input: Any) -> SdkResult | RunResultStreaming:
        """Run, and run on for as long as approvals are asked for and given."""
        result = await self._once(self._start, input)
        while result.interruptions:
            state = result.to_state()
            for item in result.interruptions:
                await self._decide(state, item)
            result = await self._once(self._start, state)
        return result

    async def _once(self, agent: Agent[Any], input: Any) -> SdkResult | RunResultStreaming:
        options: dict[str, Any] = {
            "context": self._context,
            "max_turns": self._team.spec.run.max_turns,
            "hooks": self._watcher,
            "run_config": self._config(),
        }
        if not self._streamed:
            return await Runner.run(agent, input, **options)
        result = Runner.run_streamed(agent, input, **options)
        async for event in result.stream_events():
            if event.type == "raw_response_event":
                if event.data.type == "response.output_text.delta":
                    self._emit(TextDelta(self._watcher.agent.name, event.data.delta))
                elif event.data.type in _ENDS:
                    self._watcher.heard()
        return result

    def _config(self) -> RunConfig:
        # Each of these differs from the SDK's default; docs/running.md says why.
        return RunConfig(
            tracing_disabled=True,
            tool_error_formatter=self._watcher.tool_error,
            tool_not_found_behavior="return_error_to_model",
            tool_name_collision_policy="error",
        )

    async def _decide(self, state: RunState[Any, Any], item: ToolApprovalItem) -> None:
        asked = Approval(item.agent.name, item.name or "?", str(item.arguments or "{}"))
        if self._approve is None:
            message = f"the tool '{asked.tool}' waits for approval of {asked.arguments}"
            hint = "run it on a terminal to be asked, or give `approve` in Python"
            raise RunError("needs-approval", message, exit=WAITING, hint=hint)
        answer = self._approve(asked)
        # Anything but a plain yes is a no: a coroutine that nobody awaits would be true.
        if (await answer if isinstance(answer, Awaitable) else answer) is True:
            state.approve(item)
        else:
            state.reject(item)
