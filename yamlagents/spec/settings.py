"""Model settings that are well-formed and still do not do what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yamlagents.spec.document import Document, Keys
from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.variables import Unset

# Arguments that the SDK itself gives to LiteLLM: a second one under extra_args is a TypeError
# there, at the first request. Each with the key that sets it.
COLLISIONS = {
    "messages": "the run's input",
    "model": "'model'",
    "tools": "'tools'",
    "response_format": "the agent's output",
    "stream": "--stream or --no-stream",
    "stream_options": "'include_usage'",
    "api_key": "'api_key' under models",
    "base_url": "'base_url' under models",
    "top_logprobs": "'top_logprobs'",
    "temperature": "'temperature'",
    "top_p": "'top_p'",
    "frequency_penalty": "'frequency_penalty'",
    "presence_penalty": "'presence_penalty'",
    "max_tokens": "'max_tokens'",
    "tool_choice": "'tool_choice'",
    "parallel_tool_calls": "'parallel_tool_calls'",
    "extra_headers": "'extra_headers'",
}
# These it would take from extra_args in place of the setting, which would be gone without a word.
REPLACED = {
    "metadata": "'metadata'",
    "extra_body": "'extra_body'",
    "extra_query": "'extra_query'",
}
# Maps that go out as they are, so that their keys are anyone's.
FREE = ("extra_headers", "extra_body", "extra_args", "extra_query", "metadata")
# Retries below those of `retry`: each of its attempts would be so many.
RETRY_ARGS = ("max_retries", "num_retries")

# What the SDK's LiteLLM model leaves out of the request without a word, and what to write instead.
DROPPED = {
    "truncation": "LiteLLM models have no truncation; remove it",
    "verbosity": "write extra_body: {verbosity: ...}",
    "store": "write extra_body: {store: ...}",
    "prompt_cache_retention": "write extra_body: {prompt_cache_retention: ...}",
    "response_include": "it belongs to OpenAI's Responses API; remove it",
    "context_management": "it belongs to OpenAI's Responses API; remove it",
    "prompt_cache_options": "write extra_args: {cache_control_injection_points: [...]}",
    "preserve_raw_usage": "LiteLLM models give no raw usage; remove it",
}

_DROPPED_REASONING = ("summary", "generate_summary", "context", "mode")

_REASONING = ("reasoning_effort", "thinking")


def settings_problems(document: Document) -> Iterator[Problem]:
    """Give what cannot be sent (errors) and what is not, or does harm (warnings), of settings."""
    for keys, settings in all_settings(document):
        yield from _collisions(document, keys, settings)
        yield from _two_retries(document, keys, settings)
        yield from _dropped(document, keys, settings)
        yield from _metadata(document, keys, settings)
        yield from _risky(document, keys, settings)


def all_settings(document: Document) -> Iterator[tuple[Keys, Mapping[str, Any]]]:
    """Give the model settings of all models and agents, with their keys."""
    for section, key in (("models", "settings"), ("agents", "model_settings")):
        for name, owner in document.mapping(section).items():
            settings = owner.get(key) if isinstance(owner, dict) else None
            if isinstance(settings, dict):
                yield (section, name, key), settings


def _part(settings: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = settings.get(key)
    return part if isinstance(part, dict) else {}


def _collisions(document: Document, keys: Keys, settings: Mapping[str, Any]) -> Iterator[Problem]:
    for key in _part(settings, "extra_args"):
        owner = COLLISIONS.get(key) or REPLACED.get(key)
        if owner is not None:
            place = document.key_place(*keys, "extra_args", key)
            message = f"'{key}' may not be given in extra_args: {owner} sets it"
            yield document.problem(place, "extra-args-collision", message)


def _two_retries(document: Document, keys: Keys, settings: Mapping[str, Any]) -> Iterator[Problem]:
    for key in _part(settings, "extra_args") if settings.get("retry") is not None else ():
        if key in RETRY_ARGS:
            place = document.key_place(*keys, "extra_args", key)
            message = f"'retry' and '{key}' of extra_args exclude each other: they would multiply"
            yield document.problem(place, "conflicting-keys", message, hint="keep one of them")


def _dropped(document: Document, keys: Keys, settings: Mapping[str, Any]) -> Iterator[Problem]:
    for key, value in settings.items():
        if key in DROPPED and value is not None:
            place = document.key_place(*keys, key)
            yield _unsent(document, place, f"'{key}' has no effect with LiteLLM", DROPPED[key])
    for key, value in _part(settings, "reasoning").items():
        if key in _DROPPED_REASONING and value is not None:
            place = document.key_place(*keys, "reasoning", key)
            message = f"'reasoning.{key}' has no effect with LiteLLM"
            yield _unsent(document, place, message, "only reasoning.effort is sent; remove it")


def _metadata(document: Document, keys: Keys, settings: Mapping[str, Any]) -> Iterator[Problem]:
    """Tell of metadata unless it may be all that Anthropic takes."""
    names = set(_part(settings, "metadata"))
    provider = _provider(document, keys[:-1])
    if names and (names != {"user_id"} or provider not in (None, "anthropic")):
        place = document.key_place(*keys, "metadata")
        message = "'metadata' reaches no provider; only Anthropic gets its user_id"
        hint = "write extra_body: {metadata: ...}, or keep it in the agent's own metadata"
        yield _unsent(document, place, message, hint)


def _provider(document: Document, owner: Keys) -> str | None:
    """Give the provider of a model, or of an agent's, as far as this file says it."""
    model = document.get(*owner, "model") or document.get("run", "model")
    if isinstance(model, str) and "/" not in model:
        model = document.get("models", model, "model")
    if not isinstance(model, str) or isinstance(model, Unset):
        return None
    return model.removeprefix("litellm/").partition("/")[0]


def _unsent(document: Document, place: Place, message: str, hint: str) -> Problem:
    return document.problem(place, "dropped-setting", message, hint=hint, severity="warning")


def _risky(document: Document, keys: Keys, settings: Mapping[str, Any]) -> Iterator[Problem]:
    if settings.get("extra_query") is not None:
        message = "'extra_query' lands in the request's body, not in its address"
        hint = "put the query into base_url"
        place = document.key_place(*keys, "extra_query")
        yield document.problem(place, "risky-setting", message, hint=hint, severity="warning")
    for part in ("extra_body", "extra_args"):
        for key in _REASONING:
            if key in _part(settings, part):
                message = f"'{key}' in {part} breaks runs with tools on Claude"
                hint = "write reasoning: {effort: ...}, which also replays the thinking"
                place = document.key_place(*keys, part, key)
                yield document.problem(
                    place, "risky-setting", message, hint=hint, severity="warning"
                )
