"""What a provider failed with, as plain data, and as an error that is explained like the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import openai

from yamlagents.runtime.cassettes.exchange import Exchange
from yamlagents.sdk.models.attempts import FallbackError
from yamlagents.sdk.models.reply import ReplyError
from yamlagents.spec.problem import Place, Problem, SpecError
from yamlagents.spec.records import ModelSpec

_KEPT = (openai.OpenAIError, ReplyError, SpecError)
FAILURES = (openai.OpenAIError, ReplyError, FallbackError)

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


def error_data(error: Exception) -> dict[str, Any]:
    """Give a failure as `{kind, name, status, text}`; of a reply that is none, `{code, text}`.

    That of a model that could not be made is `{problem, text}`. It is one of those of `are_kept`.
    """
    if isinstance(error, SpecError):
        return {"problem": error.problems[0].code, "text": error.problems[0].message}
    text = str(error).partition("Traceback (most recent call last)")[0]
    if len(text) > _LONGEST:
        text = text[: _LONGEST + 1].rpartition(" ")[0]
    if isinstance(error, ReplyError):
        return {"code": error.code, "text": text}
    kind = next(part.__name__ for part in type(error).__mro__ if part.__name__ in KINDS)
    data = {"kind": kind, "name": type(error).__name__, "text": text}
    status = getattr(error, "status_code", None)
    return {**data, "status": status} if isinstance(status, int) else data


def restored_error(data: Mapping[str, Any], place: Place) -> Exception:
    """Make an error of recorded data, of a kind in `KINDS`; `place` is that of the model."""
    text = str(data.get("text", ""))
    if "problem" in data:
        return SpecError([Problem(place, "error", str(data["problem"]), text)])
    if "code" in data:
        return ReplyError(str(data["code"]), text)
    kind = KINDS[data["kind"]]
    made: type[openai.OpenAIError] = type(str(data.get("name", data["kind"])), (kind,), {})
    # Their constructors ask for a request and a response, which there are not.
    error = made.__new__(made, text)
    vars(error).update(message=text, status_code=data.get("status"), body=None, code=None)
    return error


def restored_failure(exchange: Exchange, model: ModelSpec) -> Exception:
    """Make what an exchange failed with, of `model` and perhaps of its fallbacks."""
    assert exchange.error is not None, "the exchange failed"
    if not exchange.failed:
        return restored_error(exchange.error, model.place)
    said = [(failed.model, failed.error or {}) for failed in exchange.failed]
    tried = []
    for name, data in [*said, (exchange.model, exchange.error)]:
        spec = next(one for one in model.line if one.model == name)
        tried.append((spec, restored_error(data, spec.place)))
    return FallbackError(tried)


def are_kept(errors: Iterable[Exception]) -> bool:
    """Tell whether each of `errors` can be given as data and made again."""
    return all(isinstance(error, _KEPT) for error in errors)
