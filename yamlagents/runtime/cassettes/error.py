"""What a provider failed with, as plain data, and as an error that is explained like the first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import openai

from yamlagents.sdk.models.reply import ReplyError

FAILURES = (openai.OpenAIError, ReplyError)

# The kinds of failure that are told apart; LiteLLM's own are subclasses of these.
KINDS: Mapping[str, type[openai.OpenAIError]] = {
    kind.__name__: kind
    for kind in (
        openai.APIConnectionError,
        openai.APIError,
        openai.APIStatusError,
        openai.APITimeoutError,
        openai.AuthenticationError,
        openai.BadRequestError,
        openai.ConflictError,
        openai.InternalServerError,
        openai.NotFoundError,
        openai.OpenAIError,
        openai.PermissionDeniedError,
        openai.RateLimitError,
        openai.UnprocessableEntityError,
    )
}
_LONGEST = 2000


def error_data(error: openai.OpenAIError | ReplyError) -> dict[str, Any]:
    """Give a failure as `{kind, name, status, text}`; of a reply that is none, `{code, text}`."""
    text = str(error).partition("Traceback (most recent call last)")[0]
    if len(text) > _LONGEST:
        text = text[: _LONGEST + 1].rpartition(" ")[0]
    if isinstance(error, ReplyError):
        return {"code": error.code, "text": text}
    kind = next(part.__name__ for part in type(error).__mro__ if part.__name__ in KINDS)
    data = {"kind": kind, "name": type(error).__name__, "text": text}
    status = getattr(error, "status_code", None)
    return {**data, "status": status} if isinstance(status, int) else data


def restored_error(data: Mapping[str, Any]) -> Exception:
    """Make an error of recorded data, of a kind in `KINDS`."""
    text = str(data.get("text", ""))
    if "code" in data:
        return ReplyError(str(data["code"]), text)
    kind = KINDS[data["kind"]]
    made: type[openai.OpenAIError] = type(str(data.get("name", data["kind"])), (kind,), {})
    # Their constructors ask for a request and a response, which there are not.
    error = made.__new__(made, text)
    vars(error).update(message=text, status_code=data.get("status"), body=None, code=None)
    return error
