"""Runs inside a run, of agents as tools and of guardrails: who watches them, and how they go."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Protocol

from agents import (
    Agent,
    RunConfig,
    RunHooks,
    Runner,
    RunResult,
    ToolInputGuardrailData,
    ToolOutputGuardrailData,
    Usage,
)
from agents.tool import default_tool_error_function

from yamlagents.result import RunError
from yamlagents.spec.records import ModelSpec

log = logging.getLogger("yamlagents.models")

# What requests cost: USD, or None with the reason.
Price = tuple[float | None, str | None]


@dataclass(frozen=True)
class Unheard:
    """A reply that was paid for and is not the one that counts: a second one is asked for."""

    agent: str
    model: str
    usage: Usage
    cost: Price


class Watching(Protocol):
    """What the run around wants to be told of the runs inside it, besides the SDK's hooks."""

    @property
    def hooks(self) -> RunHooks[Any]: ...
    def tool_failed(self, context: Any, error: Exception) -> None: ...
    def call_rejected(self, data: ToolInputGuardrailData, told: str, error: str) -> None: ...
    def call_kept(
        self, agent: str, tool: str, call: tuple[str, Any], told: str, error: str
    ) -> None: ...
    def output_rejected(self, data: ToolOutputGuardrailData, error: str) -> None: ...
    def output_stopped(self, data: ToolOutputGuardrailData, error: str) -> None: ...
    def another_request(self, before: Unheard | None) -> None: ...
    def fell_back(self, agent: str, model: ModelSpec, to: ModelSpec, error: Exception) -> None: ...
    def fell_back_before(self, agent: str, model: str, to: str, why: tuple[str, str]) -> None: ...


@dataclass(frozen=True)
class Surroundings:
    """The run around: who watches it, and how it goes."""

    watching: Watching
    config: RunConfig


class Frame:
    """A run as it goes: the agent at work in it, and what goes on with its calls.

    `around` is the run that this one is inside of. Runs go on side by side, and hooks are told in
    tasks of their own: these see the frame of their run, but could not set another.
    """

    def __init__(self, agent: Agent[Any], around: Frame | None = None) -> None:
        self.agent = agent
        self.around = around
        # The agent that was told of last, and the runs inside this one, by the call they are.
        self.announced: Agent[Any] | None = None
        self.inner: dict[str, Frame] = {}
        # By the ids of calls, which are unique in one run only: what went wrong, what is told.
        self.errors: dict[str, str] = {}
        self.told_ids: dict[str, str] = {}
        # And the arguments that were sent, for tools that may not be there.
        self.sent: dict[str, str] = {}
        # What a handler of errors raised, which the SDK may hide.
        self.raised: Exception | None = None
        # Of the outermost run: what agents as tools remember for as long as it lasts, by name.
        self.memories: dict[str, list[Any]] = {}
        self._failures: list[tuple[BaseException, Agent[Any]]] = []

    @property
    def outermost(self) -> Frame:
        """The run around all others."""
        return self.around.outermost if self.around is not None else self

    def blamed(self, error: BaseException) -> Agent[Any]:
        """Give the agent that was at work when `error` came up: that of a run inside, perhaps."""
        cause: BaseException | None = error
        while cause is not None:
            for failure, agent in self._failures:
                if failure is cause:
                    return agent
            cause = cause.__cause__
        return self.agent

    def blame(self, error: BaseException, agent: Agent[Any]) -> None:
        """Take note that `error` came up where `agent` was at work, in a run inside."""
        self._failures.append((error, agent))


surroundings: ContextVar[Surroundings | None] = ContextVar("surroundings", default=None)
frames: ContextVar[Frame] = ContextVar("frames")


@contextmanager
def inside(agent: Agent[Any], call_id: str = "") -> Iterator[None]:
    """Let what runs here be a run of its own, inside the one around, that begins with `agent`.

    A call of `call_id` that has not returned, since it waited for an approval, goes on as it was.
    """
    around = frames.get(None)
    frame = Frame(agent, around)
    if around is not None and call_id:
        frame = around.inner.setdefault(call_id, frame)
    token = frames.set(frame)
    try:
        yield
    except Exception as error:
        if around is not None:
            around.blame(error, frame.blamed(error))
        raise
    finally:
        frames.reset(token)


class NestedHooks(RunHooks[Any]):
    """Tells whoever watches the run around, and then the file's own hooks, if it has any."""

    def __init__(self, own: RunHooks[Any] | None = None) -> None:
        self._own = own

    async def _tell(self, hook: str, *args: Any) -> None:
        around = surroundings.get()
        if around is not None:
            await getattr(around.watching.hooks, hook)(*args)
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
    with inside(agent):
        result = await Runner.run(agent, input, context=context, run_config=config, hooks=hooks)
    for item in result.interruptions:
        message = f"the tool '{item.name}' of '{item.agent.name}' needs approval inside a guardrail"
        hint = "nobody is asked there: give the guardrail's agent other tools"
        raise RunError("needs-approval", message, exit=7, hint=hint)
    return result


def another_request(before: Unheard | None = None) -> None:
    """Tell whoever watches of one more request for the same reply; raises `RunError` to refuse it.

    `before` is a reply to the request before it, of which nobody has been told.
    """
    around = surroundings.get()
    if around is not None:
        around.watching.another_request(before)


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
