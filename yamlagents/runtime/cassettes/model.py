"""A model in front of another: it answers from a cassette, or asks and records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, Protocol

from agents import Model, ModelResponse, ModelSettings, Usage
from agents.items import TResponseStreamEvent
from agents.retry import ModelRetryAdvice
from openai.types.responses import ResponseCompletedEvent

from yamlagents.result import RunError
from yamlagents.runtime.cassettes.contract import Contract, contract_data
from yamlagents.runtime.cassettes.error import FAILURES, error_data, restored_error
from yamlagents.runtime.cassettes.exchange import Exchange, Request
from yamlagents.runtime.cassettes.items import (
    input_items,
    output_items,
    plain_usage,
    restored,
    restored_usage,
)
from yamlagents.runtime.redaction import Redaction
from yamlagents.sdk.models.wrapped import answered_by
from yamlagents.sdk.namespaces import with_namespaces
from yamlagents.sdk.offline.events import stream_events
from yamlagents.sdk.sandbox.client import as_declared

GRACE = 2.0  # seconds; only a run that fails anyway waits as long


class Exchanges(Protocol):
    """Where exchanges come from and go to."""

    redact: Redaction

    def contract(self, data: dict[str, Any]) -> Contract: ...
    def find(self, request: Request) -> Exchange | None: ...
    def begin(self, request: Request) -> Exchange: ...
    def end(self, exchange: Exchange) -> None: ...
    def answered(self, exchange: Exchange) -> None: ...


class ReplayedModel(Model):
    """The model of one agent of a team that replays."""

    def __init__(
        self,
        agent: str,
        inner: Model,
        settings: ModelSettings,
        exchanges: Exchanges,
        *,
        is_guarded: bool = False,
    ) -> None:
        self.model = str(getattr(inner, "model", "unknown"))
        self._agent = agent
        self._inner = inner
        self._settings = settings
        self._exchanges = exchanges
        self._is_guarded = is_guarded
        self._replayed: list[Exception] = []
        self._costs: dict[tuple[int, ...], tuple[float | None, str | None]] = {}

    @property
    def answered(self) -> str:
        """The name of the model that gave the last reply."""
        return answered_by(self._inner)

    def cost(self, usage: Usage) -> tuple[float | None, str | None]:
        """Give the price that was recorded for a request of this usage."""
        return self._costs.get(_counts(usage), (None, "no price was recorded"))

    def get_retry_advice(self, request: Any) -> Any:
        """Give the inner model's own advice; a recorded failure is the last there was."""
        if request.error in self._replayed:
            return ModelRetryAdvice(suggested=False, replay_safety="unsafe", reason="recorded")
        return self._inner.get_retry_advice(request)

    async def close(self) -> None:
        """Close the inner model."""
        await self._inner.close()

    async def _cleanup_on_run_end(self, owner: object) -> None:
        await self._inner._cleanup_on_run_end(owner)

    async def get_response(self, *args: Any, **options: Any) -> ModelResponse:
        """Give the recorded response; `Miss` if there is none and none may be recorded."""
        request = self._request(*args, **options)
        found = self._exchanges.find(request)
        if found is not None:
            return self._replay(found, _tools(*args, **options))
        exchange = await self._begun(request)
        try:
            response = await self._inner.get_response(*args, **options)
            self._record(exchange, response, plain_usage(response.usage))
        except FAILURES as error:
            exchange.error = self._exchanges.redact(error_data(error))
            raise
        finally:
            self._exchanges.end(exchange)
        return response

    async def stream_response(
        self, *args: Any, **options: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        """Yield the recorded response as a stream, or pass a live one through as it comes."""
        request = self._request(*args, **options)
        found = self._exchanges.find(request)
        if found is not None:
            replayed = self._replay(found, _tools(*args, **options))
            for event in stream_events(replayed, self.model):
                yield event
            return
        exchange = await self._begun(request)
        try:
            live: Any = self._inner.stream_response(*args, **options)
            async with aclosing(live):
                async for event in live:
                    if isinstance(event, ResponseCompletedEvent):
                        whole = ModelResponse(event.response.output, Usage(), None)
                        self._record(exchange, whole, plain_usage(event.response.usage))
                    yield event
        except FAILURES as error:
            exchange.error = self._exchanges.redact(error_data(error))
            raise
        finally:
            self._exchanges.end(exchange)

    async def _begun(self, request: Request) -> Exchange:
        try:
            return self._exchanges.begin(request)
        except RunError:
            if self._is_guarded:
                # A guardrail beside this request may have stopped it before it was recorded: give
                # that guardrail the time to stop it again.
                await asyncio.sleep(GRACE)
            raise

    def _request(
        self,
        system_instructions: str | None,
        input: Any,
        model_settings: Any,
        tools: Any,
        output_schema: Any,
        handoffs: Any,
        tracing: Any,
        **_: Any,
    ) -> Request:
        data = contract_data(
            self.model,
            # The folder of a workspace on this machine has another name each time.
            as_declared(system_instructions),
            self._settings,
            tools=tools,
            handoffs=handoffs,
            output=output_schema,
        )
        items = self._exchanges.redact(input_items(input))
        return Request(self._agent, self._exchanges.contract(data), tuple(items))

    def _replay(self, exchange: Exchange, tools: Sequence[Any]) -> ModelResponse:
        if exchange.error is not None:
            self._replayed.append(restored_error(exchange.error))
            raise self._replayed[-1]
        name = exchange.hash.removeprefix("sha256:")[:12]
        response = restored(exchange.response or (), exchange.usage, name)
        with_namespaces(response.output, tools)
        if exchange.cost != (None, None):
            self._costs[_counts(response.usage)] = exchange.cost
        self._exchanges.answered(exchange)
        return response

    def _record(self, exchange: Exchange, response: ModelResponse, usage: dict[str, int]) -> None:
        exchange.response = tuple(self._exchanges.redact(output_items(response)))
        exchange.usage = usage
        price = getattr(self._inner, "cost", None)
        counted = restored_usage(usage)
        if price is not None:
            exchange.cost = price(counted)
            self._costs[_counts(counted)] = exchange.cost
        self._exchanges.answered(exchange)


def _tools(*args: Any, **options: Any) -> Sequence[Any]:
    """Give the tools among the arguments of a request."""
    tools: Sequence[Any] = options["tools"] if "tools" in options else args[3]
    return tools


def _counts(usage: Usage) -> tuple[int, ...]:
    cached = usage.input_tokens_details.cached_tokens or 0
    return (usage.input_tokens, usage.output_tokens, usage.total_tokens, cached)
