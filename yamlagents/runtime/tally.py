"""A run's events folded into its result, at any point of the run."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import to_jsonable_python

from yamlagents.events import AgentStarted, Event, ModelReplied, ToolCalled, ToolReturned
from yamlagents.result import Cost, RunResult, ToolCall, Usage


@dataclass(frozen=True)
class SoFar:
    """What a run that waits has come to: as `RunResult`, and what its budget counts as `spent`.

    `calls` have their ids; `replies` are all that models gave, `turns` those that are not nested.
    """

    agent: str
    model: str
    usage: Usage
    cost: Cost
    turns: int
    replies: int
    calls: tuple[tuple[str, ToolCall], ...]
    seconds: float
    spent: Mapping[str, float]


class Tally:
    """Counts while a run goes on; `result` is true even of a run that fails half-way."""

    def __init__(self, agent: str, model: str, definition: str) -> None:
        self._started = time.perf_counter()
        self._agent = agent
        self._model = model
        self._definition = definition
        self._usage = Usage()
        self._costs: list[Cost] = []
        self._turns = 0
        # With their ids, which are only unique within one conversation.
        self._calls: list[tuple[str, ToolCall]] = []

    def add(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, AgentStarted):
            if not event.nested:
                self._agent, self._model = event.agent, event.model
        elif isinstance(event, ModelReplied):
            self._usage += event.usage
            self._costs.append(event.cost)
            self._turns += not event.nested
            if not event.nested:
                self._model = event.model
        elif isinstance(event, ToolCalled):
            called = ToolCall(event.agent, event.name, event.arguments)
            self._calls.append((event.call_id, called))
        elif isinstance(event, ToolReturned):
            self._return(event)

    def _return(self, event: ToolReturned) -> None:
        for index, (call_id, call) in enumerate(self._calls):
            key = (call_id, call.agent, call.name)
            if key == (event.call_id, event.agent, event.name) and call.output is None:
                returned = replace(call, output=event.output, error=event.error)
                self._calls[index] = (call_id, returned)
                return
        call = ToolCall(event.agent, event.name, None, event.output, event.error)
        self._calls.append((event.call_id, call))

    def so_far(self, replies: int, spent: Mapping[str, float]) -> SoFar:
        """Give what the run has come to, for it to be taken up later."""
        return SoFar(
            agent=self._agent,
            model=self._model,
            usage=self._usage,
            cost=_sum(self._costs),
            turns=self._turns,
            replies=replies,
            calls=tuple(self._calls),
            seconds=time.perf_counter() - self._started,
            spent=spent,
        )

    def take_up(self, so_far: SoFar) -> None:
        """Add to what a run had come to before."""
        self._agent, self._model = so_far.agent, so_far.model
        self._usage += so_far.usage
        self._costs.append(so_far.cost)
        self._turns += so_far.turns
        self._calls += so_far.calls
        self._started -= so_far.seconds

    def open_calls(self) -> list[tuple[str, ToolCall]]:
        """Give the calls that have not come back, with their ids."""
        return [(call_id, call) for call_id, call in self._calls if call.output is None]

    def result(self, final_output: Any = None, history: tuple[Any, ...] = ()) -> RunResult:
        """Give what the run has come to by now."""
        return RunResult(
            final_output=final_output,
            last_agent=self._agent,
            usage=self._usage,
            cost=_sum(self._costs),
            turns=self._turns,
            tool_calls=tuple(call for _, call in self._calls),
            seconds=time.perf_counter() - self._started,
            model=self._model,
            definition=self._definition,
            history=history,
            output=to_jsonable_python(final_output, fallback=str),
        )


def _sum(costs: list[Cost]) -> Cost:
    """Add up prices; one request without a price leaves the whole unknown, never too low."""
    asked = [cost for cost in costs if cost != _UNASKED]
    unknown = next((cost for cost in asked if cost.usd is None), None)
    if unknown is not None:
        return unknown
    if not asked:
        return _UNASKED
    return Cost(round(sum(cost.usd or 0.0 for cost in asked), 10))


_UNASKED = Cost(None, "no request was answered")


def together(results: Sequence[RunResult]) -> RunResult:
    """Give several results, one at least, as one: the last, with what all of them took."""
    return replace(
        results[-1],
        usage=sum((result.usage for result in results), Usage()),
        cost=_sum([result.cost for result in results]),
        turns=sum(result.turns for result in results),
        tool_calls=tuple(call for result in results for call in result.tool_calls),
        seconds=sum(result.seconds for result in results),
    )
