"""A run's events folded into its result, at any point of the run."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from pydantic_core import to_jsonable_python

from yamlagents.events import (
    AgentStarted,
    Cost,
    Event,
    ModelReplied,
    RunResult,
    ToolCall,
    ToolCalled,
    ToolReturned,
    Usage,
)


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
        self._calls: dict[str, ToolCall] = {}

    def add(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, AgentStarted):
            if not event.nested:
                self._agent, self._model = event.agent, event.model
        elif isinstance(event, ModelReplied):
            self._usage += event.usage
            self._costs.append(event.cost)
            self._turns += not event.nested
        elif isinstance(event, ToolCalled):
            self._calls[event.call_id] = ToolCall(event.agent, event.name, event.arguments)
        elif isinstance(event, ToolReturned):
            call = self._calls.get(event.call_id, ToolCall(event.agent, event.name, None))
            self._calls[event.call_id] = replace(call, output=event.output, error=event.error)

    def open_calls(self) -> list[tuple[str, ToolCall]]:
        """Give the calls that have not come back, with their ids."""
        return [(key, call) for key, call in self._calls.items() if call.output is None]

    def result(self, final_output: Any = None, history: tuple[Any, ...] = ()) -> RunResult:
        """Give what the run has come to by now."""
        return RunResult(
            final_output=final_output,
            last_agent=self._agent,
            usage=self._usage,
            cost=_sum(self._costs),
            turns=self._turns,
            tool_calls=tuple(self._calls.values()),
            seconds=time.perf_counter() - self._started,
            model=self._model,
            definition=self._definition,
            history=history,
            output=to_jsonable_python(final_output, fallback=str),
        )


def _sum(costs: list[Cost]) -> Cost:
    """Add up prices; one request without a price leaves the whole unknown, never too low."""
    unknown = next((cost for cost in costs if cost.usd is None), None)
    if unknown is not None:
        return unknown
    if not costs:
        return Cost(None, "no request was answered")
    return Cost(round(sum(cost.usd or 0.0 for cost in costs), 10))
