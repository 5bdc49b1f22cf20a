"""One run in progress: it drives the SDK's runner and tells what happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agents import Agent, RunConfig, RunHooks, Runner, RunResultStreaming, Session
from agents import RunResult as SdkResult
from agents.items import ToolApprovalItem
from agents.run_state import RunState

from yamlagents.events import (
    Event,
    Noticed,
    RunError,
    RunFailed,
    RunFinished,
    RunStarted,
    TextDelta,
    ToolReturned,
)
from yamlagents.runtime.attachments import user_message
from yamlagents.runtime.hooks import Joined
from yamlagents.runtime.owncode import failure
from yamlagents.runtime.redaction import redacted
from yamlagents.runtime.shared import Shared
from yamlagents.runtime.tally import Tally
from yamlagents.runtime.traces import is_traced
from yamlagents.runtime.watcher import Watcher, model_name
from yamlagents.sdk.mcp import connected
from yamlagents.sdk.nested import Surroundings, surroundings
from yamlagents.sdk.sessionopening import Opened
from yamlagents.sdk.sessions import settled
from yamlagents.sdk.team import Team
from yamlagents.spec.attachments import Attachment
from yamlagents.spec.digest import definition
from yamlagents.spec.providers import stands_in
from yamlagents.spec.records import AgentSpec

WAITING = 7

# What is told of tools that were at work when something else ended the run.
CUT_OFF = "the run ended before it returned"

_ENDS = ("response.completed", "response.incomplete", "response.failed")


@dataclass(frozen=True)
class Approval:
    """A tool call that waits for a yes or no: its agent, tool, and arguments as JSON text."""

    agent: str
    tool: str
    arguments: str


Approve = Callable[[Approval], bool | Awaitable[bool]]


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
    ) -> None:
        self._team = team
        self._start = start
        self._streamed = streamed
        self._approve = approve
        self._shared = shared
        self._context: Any = None
        self._session: Session | None = None
        self._listener = emit
        self._tally = Tally(start.name, model_name(team, start), definition(team.spec))
        self._watcher = Watcher(team, self._emit, streamed=streamed, meter=shared.meter)
        self._watcher.agent = start
        self._config = self._made_config()

    async def drive(
        self,
        input: str,
        history: Sequence[Any],
        kept: Opened,
        attached: Sequence[Attachment] = (),
    ) -> None:
        """Run to the end, in the session that is `kept`, and emit how it ended."""
        names = tuple(attachment.name for attachment in attached)
        self._emit(RunStarted(self._start.name, input, names))
        # With nothing to add, the agent goes on with the conversation as it is.
        added = [user_message(input, attached)] if input or attached else []
        surroundings.set(Surroundings(self._watcher, self._config))
        # What OpenAI keeps is not sent to it once more.
        is_sent = "conversation_id" not in self._conversation()
        final_output = None
        try:
            self._context = await self._shared.context()
            async with connected(self._team, self._key) as noticed, kept as self._session:
                self._tell(noticed)
                before = history if is_sent else ()
                items = [*before, *added] if before or attached else input
                result = await self._until_done(items)
                final_output = result.final_output
                await settled(self._session, result)
            self._shared.meter.end()
        except Exception as error:  # noqa: BLE001  # the user's code may raise whatever it likes
            stopped = self._shared.meter.stopped
            told = stopped or failure(error, self._team.spec, self._at_work())
            self._fail(told, final_output)
        else:
            history = tuple(result.to_input_list())
            self._emit(RunFinished(self._tally.result(result.final_output, history)))

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
        for call_id, call in self._tally.open_calls():
            reason = said if error.code == "tool-failed" else CUT_OFF
            self._emit(ToolReturned(call.agent, call.name, call_id, "", reason))
        failed = RunError(error.code, said, exit=error.exit, hint=hint)
        failed.result = self._tally.result(final_output)
        self._emit(RunFailed(failed))

    def _at_work(self) -> AgentSpec:
        spec = self._team.spec_of(self._watcher.agent)
        return spec if spec is not None else self._team.spec.agents[self._team.spec.entry]

    async def _until_done(self, input: Any) -> SdkResult | RunResultStreaming:
        """Run, and run on for as long as approvals are asked for and given."""
        meter = self._shared.meter
        result = await meter.timed(self._once(self._start, input, **self._conversation()))
        while result.interruptions:
            state = result.to_state()
            with meter.paused():
                for item in result.interruptions:
                    await self._decide(state, item)
            result = await meter.timed(self._once(self._start, state))
        return result

    async def _once(
        self, agent: Agent[Any], input: Any, **conversation: Any
    ) -> SdkResult | RunResultStreaming:
        options: dict[str, Any] = {
            "context": self._context,
            "max_turns": self._team.spec.run.max_turns,
            "hooks": self._hooks(),
            "run_config": self._config,
            "error_handlers": self._team.run.handlers or None,
            "session": self._session,
            **conversation,
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

    def _conversation(self) -> Mapping[str, Any]:
        # What answers in place of a model has nothing but what it is sent.
        stand_in = stands_in(model_name(self._team, self._start))
        return {} if stand_in else self._team.spec.run.conversation

    def _hooks(self) -> RunHooks[Any]:
        own = self._team.run.hooks
        return self._watcher if own is None else Joined(self._watcher, own)

    def _made_config(self) -> RunConfig:
        return replace(
            self._team.run.config,
            tracing_disabled=not is_traced(self._team),
            tool_error_formatter=self._watcher.tool_error,
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
