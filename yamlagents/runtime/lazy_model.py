"""A model that is made only when it is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from agents import Model, ModelResponse, Usage
from agents.items import TResponseStreamEvent

from yamlagents.sdk.models.prices import price_of
from yamlagents.spec.records import ModelSpec


class LazyModel(Model):
    """Stands for the model of `spec`, which `models` makes at the first request."""

    def __init__(self, spec: ModelSpec, models: Callable[[ModelSpec], Model]) -> None:
        self.model = spec.model
        self._spec = spec
        self._models = models
        self._made: Model | None = None

    @property
    def is_made(self) -> bool:
        """Whether it has been asked, so that it knows its price."""
        return self._made is not None

    def cost(self, usage: Usage) -> tuple[float | None, str | None]:
        """Give the price of a request, as the model itself does."""
        return price_of(self._made, usage)

    def get_retry_advice(self, request: Any) -> Any:
        """Give the model's own advice."""
        return self._made.get_retry_advice(request) if self._made is not None else None

    async def close(self) -> None:
        """Close the model, if it was ever made."""
        if self._made is not None:
            await self._made.close()

    async def _cleanup_on_run_end(self, owner: object) -> None:
        if self._made is not None:
            await self._made._cleanup_on_run_end(owner)

    async def get_response(self, *args: Any, **options: Any) -> ModelResponse:
        """Ask the model."""
        return await self._model().get_response(*args, **options)

    def stream_response(self, *args: Any, **options: Any) -> AsyncIterator[TResponseStreamEvent]:
        """Ask the model for a stream."""
        return self._model().stream_response(*args, **options)

    def _model(self) -> Model:
        if self._made is None:
            self._made = self._models(self._spec)
        return self._made
