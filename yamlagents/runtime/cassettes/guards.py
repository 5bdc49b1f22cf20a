"""Guardrails beside a request: what they come to decides, where the request has no recording."""

from __future__ import annotations

import asyncio
import copy
import inspect
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from agents import (
    FunctionTool,
    InputGuardrail,
    InputGuardrailResult,
    InputGuardrailTripwireTriggered,
)
from agents.tool_context import ToolContext

from yamlagents.sdk.nested import surroundings

# Steps of the event loop after which a guardrail that the SDK has started is at work; two do.
_STEPS = 10


class _Run:
    """A run inside another, told apart from it."""


_inside: ContextVar[_Run | None] = ContextVar("inside", default=None)


@dataclass
class _Beside:
    """The guardrails of one run: those at work, and what the first one that tripped gave.

    `is_kept` is not set where runs cannot be told apart; then only who waits is told.
    """

    is_kept: bool = True
    waiting: int = 0
    at_work: set[asyncio.Future[None]] = field(default_factory=set)
    tripped: InputGuardrailResult | None = None


class Guards:
    """Watches the input guardrails that run in parallel with the requests of one team.

    In the recording, one of them may have stopped a request before there was an answer to it.
    """

    def __init__(self) -> None:
        self._runs: WeakKeyDictionary[Any, _Beside] = WeakKeyDictionary()

    def watched(self, guardrail: InputGuardrail[Any]) -> InputGuardrail[Any]:
        """Give a copy of `guardrail` that tells what it comes to."""
        check: Any = guardrail.guardrail_function

        async def watching(*args: Any) -> Any:
            beside = self._beside()
            ended = asyncio.get_running_loop().create_future()
            beside.at_work.add(ended)
            token = _inside.set(_Run())
            try:
                given = check(*args)
                output = await given if inspect.isawaitable(given) else given
                heard = beside.is_kept or beside.waiting
                if output.tripwire_triggered and heard and beside.tripped is None:
                    beside.tripped = InputGuardrailResult(guardrail=standing_in, output=output)
                return output
            finally:
                _inside.reset(token)
                beside.at_work.discard(ended)
                ended.set_result(None)

        standing_in = copy.copy(guardrail)
        standing_in.name = guardrail.get_name()
        standing_in.guardrail_function = watching
        return standing_in

    async def settled(self) -> None:
        """Wait for the guardrails beside the present request, and raise as one that tripped does.

        Without any, or if none of them trips, it returns.
        """
        for _ in range(_STEPS):
            await asyncio.sleep(0)
        beside = self._beside()
        beside.waiting += 1
        try:
            while beside.tripped is None and beside.at_work:
                await asyncio.wait(set(beside.at_work), return_when=asyncio.FIRST_COMPLETED)
            if beside.tripped is not None:
                raise InputGuardrailTripwireTriggered(beside.tripped)
        finally:
            beside.waiting -= 1
            if not beside.is_kept:
                beside.tripped = None

    def _beside(self) -> _Beside:
        around = surroundings.get()
        run: Any = _inside.get() or (around.watching if around is not None else None)
        # A program may run an agent of the team by itself.
        return self._runs.setdefault(self if run is None else run, _Beside(run is not None))


def apart(tool: FunctionTool) -> FunctionTool:
    """Give a copy of an agent as a tool whose runs are told apart from the one around."""
    invoke: Callable[[ToolContext[Any], str], Awaitable[Any]] = tool.on_invoke_tool

    async def run(context: ToolContext[Any], arguments: str) -> Any:
        token = _inside.set(_Run())
        try:
            return await invoke(context, arguments)
        finally:
            _inside.reset(token)

    standing_in = copy.copy(tool)
    standing_in.on_invoke_tool = run
    return standing_in
