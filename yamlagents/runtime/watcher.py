"""The SDK's hooks as events: who is at work, what it called, what it cost."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any

import agents
from agents import Agent, ModelResponse, RunContextWrapper, RunHooks, Tool
from agents import Usage as SdkUsage
from agents.run_config import ToolErrorFormatterArgs
from agents.tool import default_tool_timeout_error_message
from agents.tool_context import ToolContext

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
from yamlagents.runtime.budget import Meter
from yamlagents.runtime.failures import why
from yamlagents.sdk.models.providercalls import provider_calls
from yamlagents.sdk.models.wrapped import answered_by
from yamlagents.sdk.nested import Price, is_nested
from yamlagents.sdk.team import Team
from yamlagents.spec.records import ModelSpec

log = logging.getLogger("yamlagents.tools")
models = logging.getLogger("yamlagents.models")

# Where the code lies that stands between a run and a tool's own.
_CALLERS = (
    *(f"{os.path.dirname(str(module.__file__))}{os.sep}" for module in (agents, asyncio)),
    f"{os.path.dirname(os.path.dirname(__file__))}{os.sep}",
)


class Watcher(RunHooks[Any]):
    """Turns what the SDK tells its hooks into events, in order, for `emit`.

    `agent` is the one at work: provider errors do not say whose request failed. `replies` counts
    those of runs inside this one as well.
    """

    def __init__(
        self, team: Team, emit: Callable[[Event], None], *, streamed: bool, meter: Meter
    ) -> None:
        self.agent = team.entry
        self._meter = meter
        self._listening = asyncio.Semaphore(0) if streamed else None
        self._team = team
        self._emit = emit
        self.replies = 0
        self._errors: dict[str, str] = {}
        self._announced: Any = None

    async def tool_error(self, args: ToolErrorFormatterArgs[Any]) -> str | None:
        """Log a tool's exception with its traceback, and a call of a tool that there is not.

        The model is told what the file says, or else the SDK's safe text (None).
        """
        said = self._team.run.tool_error(args) if self._team.run.tool_error is not None else None
        told = await said if isinstance(said, Awaitable) else said
        self._note(args, told)
        return told

    def _note(self, args: ToolErrorFormatterArgs[Any], told: str | None) -> None:
        name, call_id, error = args.tool_name, args.call_id, args.error
        if args.kind == "tool_not_found":
            log.warning("the model called a tool that there is not: '%s'", name)
            # No hook tells of such a call.
            self._emit(ToolCalled(self.agent.name, name, call_id, None))
            said = args.default_message if told is None else told
            self._emit(ToolReturned(self.agent.name, name, call_id, said, "there is no such tool"))
        if error is None:
            return
        self._errors[call_id] = f"{type(error).__name__}: {_words(error)}"
        trace = (type(error), error, _own_frames(error.__traceback__))
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
        call_id = getattr(context, "tool_call_id", "")
        self._errors[call_id] = f"{type(error).__name__}: {_words(error)}"
        name = getattr(context, "tool_name", "?")
        log.error("tool '%s' raised %s", name, type(error).__name__, exc_info=error)

    def heard(self) -> None:
        """Take note that the text of one more reply has been passed on."""
        if self._listening is not None:
            self._listening.release()

    async def on_agent_start(self, context: Any, agent: Any) -> None:
        self.agent = agent
        nested = is_nested()
        # The SDK tells it once more when a run goes on after an approval.
        if nested or agent is not self._announced:
            self._announced = self._announced if nested else agent
            self._emit(AgentStarted(agent.name, self._model(agent), nested))

    async def on_llm_start(
        self, context: Any, agent: Agent[Any], system_prompt: str | None, input_items: list[Any]
    ) -> None:
        self.agent = agent
        self._meter.request()

    def another_request(self, usage: SdkUsage | None, cost: Price) -> None:
        """Count one more request for the same reply; tell of those before it if it is refused."""
        before = _usage(usage) if usage is not None else None
        try:
            self._meter.request(before, Cost(*cost))
        except RunError:
            if before is not None:
                self._replied(self.agent, before, Cost(*cost))
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
        # The hook runs ahead of whoever reads the stream; wait, so that a reply's text comes first.
        nested = is_nested()
        if self._listening is not None and not nested:
            await self._listening.acquire()
        self._replied(agent, _usage(response.usage), _cost(agent, response.usage))
        for call in provider_calls(response.output):
            # Of what the provider runs itself no hook tells.
            self._emit(ToolCalled(agent.name, call.name, call.id, call.arguments))
            self._emit(ToolReturned(agent.name, call.name, call.id, call.output, call.error))

    def _replied(self, agent: Agent[Any], usage: Usage, cost: Cost) -> None:
        self.replies += 1
        model, nested = answered_by(agent.model), is_nested()
        self._emit(ModelReplied(agent.name, model, self.replies, usage, cost, nested))

    async def on_tool_start(
        self, context: RunContextWrapper[Any], agent: Agent[Any], tool: Tool
    ) -> None:
        call_id, arguments = _call(context)
        self._meter.tool_call()
        self._emit(ToolCalled(agent.name, tool.name, call_id, arguments))

    async def on_tool_end(
        self, context: RunContextWrapper[Any], agent: Agent[Any], tool: Tool, result: object
    ) -> None:
        call_id, _ = _call(context)
        output = _told(result)
        error = self._errors.pop(call_id, None) or _timed_out(tool, output)
        self._emit(ToolReturned(agent.name, tool.name, call_id, output, error))

    async def on_handoff(self, context: Any, from_agent: Agent[Any], to_agent: Agent[Any]) -> None:
        self._emit(HandedOff(from_agent.name, to_agent.name, is_nested()))

    def _model(self, agent: Agent[Any]) -> str:
        return model_name(self._team, agent)


def _words(value: object) -> str:
    """Give `str(value)`, which is the user's own code and may fail like any other."""
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001  # the user's code
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"


def _told(result: object) -> str:
    """Give what the model is told: the text of an output that is made of texts."""
    parts: list[Any] = result if isinstance(result, list) else [result]
    if parts and all(isinstance(part, dict) and part.get("type") == "text" for part in parts):
        return "\n".join(_words(part.get("text")) for part in parts)
    return _words(result)


def _own_frames(trace: TracebackType | None) -> TracebackType | None:
    """Leave out the frames through which the SDK calls a tool; all, if there are no others."""
    own = trace
    while own is not None and own.tb_frame.f_code.co_filename.startswith(_CALLERS):
        own = own.tb_next
    return own if own is not None else trace


def model_name(team: Team, agent: Agent[Any]) -> str:
    """Give the name of the model that answers for `agent`: `offline/match` when that stands in."""
    spec = team.spec_of(agent)
    declared = spec.model.model if spec is not None else "unknown"
    return str(getattr(agent.model, "model", declared))


def _call(context: RunContextWrapper[Any]) -> tuple[str, Any]:
    if not isinstance(context, ToolContext):
        return "", None
    try:
        return context.tool_call_id, json.loads(context.tool_arguments or "{}")
    except ValueError:
        return context.tool_call_id, context.tool_arguments


def _timed_out(tool: Tool, output: str) -> str | None:
    seconds = getattr(tool, "timeout_seconds", None)
    if seconds is None:
        return None
    message = default_tool_timeout_error_message(tool_name=tool.name, timeout_seconds=seconds)
    if output != message:
        return None
    log.error("tool '%s' did not return within %g seconds", tool.name, seconds)
    return f"timed out after {seconds:g} seconds"


def _usage(usage: SdkUsage) -> Usage:
    return Usage(
        requests=usage.requests,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        total_tokens=usage.total_tokens,
        cached_input_tokens=usage.input_tokens_details.cached_tokens or 0,
        reasoning_tokens=usage.output_tokens_details.reasoning_tokens or 0,
    )


def _cost(agent: Agent[Any], usage: SdkUsage) -> Cost:
    price = getattr(agent.model, "cost", None)
    return Cost(*price(usage)) if price is not None else Cost(None, "this model has no price")
