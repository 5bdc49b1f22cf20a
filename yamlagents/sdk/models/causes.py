"""Why a request failed, in the words of a fallback's `on`."""

from __future__ import annotations

from collections.abc import Iterable

import openai
from agents import AgentsException, ModelTimeoutError

from yamlagents.sdk.models.reply import ReplyError
from yamlagents.spec.models.records import Cause

# What a request of a model is expected to fail with.
EXPECTED = (AgentsException, openai.OpenAIError)

_REPLIES = {
    "cut-stream": "network_error",
    "empty-reply": "bad_reply",
    "unreadable-reply": "bad_reply",
}
# LiteLLM reports these as errors of the server, which never saw a request.
NO_KEY = ("Missing credentials", "api_key client option must be set")
NO_CONNECTION = ("Connection error", "Cannot connect", "Connect call failed")
_CLASSES = {4: "4xx", 5: "5xx"}


def is_cause(error: BaseException, causes: Iterable[Cause]) -> bool:
    """Tell whether `error` is one of the failures that `causes` name."""
    return not _causes(error).isdisjoint(causes)


def _causes(error: BaseException) -> set[Cause]:
    code = _REPLIES.get(error.code) if isinstance(error, ReplyError) else None
    if code is not None:
        return {code}
    if isinstance(error, openai.APITimeoutError | ModelTimeoutError):
        return {"timeout"}
    text = str(error)
    if any(sign in text for sign in NO_KEY):
        return set()
    if any(sign in text for sign in NO_CONNECTION):
        return {"network_error"}
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        kinds: set[Cause] = {status}
        return kinds | ({_CLASSES[status // 100]} if status // 100 in _CLASSES else set())
    return {"network_error"} if isinstance(error, openai.APIConnectionError) else set()
