"""Runs inside a run, of agents as tools and of guardrails: who watches them, and how they go."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Protocol

from agents import Agent, RunConfig, RunHooks, Runner, RunResult, Usage
from agents.tool import default_tool_error_function

from yamlagents.result import RunError
from yamlagents.spec.records import ModelSpec

log = logging.getLogger("yamlagents.models")

# What requests cost: USD, or None with the reason.
Price = tuple[float | None, str | None]


class Watching(Protocol):
    """What the run around wants to be told of the runs inside it, besides the SDK's hooks."""

    @property
    def hooks(self) -> RunHooks[Any]: ...
    def tool_failed(self, context: Any, error: Exception) -> None: ...
    def another_request(self, usage: Usage | None, cost: Price) -> None: ...
    def fell_back(self, agent: str, model: ModelSpec, to: ModelSpec, error: Exception) -> None: ...
    def fell_back_before(self, agent: str, model: str, to: str, why: tuple[str, str]) -> None: ...


@dataclass(frozen=True)
class Surroundings:
    """The run around: who watches it, and how it goes."""

    watching: Watching
    config: RunConfig


surroundings: ContextVar[Surroundings | None] = ContextVar("surroundings", default=None)
_inside: ContextVar[bool] = ContextVar("inside", default=False)


def is_nested() -> bool:
    """Tell whether what hooks are told just now is of a run inside another."""
    return _inside.get()


class NestedHooks(RunHooks[Any]):
    """Tells whoever watches the run around, and then the file's own hooks, if it has any."""

    def __init__(self, own: RunHooks[Any] | None = None) -> None:
        self._own = own

    async def _tell(self, hook: str, *args: Any) -> None:
        around = surroundings.get()
        if around is not None:
            token = _inside.set(True)
            try:
                await getattr(around.watching.hooks, hook)(*args)
            finally:
                _inside.reset(token)
        if self._own is not None:
            await getattr(self._own, hook)(*args)

    async def on_agent_start(self, *args: Any) -> None:
        await self._tell("on_agent_start", *args)

    async def on_agent_end(self, *args: Any) -> None:
        await self._tell("on_agent_end", *args)

    async def on_llm_start(self, *args: Any) -> None:
        await self._tell("on_llm_start", *args)

    async def on_llm_end(self, *args: Any) -> None:
        await self._tell("on_llm_end", *args)

    async def on_tool_start(self, *args: Any) -> None:
        await self._tell("on_tool_start", *args)

    async def on_tool_end(self, *args: Any) -> None:
        await self._tell("on_tool_end", *args)

    async def on_handoff(self, *args: Any, **named: Any) -> None:
        await self._tell("on_handoff", *args, *named.values())


async def run_nested(agent: Agent[Any], input: Any, context: Any) -> RunResult:
    """Run `agent` on `input` inside the run around, in the same way and watched like it.

    Raises `RunError` (exit 7) if a tool of it needs approval, for there is no way back to it.
    """
    around = surroundings.get()
    config = around.config if around is not None else RunConfig(tracing_disabled=True)
    # The checks of a run are not checked by themselves.
    config = replace(config, input_guardrails=None, output_guardrails=None)
    hooks = NestedHooks()
    result = await Runner.run(agent, input, context=context, run_config=config, hooks=hooks)
    for item in result.interruptions:
        message = f"the tool '{item.name}' of '{item.agent.name}' needs approval inside a guardrail"
        hint = "nobody is asked there: give the guardrail's agent other tools"
        raise RunError("needs-approval", message, exit=7, hint=hint)
    return result


def another_request(usage: Usage | None = None, cost: Price = (None, None)) -> None:
    """Tell whoever watches of one more request for the same reply; raises `RunError` to refuse it.

    `usage` is that of requests before it which nobody has been told of, `cost` their price.
    """
    around = surroundings.get()
    if around is not None:
        around.watching.another_request(usage, cost)


def fell_back(agent: str, model: ModelSpec, to: ModelSpec, error: Exception) -> None:
    """Tell whoever watches, or else the log, that `to` is asked because `model` failed."""
    around = surroundings.get()
    if around is not None:
        around.watching.fell_back(agent, model, to, error)
    else:
        log.warning("%s failed (%s); asking %s", model.model, type(error).__name__, to.model)


def fell_back_before(agent: str, model: str, to: str, why: tuple[str, str]) -> None:
    """Tell the same of what was recorded: `why` is the code, and the reason in words."""
    around = surroundings.get()
    if around is not None:
        around.watching.fell_back_before(agent, model, to, why)
    else:
        log.warning("%s failed (%s); asking %s", model, why[1], to)


def tell_failure(context: Any, error: Exception) -> str:
    """Tell whoever watches that an agent as a tool failed, and the model what the SDK would."""
    around = surroundings.get()
    if around is not None:
        around.watching.tool_failed(context, error)
    return default_tool_error_function(context, error)
