"""LiteLLM behind the SDK's model, guarded: a reply that is cut, broken or empty is an error."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from typing import Any

import litellm
from agents import Usage
from agents.extensions.models.litellm_model import LitellmModel

from yamlagents.sdk.reply import ReplyError

# LiteLLM prints advice to stdout, in red, when a request fails.
litellm.suppress_debug_info = True


# The client LiteLLM uses where it has no other; it lies in the same cache.
_SHARED = "module_level_aclient"

_CUT = "the stream ended before the model had finished"
_EMPTY = "the model's reply is empty"
_LENGTH = "the reply was cut off at the limit of tokens"
_BROKEN = "the provider's reply cannot be read"

# What reading a malformed reply raises inside LiteLLM and the SDK.
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError)


class GuardedModel(LitellmModel):
    """The SDK's LiteLLM model with nothing swallowed, and the price of each request."""

    def cost(self, usage: Usage) -> tuple[float | None, str | None]:
        """Price one request from LiteLLM's bundled list: USD, or None with the reason."""
        try:
            prompt, completion = litellm.cost_per_token(
                model=self.model,
                prompt_tokens=usage.input_tokens,
                completion_tokens=usage.output_tokens,
                cache_read_input_tokens=usage.input_tokens_details.cached_tokens or 0,
                cache_creation_input_tokens=_cache_writes(usage),
            )
        # LiteLLM raises plain Exception for a model that is not on its list.
        except Exception:  # noqa: BLE001
            return None, f"no price is known for {self.model}"
        if not usage.total_tokens:
            return None, "the provider reported no usage"
        return float(prompt + completion), None

    async def _fetch_response(self, *args: Any, **kwargs: Any) -> Any:
        # A private method of the SDK, and the one place where the raw reply can be seen.
        # tests/test_litellm.py fails when it moves.
        try:
            reply = await super()._fetch_response(*args, **kwargs)
        except _UNREADABLE as error:
            raise ReplyError("unreadable-reply", f"{_BROKEN}: {error}") from error
        if isinstance(reply, tuple):
            response, chunks = reply
            return response, _Watched(chunks)
        _refuse_bad(reply)
        return reply


async def close_clients() -> None:
    """Close the connections that LiteLLM keeps for the running event loop, and never closes."""
    loop = f"-{id(asyncio.get_running_loop())}"
    cache = getattr(litellm, "in_memory_llm_clients_cache", None)
    clients: dict[str, Any] = getattr(cache, "cache_dict", {})
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


def _cache_writes(usage: Usage) -> int:
    return getattr(usage.input_tokens_details, "cache_write_tokens", 0) or 0


def _refuse_bad(reply: Any) -> None:
    """Raise `ReplyError` for a complete reply that says nothing or was cut off."""
    choices = getattr(reply, "choices", None)
    if not choices:
        raise ReplyError("empty-reply", _EMPTY)
    finish = getattr(choices[0], "finish_reason", None)
    message = getattr(choices[0], "message", None)
    if finish == "length":
        raise ReplyError("cut-reply", _LENGTH)
    refusal = getattr(message, "refusal", None)
    if message is not None and refusal and not _refused(message):
        # LiteLLM 1.109 puts it where the SDK does not look.
        known = getattr(message, "provider_specific_fields", None) or {}
        message.provider_specific_fields = {**known, "refusal": refusal}
    said = any(getattr(message, part, None) for part in _SPEAKING)
    if not said and finish != "content_filter" and not _refused(message):
        raise ReplyError("empty-reply", _EMPTY)


_SPEAKING = ("content", "tool_calls", "refusal", "audio")


def _refused(part: Any) -> bool:
    fields = getattr(part, "provider_specific_fields", None) or {}
    return bool(isinstance(fields, dict) and fields.get("refusal"))


class _Watched:
    """A stream of chunks that raises at its end unless the model finished and said something."""

    def __init__(self, chunks: Any) -> None:
        self._chunks = chunks
        self._said = False
        self._finish: str | None = None

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._watch()

    async def _watch(self) -> AsyncIterator[Any]:
        try:
            async for chunk in self._chunks:
                self._note(chunk)
                yield chunk
        except _UNREADABLE as error:
            raise ReplyError("unreadable-reply", f"{_BROKEN}: {error}") from error
        self._refuse_bad()

    async def aclose(self) -> None:
        close = getattr(self._chunks, "aclose", None)
        if close is not None:
            await close()

    def _note(self, chunk: Any) -> None:
        for choice in getattr(chunk, "choices", None) or ():
            delta = getattr(choice, "delta", None)
            self._said = self._said or any(getattr(delta, part, None) for part in _SPEAKING)
            self._said = self._said or _refused(delta)
            self._finish = getattr(choice, "finish_reason", None) or self._finish

    def _refuse_bad(self) -> None:
        # LiteLLM makes up a finish of 'stop' for a stream that just ends; what the provider
        # really sent is kept beside it.
        # Which of two places it is in depends on the provider: Gemini's is in the second.
        received = getattr(self._chunks, "received_finish_reason", self._finish)
        received = received or getattr(self._chunks, "intermittent_finish_reason", None)
        if received is None:
            raise ReplyError("cut-stream", _CUT)
        if "length" in (received, self._finish):
            raise ReplyError("cut-reply", _LENGTH)
        if not self._said and "content_filter" not in (received, self._finish):
            raise ReplyError("empty-reply", _EMPTY)
