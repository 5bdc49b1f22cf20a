"""One run in progress: it drives the SDK's runner and tells what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from agents import Agent, Runner, RunResultStreaming, Session
from agents import RunResult as SdkResult
from agents.items import ToolApprovalItem
from agents.run_state import RunState

from yamlagents.events import Event, Noticed, RunFailed, RunFinished, RunStarted, ToolReturned
from yamlagents.result import RunError
from yamlagents.runtime.approvals.deciding import asked_of, doubts_of, undecided, waits
from yamlagents.runtime.approvals.known import check_running
from yamlagents.runtime.approvals.rules import Approve
from yamlagents.runtime.approvals.saved import Unsavable, binding, going_on, saving, so_far_of
from yamlagents.runtime.attachments import user_message
from yamlagents.runtime.exits import is_outlived
from yamlagents.runtime.hooks import Joined
from yamlagents.runtime.owncode import failure
from yamlagents.runtime.redaction import redacted
from yamlagents.runtime.shared import Shared
from yamlagents.runtime.tally import Tally
from yamlagents.runtime.traces import is_traced, tell
from yamlagents.runtime.watcher import Watcher
from yamlagents.sdk.cancelling import is_asked_for
from yamlagents.sdk.mcp.servers import connected
from yamlagents.sdk.models.named import model_name
from yamlagents.sdk.nested import Frame, Surroundings, frames, surroundings
from yamlagents.sdk.sandbox.client import boxed
from yamlagents.sdk.sessions.opening import Opened
from yamlagents.sdk.sessions.session import settled
from yamlagents.sdk.team import Team
from yamlagents.spec.attachments import Attachment
from yamlagents.spec.digest import definition
from yamlagents.spec.models.providers import stands_in
from yamlagents.spec.records import AgentSpec
from yamlagents.waiting import Approval, SavedRun

# What is told of tools that were at work when something else ended the run.
CUT_OFF = "the run ended before it returned"


class Drive:
    """One run of an agent: drives the SDK's runner and tells what happens to `emit`."""

    def __init__(
        self,
        team: Team,
        start: Agent[Any],
        emit: Callable[[Event], None],
        *,
        streamed: bool,
        approve: Approve | None,
        shared: Shared,
        is_step: bool = False,
    ) -> None:
        self._team = team
        self._start = start
        self._streamed = streamed
        self._approve = approve
        self._shared = shared
        self._is_step = is_step
        self._input = ""
        self._is_held = False
        self._context: Any = None
        self._session: Session | None = None
        self._listener = emit
        self._tally = Tally(start.name, model_name(team, start), definition(team.spec))
        self._watcher = Watcher(team, self._emit, shared=shared)
        self._frame = Frame(start)
        self._config = replace(
            team.run.config,
            tracing_disabled=not is_traced(team),
            tool_error_formatter=self._watcher.tool_error,
        )

    async def drive(
        self,
        input: str | SavedRun,
        history: Sequence[Any],
        kept: Opened,
        attached: Sequence[Attachment] = (),
    ) -> None:
        """Run to the end, in the session that is `kept`, and emit how it ended."""
        self._input = input if isinstance(input, str) else input.input
        self._emit(RunStarted(self._start.name, self._input, tuple(one.name for one in attached)))
        surroundings.set(Surroundings(self._watcher, self._config))
        frames.set(self._frame)
        tell(self._team.run.processors)
        final_output = None
        try:
            if isinstance(input, SavedRun):
                self._take_up(input)
            self._context = await self._shared.context.get()
            boxes = boxed(self._config)
            async with connected(self._team, self._key) as noticed, boxes, kept as self._session:
                self._tell(noticed)
                if isinstance(input, SavedRun):
                    given: Any = await self._taken_up(input)
                else:
                    await check_running(self._approve, self._team, self._context)
                    given = self._items(input, history, attached)
                result = await self._until_done(given)
                final_output = result.final_output
                await settled(self._session, result)
            self._shared.meter.end()
        # The user's code may raise whatever it likes.
        except (Exception, asyncio.CancelledError, SystemExit) as error:
            if is_asked_for(error) or (isinstance(error, SystemExit) and not is_outlived()):
                raise
            stopped, cause = self._shared.meter.stopped, self._frame.raised or error
            told = stopped or failure(cause, self._team.spec, self._at_work(cause))
            self._fail(told, final_output)
        else:
            said = tuple(result.to_input_list())
            self._emit(RunFinished(self._tally.result(result.final_output, said)))

    def _items(self, input: str, history: Sequence[Any], attached: Sequence[Attachment]) -> Any:
        # What OpenAI keeps is not sent to it once more.
        before = () if "conversation_id" in self._conversation() else history
        if not before and not attached:
            return input
        # With nothing to add, the agent goes on with the conversation as it is.
        added = [user_message(input, attached)] if input or attached else []
        return [*before, *added]

    def _take_up(self, saved: SavedRun) -> None:
        """Add to what a saved run had come to; its calls wait on, until it goes on itself."""
        so_far = so_far_of(saved)
        self._is_held = True
        self._tally.take_up(so_far)
        self._watcher.replies += so_far.replies
        if not self._is_step:
            self._shared.take_up(saved)

    async def _taken_up(self, saved: SavedRun) -> RunState[Any, Any]:
        state, noticed = await going_on(self._team, saved, self._context)
        self._is_held = False
        self._tell(noticed)
        return state

    @property
    def _key(self) -> str | None:
        spec = self._team.spec_of(self._start)
        return spec.key if spec is not None else None

    def _tell(self, noticed: Iterable[Noticed]) -> None:
        for notice in noticed:
            self._emit(replace(notice, message=redacted(notice.message, self._team.spec)))

    def _emit(self, event: Event) -> None:
        self._tally.add(event)
        self._shared.meter.add(event)
        self._listener(event)

    def _fail(self, error: RunError, final_output: Any = None) -> None:
        said = redacted(error.message, self._team.spec)
        hint = redacted(error.hint, self._team.spec) if error.hint is not None else None
        # What waits will still return.
        for call_id, call in () if error.approvals or self._is_held else self._tally.open_calls():
            reason = said if error.code == "tool-failed" else CUT_OFF
            self._emit(ToolReturned(call.agent, call.name, call_id, "", reason))
        failed = RunError(error.code, said, exit=error.exit, hint=hint)
        failed.approvals, failed.state, failed.doubts = error.approvals, error.state, error.doubts
        failed.result = self._tally.result(final_output)
        self._emit(RunFailed(failed))

    def _at_work(self, error: BaseException) -> AgentSpec:
        spec = self._team.spec_of(self._frame.blamed(error))
        return spec if spec is not None else self._team.spec.agents[self._team.spec.entry]

    async def _until_done(self, input: Any) -> SdkResult | RunResultStreaming:
        """Run, and run on for as long as approvals are asked for and given.

        `input` may be the state of a run that waits. Raises `RunError` if a run has to wait.
        """
        meter = self._shared.meter
        state = input if isinstance(input, RunState) else None
        asked = state.get_interruptions() if state is not None else []
        while True:
            if state is None:
                result = await meter.timed(self._once(self._start, input, **self._conversation()))
            else:
                with meter.paused():
                    waiting = await undecided(state, asked, self._approve, self._context)
                # What is decided goes on; the rest is asked about again.
                if waiting and len(waiting) == len(asked):
                    raise await self._waits(state, waiting)
                result = await meter.timed(self._once(self._start, state))
            if not result.interruptions:
                return result
            state, asked = result.to_state(), result.interruptions

    async def _once(
        self, agent: Agent[Any], input: Any, **conversation: Any
    ) -> SdkResult | RunResultStreaming:
        own = self._team.run.hooks
        options: dict[str, Any] = {
            "context": self._context,
            "max_turns": self._team.spec.run.max_turns,
            "hooks": self._watcher if own is None else Joined(self._watcher, own),
            "run_config": self._config,
            "error_handlers": self._team.run.handlers or None,
            "session": self._session,
            **conversation,
        }
        if not self._streamed:
            return await Runner.run(agent, input, **options)
        result = Runner.run_streamed(agent, input, **options)
        await self._watcher.reader.read(result, self._frame, self._emit)
        return result

    def _conversation(self) -> Mapping[str, Any]:
        # What answers in place of a model has nothing but what it is sent.
        stand_in = stands_in(model_name(self._team, self._start))
        return {} if stand_in else self._team.spec.run.conversation

    async def _waits(
        self, state: RunState[Any, Any], items: Sequence[ToolApprovalItem]
    ) -> RunError:
        """Give the failure of a run that has to wait, and with it the run."""
        error = waits(tuple(map(asked_of, items)))
        error.doubts = await doubts_of(items, self._approve, self._context)
        try:
            error.state = await self._saved(state, error.approvals)
        except Unsavable as reason:
            error.hint = f"it cannot be kept to go on later: {reason}; {error.hint}"
        return error

    async def _saved(self, state: RunState[Any, Any], waiting: tuple[Approval, ...]) -> SavedRun:
        key = self._key
        if key is None:
            raise Unsavable("its agent is none of the file's")
        so_far = self._tally.so_far(self._watcher.replies, self._shared.meter.spent())
        saved = saving(key, state, input=self._input, waiting=waiting, so_far=so_far)
        # A workflow is bound as a whole.
        if self._is_step:
            return saved
        context = None if self._shared.context.is_given else self._context
        reached = self._team.spec.with_entry(key).reachable
        return await binding(self._team, saved, reached, context)
