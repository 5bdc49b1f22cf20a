"""A model in front of another, which answers as that one does unless it is told otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import Model, ModelResponse, Usage
from agents.items import TResponseStreamEvent

from yamlagents.sdk.models.prices import price_of
from yamlagents.sdk.nested import Price


class WrappedModel(Model):
    """Passes everything on to `inner`."""

    def __init__(self, inner: Model) -> None:
        self.inner = inner
        self.model = str(getattr(inner, "model", "unknown"))

    @property
    def speaks_responses(self) -> bool | None:
        """Whether the inner model speaks OpenAI's Responses API; None where it does not say."""
        speaks: bool | None = getattr(self.inner, "speaks_responses", None)
        return speaks

    @property
    def is_made(self) -> bool:
        """Whether the inner model has been asked, so that it knows its price."""
        return bool(getattr(self.inner, "is_made", True))

    @property
    def answered(self) -> str:
        """The name of the model that gave the last reply: a fallback of the inner one perhaps."""
        return str(getattr(self.inner, "answered", None) or self.model)

    def cost(self, usage: Usage) -> Price:
        """Give the price of a request as the inner model does: USD, or None with the reason."""
        return price_of(self.inner, usage)

    def get_retry_advice(self, request: Any) -> Any:
        """Give the inner model's advice."""
        return self.inner.get_retry_advice(request)

    async def close(self) -> None:
        """Close the inner model."""
        await self.inner.close()

    def _supports_default_prompt_cache_key(self) -> bool:
        # Private; the SDK asks it before it adds a key for OpenAI's cache of prompts.
        supports = getattr(self.inner, "_supports_default_prompt_cache_key", None)
        return bool(supports is not None and supports())

    async def _cleanup_on_run_end(self, owner: object) -> None:
        await self.inner._cleanup_on_run_end(owner)

    async def get_response(self, *args: Any, **options: Any) -> ModelResponse:
        """Ask the inner model."""
        return await self.inner.get_response(*args, **options)

    def stream_response(self, *args: Any, **options: Any) -> AsyncIterator[TResponseStreamEvent]:
        """Ask the inner model for a stream."""
        return self.inner.stream_response(*args, **options)


def answered_by(model: Any) -> str:
    """Give the name of the model that gave the last reply where `model` was asked."""
    return str(getattr(model, "answered", None) or getattr(model, "model", "unknown"))
