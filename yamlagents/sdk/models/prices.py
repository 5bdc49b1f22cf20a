"""Prices: those of models, and those that a file gives them in place of LiteLLM's list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agents import Usage

from yamlagents.sdk.nested import Price

NO_USAGE = "the provider reported no usage"
_MILLION = 1_000_000


def price_of(model: object, usage: Usage) -> Price:
    """Price requests as `model` does: USD, or None with the reason."""
    cost: Callable[[Usage], Price] | None = getattr(model, "cost", None)
    return cost(usage) if cost is not None else (None, "this model has no price")


def own_price(pricing: Mapping[str, float], usage: Usage) -> Price:
    """Price requests by `pricing`, in USD per million tokens: USD, or None with the reason."""
    if not usage.total_tokens:
        return None, NO_USAGE
    cached = usage.input_tokens_details.cached_tokens or 0
    written = cache_writes(usage)
    plain = max(usage.input_tokens - cached - written, 0)
    tokens = (
        plain * pricing["input"]
        + cached * pricing.get("cached_input", pricing["input"])
        + written * pricing.get("cache_write", pricing["input"])
        + usage.output_tokens * pricing["output"]
    )
    return tokens / _MILLION + max(usage.requests, 1) * pricing.get("request", 0), None


def cache_writes(usage: Usage) -> int:
    """Give the number of input tokens that the provider put into its cache."""
    return getattr(usage.input_tokens_details, "cache_write_tokens", 0) or 0
