"""What went wrong in a run, in words that say what to do: which model, line and variable."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openai
from agents import exceptions as sdk

from yamlagents.result import RunError
from yamlagents.runtime.redaction import redacted
from yamlagents.sdk.models.attempts import FallbackError
from yamlagents.sdk.models.causes import NO_CONNECTION, NO_KEY
from yamlagents.sdk.models.reply import ReplyError
from yamlagents.spec.models.keys import key_variable, missing_key, model_failure, said_of
from yamlagents.spec.problem import SpecError, shortened
from yamlagents.spec.records import AgentSpec, ModelSpec, Spec

TOOL, LIMIT, GUARDRAIL = 4, 5, 6

# `litellm.AuthenticationError: AuthenticationError: OpenAIException - text` says it three times.
_STUTTER = re.compile(r"^(?:[\w.]*(?:Error|Exception|Timeout|litellm)\w*(?:\s-\s|:\s*))+")
# What it adds when a stream breaks is the same text once more.
_ECHO = re.compile(r"\s*Original exception:.*", re.DOTALL)
# A server that is none of an API answers with a page.
_TAG = re.compile(r"<[^>]*>")
TOOL_FAILED = re.compile(r"^Error running tool (?P<name>[^:\s]+)(?::\s*(?P<text>.*))?", re.DOTALL)

EXPECTED = (sdk.AgentsException, openai.OpenAIError)


def describe(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    """Give the failure of `spec`'s run, which came up while `agent` was at work.

    Raises `error` itself if it is none that a run is expected to fail with.
    """
    for kinds, explain in _EXPLANATIONS:
        if isinstance(error, kinds):
            return explain(error, spec, agent)
    raise error


def why(error: Exception, spec: Spec, agent: str, model: ModelSpec) -> tuple[str, str]:
    """Give the code and the words for the failure of one `model` of the agent named `agent`."""
    if isinstance(error, SpecError):
        return error.problems[0].code, redacted(error.problems[0].message, spec)
    found = next(one for one in spec.agents.values() if one.name == agent)
    failed = describe(error, spec, replace(found, model=model))
    return failed.code, redacted(failed.message.removeprefix(said_of(model)), spec)


_REPLY_HINTS = {
    "cut-reply": "raise max_tokens in model_settings",
    "cut-stream": "run it again; with --no-stream a cut reply can be retried",
    "provider-error": "this is the server's fault; try again later",
    "rate-limited": "wait, or give model_settings a retry: {max_retries: 5}",
    "empty-reply": "run it again; what a model refuses in a stream is seen with --no-stream",
    "unreadable-reply": "run it again; is base_url the address of this provider's kind of API?",
}


def _provider_text(error: BaseException) -> str:
    text = _STUTTER.sub("", _ECHO.sub("", str(error)))
    if "</" in text:
        text = _TAG.sub(" ", text)
    text = text.partition("Traceback (most recent call last)")[0]
    words = " ".join(text.split())
    # Between words, or a part of a key would be left that is not known for one.
    said = words if len(words) <= 400 else words[:401].rpartition(" ")[0]
    return said or type(error).__name__


def _address(agent: AgentSpec) -> str:
    return agent.model.base_url or f"the address of {agent.model.provider or agent.model.model}"


def _refused_key(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    source = "api_key of this model" if agent.model.api_key else key_variable(agent.model)
    text = _provider_text(error)
    hint = f"check {source}"
    return model_failure("key-refused", f"the key was refused: {text}", agent, hint)


def _not_found(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    hint = f"check the model's name, and base_url ({_address(agent)})"
    return model_failure("model-not-found", _provider_text(error), agent, hint)


def _rate_limited(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    text = f"too many requests, or no quota left: {_provider_text(error)}"
    hint = "wait, or give model_settings a retry: {max_retries: 5}"
    return model_failure("rate-limited", text, agent, hint)


def _timed_out(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    hint = "raise timeout in model_settings, or check base_url"
    text = f"no complete reply from {_address(agent)} in time"
    return model_failure("model-timeout", text, agent, hint)


def _unreachable(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    hint = "is the server running, and base_url right?"
    text = f"no connection to {_address(agent)}, or it was cut"
    return model_failure("no-connection", text, agent, hint)


def _bad_request(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    if "LLM Provider NOT provided" in str(error):
        text = f"LiteLLM has no provider '{agent.model.provider}'"
        hint = "the part before the slash names the provider, as in openai/gpt-4.1"
        return model_failure("unknown-provider", text, agent, hint)
    hint = "check the model's settings; extra_args: {drop_params: true} leaves out what it lacks"
    return model_failure("bad-request", _provider_text(error), agent, hint)


def _server_error(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    text = str(error)
    if any(sign in text for sign in NO_KEY):
        return missing_key(agent)
    if any(sign in text for sign in NO_CONNECTION):
        return _unreachable(error, spec, agent)
    if "MidStream" in type(error).__name__:
        return model_failure(
            "cut-stream",
            f"the stream broke: {_provider_text(error)}",
            agent,
            _REPLY_HINTS["cut-stream"],
        )
    status = getattr(error, "status_code", None) or 500
    if status in (401, 403):
        return _refused_key(error, spec, agent)
    if 400 <= status < 500:
        return _bad_request(error, spec, agent)
    if _unreadable(error):
        said = f"the provider's reply cannot be read: {_provider_text(error)}"
        return model_failure("unreadable-reply", said, agent, _REPLY_HINTS["unreadable-reply"])
    hint = f"this is the server's fault ({_address(agent)}); try again later"
    said = f"the server failed: {_provider_text(error)}"
    return model_failure("provider-error", said, agent, hint)


def _unreadable(error: BaseException) -> bool:
    signs = (
        *("Unterminated string", "Expecting value", "Expecting property", "JSONDecode"),
        *("Invalid response object", "validation error"),
    )
    return any(sign in str(error) for sign in signs)


def _max_turns(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    turns = spec.run.max_turns
    message = f"the run did not end within {turns} turns"
    hint = "raise run: {max_turns: ...}, or give --max-turns"
    return RunError("max-turns", message, exit=LIMIT, hint=hint)


def _tripped(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    # A tool's guardrail is in the error itself, an agent's in the result that it holds.
    held: Any = error if hasattr(error, "guardrail") else getattr(error, "guardrail_result", None)
    get_name = getattr(getattr(held, "guardrail", None), "get_name", None)
    name = get_name() if get_name is not None else "a guardrail"
    info = getattr(getattr(held, "output", None), "output_info", None)
    said = f"the guardrail '{name}' stopped the run"
    told = said if info is None else f"{said}: {shortened(str(info))}"
    return RunError("guardrail", told, exit=GUARDRAIL)


def _refusal(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    refusal = getattr(error, "refusal", str(error))
    hint = "change the input or the instructions, or use another model"
    return model_failure("model-refused", f"the model refused: {refusal}", agent, hint)


def _bad_reply(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    code = error.code if isinstance(error, ReplyError) else "unreadable-reply"
    return model_failure(code, str(error), agent, _REPLY_HINTS.get(code))


def _behaviour(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    return model_failure("model-behaviour", str(error), agent, "run it again, or use another model")


def _tool_timeout(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    name = getattr(error, "tool_name", "?")
    seconds = getattr(error, "timeout_seconds", 0)
    message = f"the tool '{name}' did not return within {seconds:g} seconds"
    return RunError("tool-failed", message, exit=TOOL, hint="raise its timeout")


_MAY_FAIL = "without failure_error_function: null the model is told, and the run goes on"


def _user_error(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    failed = TOOL_FAILED.match(str(error))
    if failed is None:
        return RunError("sdk-refused", f"the SDK refused the run: {error}", exit=2)
    cause = error.__cause__
    text = f"{type(cause).__name__}: {cause}" if cause is not None else failed["text"] or ""
    message = f"the tool '{failed['name']}' failed: {text}".rstrip(": ")
    return RunError("tool-failed", message, exit=TOOL, hint=_MAY_FAIL)


def _after_fallbacks(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    """Tell the last failure in full, and which models failed before or could not be asked."""
    tried: tuple[tuple[ModelSpec, Exception], ...] = getattr(error, "tried", ())
    asked = [(model, cause) for model, cause in tried if not isinstance(cause, SpecError)]
    last, cause = asked[-1]
    failed = describe(cause, spec, replace(agent, model=last))
    others = [
        f"{model.model} ({why(other, spec, agent.name, model)[1]})"
        for model, other in tried
        if other is not cause
    ]
    message = f"{failed.message}; so did {', '.join(others)}"
    return RunError(failed.code, message, exit=failed.exit, hint=failed.hint)


_Explain = Callable[[BaseException, Spec, AgentSpec], RunError]
_Kinds = type[BaseException] | tuple[type[BaseException], ...]

# The first row that fits explains; LiteLLM's errors are subclasses of OpenAI's.
_EXPLANATIONS: tuple[tuple[_Kinds, _Explain], ...] = (
    (FallbackError, _after_fallbacks),
    (ReplyError, _bad_reply),
    (sdk.MaxTurnsExceeded, _max_turns),
    (sdk.ToolTimeoutError, _tool_timeout),
    (sdk.ModelTimeoutError, _timed_out),
    (sdk.ModelRefusalError, _refusal),
    (
        (
            sdk.InputGuardrailTripwireTriggered,
            sdk.OutputGuardrailTripwireTriggered,
            sdk.ToolInputGuardrailTripwireTriggered,
            sdk.ToolOutputGuardrailTripwireTriggered,
        ),
        _tripped,
    ),
    (sdk.UserError, _user_error),
    (sdk.AgentsException, _behaviour),
    ((openai.AuthenticationError, openai.PermissionDeniedError), _refused_key),
    (openai.NotFoundError, _not_found),
    (openai.RateLimitError, _rate_limited),
    ((openai.BadRequestError, openai.UnprocessableEntityError), _bad_request),
    (openai.APITimeoutError, _timed_out),
    (openai.OpenAIError, _server_error),
)
