"""A model in front of another, which answers as that one does unless it is told otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import Model, ModelResponse, Usage
from agents.items import TResponseStreamEvent


class WrappedModel(Model):
    """Passes everything on to `inner`."""

    def __init__(self, inner: Model) -> None:
        self.inner = inner
        self.model = str(getattr(inner, "model", "unknown"))

    def cost(self, usage: Usage) -> tuple[float | None, str | None]:
        """Give the price of a request as the inner model does: USD, or None with the reason."""
        price = getattr(self.inner, "cost", None)
        return price(usage) if price is not None else (None, "this model has no price")

    def get_retry_advice(self, request: Any) -> Any:
        """Give the inner model's advice."""
        return self.inner.get_retry_advice(request)

    async def close(self) -> None:
        """Close the inner model."""
        await self.inner.close()

    async def _cleanup_on_run_end(self, owner: object) -> None:
        await self.inner._cleanup_on_run_end(owner)

    async def get_response(self, *args: Any, **options: Any) -> ModelResponse:
        """Ask the inner model."""
        return await self.inner.get_response(*args, **options)

    def stream_response(self, *args: Any, **options: Any) -> AsyncIterator[TResponseStreamEvent]:
        """Ask the inner model for a stream."""
        return self.inner.stream_response(*args, **options)
