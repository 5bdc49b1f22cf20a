"""A model in front of another: it answers from a cassette, or asks and records."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, Protocol

from agents import Model, ModelResponse, ModelSettings, Usage
from agents.items import TResponseStreamEvent
from agents.retry import ModelRetryAdvice
from openai.types.responses import ResponseCompletedEvent

from yamlagents.result import RunError
from yamlagents.runtime.cassettes.contract import Contract, contract_data, of_capabilities
from yamlagents.runtime.cassettes.error import FAILURES, are_kept, error_data, restored_failure
from yamlagents.runtime.cassettes.exchange import Exchange, Failed, Request
from yamlagents.runtime.cassettes.guards import Guards
from yamlagents.runtime.cassettes.items import (
    input_items,
    output_items,
    plain_usage,
    restored,
    restored_usage,
)
from yamlagents.runtime.redaction import Redaction
from yamlagents.sdk.models.attempts import FallbackError, Tried
from yamlagents.sdk.models.wrapped import answered_by
from yamlagents.sdk.namespaces import with_namespaces
from yamlagents.sdk.nested import another_request, fell_back_before
from yamlagents.sdk.offline.events import stream_events
from yamlagents.sdk.sandbox.client import as_declared
from yamlagents.spec.records import AgentSpec


@dataclass(frozen=True)
class _Replayed:
    """Which model's reply was replayed last, and who is said to have given it."""

    by: ReplayedModel
    model: str | None


# A run asks one model at a time, in a task of its own.
_replayed: ContextVar[_Replayed | None] = ContextVar("replayed", default=None)


class Exchanges(Protocol):
    """Where exchanges come from and go to."""

    redact: Redaction
    guards: Guards

    def contract(self, data: dict[str, Any]) -> Contract: ...
    def find(self, request: Request) -> Exchange | None: ...
    def begin(self, request: Request) -> Exchange: ...
    def end(self, exchange: Exchange) -> None: ...
    def answered(self, exchange: Exchange) -> None: ...
    def failed(self, agent: str, tried: Tried) -> tuple[Failed, ...]: ...


class ReplayedModel(Model):
    """The model of one agent of a team that replays."""

    def __init__(
        self,
        spec: AgentSpec,
        inner: Model,
        settings: ModelSettings,
        exchanges: Exchanges,
        *,
        further: Mapping[str, Any],
    ) -> None:
        self.model = str(getattr(inner, "model", "unknown"))
        self._spec = spec
        self._inner = inner
        self._settings = settings
        self._further = further
        self._exchanges = exchanges
        self._replayed: list[Exception] = []
        self._costs: dict[tuple[int, ...], tuple[float | None, str | None]] = {}

    @property
    def answered(self) -> str:
        """The name of the model that gave the last reply."""
        last = _replayed.get()
        if last is not None and last.by is self and last.model is not None:
            return last.model
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
            self._record_failure(exchange, error)
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
            self._record_failure(exchange, error)
            raise
        finally:
            self._exchanges.end(exchange)

    async def _begun(self, request: Request) -> Exchange:
        try:
            return self._exchanges.begin(request)
        except RunError:
            # A guardrail beside this request may have stopped it before it was recorded.
            await self._exchanges.guards.settled()
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
        *,
        prompt: Any = None,
        **_: Any,
    ) -> Request:
        is_boxed = self._spec.sandbox is not None
        added = of_capabilities(model_settings, self._settings) if is_boxed else {}
        data = contract_data(
            self.model,
            # The folder of a workspace on this machine has another name each time.
            as_declared(system_instructions),
            self._settings,
            tools=tools,
            handoffs=handoffs,
            output=output_schema,
            prompt=prompt,
            further={**self._further, **added},
        )
        items = self._exchanges.redact(input_items(input))
        return Request(self._spec.key, self._exchanges.contract(data), tuple(items))

    def _replay(self, exchange: Exchange, tools: Sequence[Any]) -> ModelResponse:
        self._fall_back(exchange)
        if exchange.error is not None:
            self._replayed.append(restored_failure(exchange, self._spec.model))
            raise self._replayed[-1]
        _replayed.set(_Replayed(self, exchange.model))
        name = exchange.hash.removeprefix("sha256:")[:12]
        response = restored(exchange.response or (), exchange.usage, name)
        with_namespaces(response.output, tools)
        if exchange.cost != (None, None):
            self._costs[_counts(response.usage)] = exchange.cost
        self._exchanges.answered(exchange)
        return response

    def _fall_back(self, exchange: Exchange) -> None:
        """Tell of the models that failed, as when it happened."""
        asked = [*(failed.model for failed in exchange.failed), exchange.model]
        for failed, to in zip(exchange.failed, asked[1:], strict=True):
            if failed.asked:
                another_request()
            told = (failed.code, failed.reason)
            fell_back_before(self._spec.name, failed.model, str(to), told)

    def _record_failure(self, exchange: Exchange, error: Exception) -> None:
        if not isinstance(error, FallbackError):
            exchange.error = self._exchanges.redact(error_data(error))
        elif are_kept(cause for _, cause in error.tried):
            *before, (last, cause) = error.tried
            causes = [self._exchanges.redact(error_data(cause)) for _, cause in before]
            failed = zip(self._exchanges.failed(self._spec.key, before), causes, strict=True)
            exchange.failed = tuple(replace(one, error=data) for one, data in failed)
            exchange.model = last.model
            exchange.error = self._exchanges.redact(error_data(cause))

    def _record(self, exchange: Exchange, response: ModelResponse, usage: dict[str, int]) -> None:
        exchange.response = tuple(self._exchanges.redact(output_items(response)))
        exchange.usage = usage
        exchange.failed = self._exchanges.failed(self._spec.key, getattr(self._inner, "tried", ()))
        exchange.model = answered_by(self._inner) if exchange.failed else None
        _replayed.set(None)
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
