"""The SDK's hooks as events: who is at work, what it called, what it cost."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from agents import (
    Agent,
    ModelResponse,
    RunContextWrapper,
    RunHooks,
    Tool,
    ToolInputGuardrailData,
    ToolOutputGuardrailData,
)
from agents import Usage as SdkUsage
from agents.run_config import ToolErrorFormatterArgs
from openai.types.responses import ResponseFunctionToolCall

from yamlagents.events import (
    AgentStarted,
    Event,
    FellBack,
    HandedOff,
    ModelReplied,
    ToolCalled,
    ToolReturned,
)
from yamlagents.result import Cost, RunError, Usage
from yamlagents.runtime.failures import why
from yamlagents.runtime.reading import Reader
from yamlagents.runtime.shared import Shared
from yamlagents.runtime.toolcalls import call_of, own_frames, parsed, timed_out, told_of, words
from yamlagents.sdk.models.named import model_name
from yamlagents.sdk.models.prices import price_of
from yamlagents.sdk.models.providercalls import provider_calls
from yamlagents.sdk.models.wrapped import answered_by
from yamlagents.sdk.nested import Unheard, frames
from yamlagents.sdk.team import Team
from yamlagents.spec.records import ModelSpec

log = logging.getLogger("yamlagents.tools")
models = logging.getLogger("yamlagents.models")


class Watcher(RunHooks[Any]):
    """Turns what the SDK tells its hooks into events, in order, for `emit`.

    `replies` counts those of runs inside this one as well. Which run something is told of, and who
    is at work there, its frame says.
    """

    def __init__(self, team: Team, emit: Callable[[Event], None], *, shared: Shared) -> None:
        self._meter = shared.meter
        self._told = shared.told_calls
        self.reader = Reader()
        self._team = team
        self._emit = emit
        self.replies = 0

    async def tool_error(self, args: ToolErrorFormatterArgs[Any]) -> str | None:
        """Log a tool's exception with its traceback, and a call of a tool that there is not.

        The model is told what the file says, or else the SDK's safe text (None).
        """
        given = self._team.run.tool_error(args) if self._team.run.tool_error is not None else None
        said = await given if isinstance(given, Awaitable) else given
        self._note(args, said)
        return said

    def _note(self, args: ToolErrorFormatterArgs[Any], said: str | None) -> None:
        name, call_id, error = args.tool_name, args.call_id, args.error
        if args.kind == "tool_not_found":
            log.warning("the model called a tool that there is not: '%s'", name)
            # No hook tells of such a call.
            frame = frames.get()
            sent = frame.sent.get(call_id)
            arguments = parsed(sent) if sent is not None else None
            self._emit(ToolCalled(frame.agent.name, name, call_id, arguments))
            message = args.default_message if said is None else said
            missing = "there is no such tool"
            self._emit(ToolReturned(frame.agent.name, name, call_id, message, missing))
        if error is None:
            return
        frames.get().errors[call_id] = f"{type(error).__name__}: {words(error)}"
        trace = (type(error), error, own_frames(error.__traceback__))
        log.error("tool '%s' raised %s", name, type(error).__name__, exc_info=trace)

    @property
    def hooks(self) -> Watcher:
        """What runs inside this one tell their hooks."""
        return self

    def tool_failed(self, context: Any, error: Exception) -> None:
        """Take note of an agent as a tool that failed; a limit of the whole run goes on upwards."""
        if self._meter.stopped is not None:  # the SDK wraps what stops a tool
            raise self._meter.stopped
        if isinstance(error, RunError):
            raise error
        # It is told from inside, and the call is one of the run around.
        frame = frames.get().around or frames.get()
        call_id = getattr(context, "tool_call_id", "")
        frame.errors[call_id] = f"{type(error).__name__}: {words(error)}"
        name = getattr(context, "tool_name", "?")
        log.error("tool '%s' raised %s", name, type(error).__name__, exc_info=error)

    def call_rejected(self, data: ToolInputGuardrailData, told: str, error: str) -> None:
        """Tell of a call that a guardrail kept from its tool; the model is told `told`."""
        self.call_kept(data.agent.name, data.context.tool_name, call_of(data.context), told, error)

    def call_kept(
        self, agent: str, tool: str, call: tuple[str, Any], told: str, error: str
    ) -> None:
        """Tell of a call, its id and its arguments, that does not come to its tool."""
        self._meter.tool_call()
        told_id = self._told_called(agent, tool, *call)
        self._emit(ToolReturned(agent, tool, told_id, told, error))

    def output_rejected(self, data: ToolOutputGuardrailData, error: str) -> None:
        """Take note that the model is not given what a tool returned."""
        errors, call_id = frames.get().errors, data.context.tool_call_id
        before = errors.get(call_id)
        errors[call_id] = error if before is None else f"{before} ({error})"

    def output_stopped(self, data: ToolOutputGuardrailData, error: str) -> None:
        """Tell of a call whose output ended the run."""
        self.output_rejected(data, error)
        said = frames.get().errors.pop(data.context.tool_call_id)
        self._closed(data.agent.name, data.context.tool_name, data.context, "", said)

    async def on_agent_start(self, context: Any, agent: Any) -> None:
        frame = frames.get()
        frame.agent = agent
        # The SDK tells it once more when a run goes on after an approval.
        if agent is not frame.announced:
            frame.announced = agent
            self._emit(AgentStarted(agent.name, self._model(agent), frame.around is not None))

    async def on_llm_start(
        self, context: Any, agent: Agent[Any], system_prompt: str | None, input_items: list[Any]
    ) -> None:
        frames.get().agent = agent
        self._meter.request()

    def another_request(self, before: Unheard | None) -> None:
        """Count one more request for the same reply; tell of the one before it if it is refused."""
        if before is None:
            self._meter.request()
            return
        usage, cost = _usage(before.usage), Cost(*before.cost)
        try:
            self._meter.request(usage, cost)
        except RunError:
            self._replied(before.agent, before.model, usage, cost)
            raise

    def fell_back(self, agent: str, model: ModelSpec, to: ModelSpec, error: Exception) -> None:
        """Tell that another model is asked, because the one before it failed."""
        told = why(error, self._team.spec, agent, model)
        self.fell_back_before(agent, model.model, to.model, told)

    def fell_back_before(self, agent: str, model: str, to: str, why: tuple[str, str]) -> None:
        """Tell the same of what was recorded: `why` is the code, and the reason in words."""
        self._emit(FellBack(agent, model, to, *why))
        models.warning("%s failed (%s); asking %s", model, why[1], to)

    async def on_llm_end(
        self, context: RunContextWrapper[Any], agent: Agent[Any], response: ModelResponse
    ) -> None:
        if not _is_nested():
            await self.reader.caught_up()
        usage, cost = _usage(response.usage), Cost(*price_of(agent.model, response.usage))
        self._replied(agent.name, answered_by(agent.model), usage, cost)
        for item in response.output:
            if isinstance(item, ResponseFunctionToolCall):
                frames.get().sent[item.call_id] = item.arguments
        for call in provider_calls(response.output):
            # Of what the provider runs itself no hook tells.
            self._emit(ToolCalled(agent.name, call.name, call.id, call.arguments))
            self._emit(ToolReturned(agent.name, call.name, call.id, call.output, call.error))

    def _replied(self, agent: str, model: str, usage: Usage, cost: Cost) -> None:
        self.replies += 1
        self._emit(ModelReplied(agent, model, self.replies, usage, cost, _is_nested()))

    async def on_tool_start(
        self, context: RunContextWrapper[Any], agent: Agent[Any], tool: Tool
    ) -> None:
        self._meter.tool_call()
        self._opened(agent.name, tool.name, context)

    def _opened(self, agent: str, tool: str, context: RunContextWrapper[Any]) -> None:
        call_id, arguments = call_of(context)
        frames.get().told_ids[call_id] = self._told_called(agent, tool, call_id, arguments)

    def _told_called(self, agent: str, tool: str, call_id: str, arguments: Any) -> str:
        """Tell of a call, by an id of its own: runs inside this one may use the same again."""
        told_id, number = call_id, 1
        while call_id and (agent, tool, told_id) in self._told:
            number += 1
            told_id = f"{call_id}#{number}"
        self._told.add((agent, tool, told_id))
        self._emit(ToolCalled(agent, tool, told_id, arguments))
        return told_id

    def _closed(
        self,
        agent: str,
        tool: str,
        context: RunContextWrapper[Any],
        output: str,
        error: str | None,
    ) -> None:
        call_id, _ = call_of(context)
        told_id = frames.get().told_ids.pop(call_id, call_id)
        self._emit(ToolReturned(agent, tool, told_id, output, error))

    async def on_tool_end(
        self, context: RunContextWrapper[Any], agent: Agent[Any], tool: Tool, result: object
    ) -> None:
        call_id, _ = call_of(context)
        output = told_of(result)
        frames.get().inner.pop(call_id, None)
        error = frames.get().errors.pop(call_id, None) or timed_out(tool, output)
        self._closed(agent.name, tool.name, context, output, error)

    async def on_handoff(self, context: Any, from_agent: Agent[Any], to_agent: Agent[Any]) -> None:
        self._emit(HandedOff(from_agent.name, to_agent.name, _is_nested()))

    def _model(self, agent: Agent[Any]) -> str:
        return model_name(self._team, agent)


def _is_nested() -> bool:
    return frames.get().around is not None


def _usage(usage: SdkUsage) -> Usage:
    return Usage(
        requests=usage.requests,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        total_tokens=usage.total_tokens,
        cached_input_tokens=usage.input_tokens_details.cached_tokens or 0,
        reasoning_tokens=usage.output_tokens_details.reasoning_tokens or 0,
    )
