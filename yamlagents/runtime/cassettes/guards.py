"""Guardrails beside a request: what they come to decides, where the request has no recording."""

from __future__ import annotations

import asyncio
import copy
import inspect
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from agents import InputGuardrail, InputGuardrailResult, InputGuardrailTripwireTriggered

from yamlagents.sdk.nested import Frame, frames

# Steps of the event loop after which a guardrail that the SDK has started is at work; two do.
_STEPS = 10


# The run that a guardrail is beside, for what the guardrail does.
_checking: ContextVar[Frame | None] = ContextVar("checking", default=None)


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
            token = _checking.set(frames.get(None))
            try:
                given = check(*args)
                output = await given if inspect.isawaitable(given) else given
                heard = beside.is_kept or beside.waiting
                if output.tripwire_triggered and heard and beside.tripped is None:
                    beside.tripped = InputGuardrailResult(guardrail=standing_in, output=output)
                return output
            finally:
                _checking.reset(token)
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
        frame = frames.get(None)
        if frame is not None and frame is _checking.get():
            return  # a guardrail that asks models would wait for itself
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
        # A program may run an agent of the team by itself.
        frame = frames.get(None)
        return self._runs.setdefault(frame or self, _Beside(frame is not None))
