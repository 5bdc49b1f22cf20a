"""What a run spends, held against its budget."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from yamlagents.events import Event, ModelReplied, ToolCalled
from yamlagents.result import Cost, RunError, Usage
from yamlagents.spec.models.providers import stands_in
from yamlagents.spec.problem import Place
from yamlagents.spec.run.records import BUDGET, Limit

_Result = TypeVar("_Result")

FILES, MODEL, LIMIT = 2, 3, 5
_TOKENS = ("total_tokens", "input_tokens", "output_tokens")
# What a request adds to, and what is used up before a tool is called.
_OF_REQUESTS = ("usd", *_TOKENS, "requests")


class Meter:
    """Counts what a run spends, with all that runs inside it, and stops it at its limits.

    A limit is reached when it is used up: no further request is sent, no further tool called that
    would add to it. Past a limit nothing goes on, and a run that ends there has failed.
    """

    def __init__(self, limits: Mapping[str, Limit]) -> None:
        # Code of the user, in between, may have caught it.
        self.stopped: RunError | None = None
        self._limits = limits
        self._usage = Usage()
        self._usd = 0.0
        self._requests = 0
        self._calls = 0
        self._started = time.perf_counter()
        self._unknown: RunError | None = None

    def take_up(self, usage: Usage, spent: Mapping[str, float]) -> None:
        """Add to what a run had spent before, which `spent` gave."""
        self._usage += usage
        self._usd += spent.get("usd", 0.0)
        self._requests += int(spent.get("requests", 0))
        self._calls += int(spent.get("tool_calls", 0))
        self._started -= spent.get("seconds", 0.0)

    def add(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, ModelReplied):
            self._count(event.usage, event.cost)
            self._unknown = self._unknown or self._uncounted(event)
        elif isinstance(event, ToolCalled):
            self._calls += 1

    def request(self, usage: Usage | None = None, cost: Cost | None = None) -> None:
        """Count a request that is about to be sent. Raises `RunError` if it may not be.

        `usage` and `cost` are of requests that no event has told of yet.
        """
        before = self._usage, self._usd
        self._count(usage or Usage(), cost or Cost(None))
        try:
            self._refuse(_OF_REQUESTS, reached=True)
        finally:
            self._usage, self._usd = before
        self._requests += 1

    def tool_call(self) -> None:
        """Let a tool be called. Raises `RunError` if it may not be."""
        self._refuse(("tool_calls",), reached=True)
        self._refuse(_OF_REQUESTS, reached=False)

    def end(self) -> None:
        """Raise `RunError` if a run that came to its end was stopped on the way, or went past."""
        self._refuse(tuple(BUDGET), reached=False)

    async def timed(self, work: Awaitable[_Result]) -> _Result:
        """Do `work`, and break it off with a `RunError` once the run's seconds are over."""
        limit = self._limits.get("seconds")
        left = None if limit is None else max(limit.amount - self._seconds(), 0)
        try:
            return await asyncio.wait_for(work, left)
        except asyncio.TimeoutError:  # before Python 3.11 it is not the built-in one
            self._refuse(("seconds",), reached=True)
            raise  # it is the work's own

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the seconds stand still."""
        before = time.perf_counter()
        try:
            yield
        finally:
            self._started += time.perf_counter() - before

    def _seconds(self) -> float:
        return time.perf_counter() - self._started

    def _count(self, usage: Usage, cost: Cost) -> None:
        self._usage += usage
        self._usd = round(self._usd + (cost.usd or 0.0), 10)

    def _refuse(self, kinds: tuple[str, ...], *, reached: bool) -> None:
        self.stopped = self.stopped or self._unknown
        if self.stopped is not None:
            raise self.stopped
        for kind in kinds:
            limit = self._limits.get(kind)
            if limit is None:
                continue
            spent = self.spent()[kind]
            # In this form, a limit that is no number lets nothing pass.
            if not (spent < limit.amount if reached else spent <= limit.amount):
                self.stopped = self._exceeded(kind, limit)
                raise self.stopped

    def spent(self) -> dict[str, float]:
        """Give what is spent by now, by the names of `BUDGET`."""
        usage = self._usage
        return {
            "usd": self._usd,
            "total_tokens": usage.total_tokens,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            # A request counts from when it is sent, and a recording may tell of more than were.
            "requests": max(self._requests, usage.requests),
            "tool_calls": self._calls,
            "seconds": self._seconds(),
        }

    def _exceeded(self, kind: str, limit: Limit) -> RunError:
        spent = self.spent()
        parts = [_amount(name, spent[name]) for name in BUDGET if spent[name] or name == kind]
        allowed = f"budget.{kind} ({_where(limit.place)}) allows {_amount(kind, limit.amount)}"
        message = f"{allowed}; spent by now: {', '.join(parts)}"
        hint = f"raise it, or give --budget {kind}=..."
        return RunError("budget-exceeded", message, exit=LIMIT, hint=hint)

    def _uncounted(self, event: ModelReplied) -> RunError | None:
        """Give the failure of a reply whose tokens or price, which are limited, are not known."""
        kinds = [kind for kind in ("usd", *_TOKENS) if kind in self._limits]
        if not kinds or stands_in(event.model):
            return None
        if not event.usage.total_tokens:
            where = _where(self._limits[kinds[0]].place)
            message = f"budget.{kinds[0]} ({where}) cannot be kept: {event.model} reported no usage"
            hint = "limit requests or seconds instead; in streams, include_usage may be off"
            return RunError("unknown-usage", message, exit=MODEL, hint=hint)
        if "usd" in kinds and event.cost.usd is None:
            where = _where(self._limits["usd"].place)
            message = f"budget.usd ({where}) cannot be kept: {event.cost.reason}"
            return RunError("unknown-price", message, exit=FILES, hint=PRICE_HINT)
        return None


PRICE_HINT = "give the model its pricing, or limit tokens instead"


def _where(place: Place) -> str:
    # An option has neither lines nor columns.
    return place.file if place.file.startswith("--") else str(place)


def _amount(kind: str, amount: float) -> str:
    if kind == "usd":
        return f"{amount:.10f}".rstrip("0").rstrip(".") + " USD"
    number = f"{amount:,.0f}"
    if kind == "seconds" and amount % 1:
        number = f"{amount:,.1f}" if amount > 1 else f"{amount:.2g}"
    words = BUDGET[kind]
    return f"{number} {words.removesuffix('s') if number == '1' else words}"
