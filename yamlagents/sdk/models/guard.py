"""Replies of Chat Completions that may not pass for an answer: cut, broken or empty."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import openai

from yamlagents.sdk.models.causes import NO_CONNECTION
from yamlagents.sdk.models.reply import ReplyError

CUT = "the stream ended before the model had finished"
EMPTY = "the model's reply is empty"
LENGTH = "the reply was cut off at the limit of tokens"
_BROKEN = "the provider's reply cannot be read"

# What reading a malformed reply raises inside LiteLLM and the SDK.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError)


def unreadable(error: Exception) -> ReplyError:
    """Give the failure of a reply that broke what reads it."""
    return ReplyError("unreadable-reply", f"{_BROKEN}: {error}")


def refuse_bad(reply: Any) -> None:
    """Raise `ReplyError` for a complete reply that says nothing or was cut off."""
    choices = getattr(reply, "choices", None)
    if not choices:
        raise ReplyError("empty-reply", EMPTY)
    finish = getattr(choices[0], "finish_reason", None)
    message = getattr(choices[0], "message", None)
    if finish == "length":
        raise ReplyError("cut-reply", LENGTH)
    refusal = getattr(message, "refusal", None)
    if message is not None and refusal and not _refused(message):
        # LiteLLM 1.109 puts it where the SDK does not look.
        known = getattr(message, "provider_specific_fields", None) or {}
        message.provider_specific_fields = {**known, "refusal": refusal}
    said = any(getattr(message, part, None) for part in _SPEAKING)
    if not said and finish != "content_filter" and not _refused(message):
        raise ReplyError("empty-reply", EMPTY)


_SPEAKING = ("content", "tool_calls", "refusal", "audio")


def _refused(part: Any) -> bool:
    fields = getattr(part, "provider_specific_fields", None) or {}
    return bool(isinstance(fields, dict) and fields.get("refusal"))


class Watched:
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
        except UNREADABLE as error:
            raise unreadable(error) from error
        except openai.APIError as error:
            # Before the first word the whole request failed, and may be made again.
            if self._said and any(sign in str(error) for sign in NO_CONNECTION):
                raise ReplyError("cut-stream", CUT) from error
            raise
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
            raise ReplyError("cut-stream", CUT)
        if "length" in (received, self._finish):
            raise ReplyError("cut-reply", LENGTH)
        if not self._said and "content_filter" not in (received, self._finish):
            raise ReplyError("empty-reply", EMPTY)
