"""LiteLLM behind the SDK's model, guarded: a reply that is cut, broken or empty is an error."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import litellm
from agents import Usage
from agents.extensions.models.litellm_model import LitellmModel

from yamlagents.sdk.models.guard import UNREADABLE, Watched, refuse_bad, unreadable
from yamlagents.sdk.models.prices import NO_USAGE, cache_writes, own_price
from yamlagents.sdk.nested import Price

# LiteLLM prints advice to stdout, in red, when a request fails.
litellm.suppress_debug_info = True


# The client LiteLLM uses where it has no other; it lies in the same cache.
_SHARED = "module_level_aclient"


class GuardedModel(LitellmModel):
    """The SDK's LiteLLM model with nothing swallowed, and the price of each request."""

    speaks_responses = False
    # What the file says of its prices, in place of LiteLLM's list.
    pricing: Mapping[str, float] | None = None
    # The model's string in the file, where it is another one in this process.
    known_as: str | None = None

    def cost(self, usage: Usage) -> Price:
        """Price one request: USD, or None with the reason."""
        if self.pricing is not None:
            return own_price(self.pricing, usage)
        return list_price(self.known_as or self.model, usage)

    async def _fetch_response(self, *args: Any, **kwargs: Any) -> Any:
        # A private method of the SDK, and the one place where the raw reply can be seen.
        # tests/test_litellm.py fails when it moves.
        try:
            reply = await super()._fetch_response(*args, **kwargs)
        except UNREADABLE as error:
            raise unreadable(error) from error
        if isinstance(reply, tuple):
            response, chunks = reply
            return response, Watched(chunks)
        refuse_bad(reply)
        return reply


def list_price(model: str, usage: Usage) -> Price:
    """Price one request from LiteLLM's bundled list: USD, or None with the reason."""
    try:
        prompt, completion = litellm.cost_per_token(
            model=model,
            prompt_tokens=usage.input_tokens,
            completion_tokens=usage.output_tokens,
            cache_read_input_tokens=usage.input_tokens_details.cached_tokens or 0,
            cache_creation_input_tokens=cache_writes(usage),
        )
    # LiteLLM raises plain Exception for a model that is not on its list.
    except Exception:  # noqa: BLE001
        return None, f"no price is known for {model}"
    if not usage.total_tokens:
        return None, NO_USAGE
    return float(prompt + completion), None


async def close_clients() -> None:
    """Close the connections that LiteLLM keeps for the running event loop, and never closes."""
    cache: Any = litellm.in_memory_llm_clients_cache
    clients: dict[str, Any] = cache.cache_dict
    # What keys of this loop end with; how a loop is told differs from version to version.
    loop = cache.update_cache_key_with_event_loop("")
    for key in [key for key in clients if str(key).endswith(loop)]:
        client = clients.pop(key)
        if client is vars(litellm).get(_SHARED):
            # LiteLLM makes it anew when it is next asked for.
            delattr(litellm, _SHARED)
        await _close(client)


async def _close(client: Any) -> None:
    close = getattr(client, "close", None) or getattr(client, "aclose", None)
    closing = close() if close is not None else None
    if inspect.isawaitable(closing):
        await closing
