"""Model settings that are well-formed and still do not do what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yamlagents.spec.document import Document, Keys
from yamlagents.spec.problem import Problem, suggestion

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
    "extra_query": "it would land in the request's body; put the query into base_url",
}

_DROPPED_REASONING = ("summary", "generate_summary", "context", "mode")

_REASONING = ("reasoning_effort", "thinking")


def settings_problems(document: Document) -> Iterator[Problem]:
    """Give collisions (errors) and settings without effect (warnings) of all model settings."""
    for keys, settings in all_settings(document):
        yield from _collisions(document, keys, settings)
        yield from _dropped(document, keys, settings)
        yield from _reasoning(document, keys, settings)


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
        if key in COLLISIONS:
            place = document.key_place(*keys, "extra_args", key)
            message = f"'{key}' may not be given in extra_args: {COLLISIONS[key]} sets it"
            yield document.problem(place, "extra-args-collision", message)


def _dropped(document: Document, keys: Keys, settings: Mapping[str, Any]) -> Iterator[Problem]:
    for key, value in settings.items():
        if key in DROPPED and value is not None:
            message = f"'{key}' has no effect with LiteLLM"
            yield _warn(document, (*keys, key), message, DROPPED[key])
    for key, value in _part(settings, "reasoning").items():
        if key in _DROPPED_REASONING and value is not None:
            message = f"'reasoning.{key}' has no effect with LiteLLM"
            instead = "only reasoning.effort is sent; remove it"
            yield _warn(document, (*keys, "reasoning", key), message, instead)


def _reasoning(document: Document, keys: Keys, settings: Mapping[str, Any]) -> Iterator[Problem]:
    for part in ("extra_body", "extra_args"):
        for key in _REASONING:
            if key in _part(settings, part):
                message = f"'{key}' in {part} breaks runs with tools on Claude"
                yield _warn(
                    document,
                    (*keys, part, key),
                    message,
                    "write reasoning: {effort: ...}, which also replays the thinking",
                )


def _warn(document: Document, keys: Keys, message: str, hint: str) -> Problem:
    place = document.key_place(*keys)
    return document.problem(place, "dropped-setting", message, hint=hint, severity="warning")


def tool_choice_problem(
    document: Document, keys: Keys, choice: object, tools: list[str]
) -> Problem | None:
    """Give a problem where `tool_choice` names no tool or handoff of its agent."""
    if not isinstance(choice, str) or choice in ("auto", "required", "none", *tools):
        return None
    near = suggestion(choice, [*tools, "auto", "required", "none"])
    message = f"this agent has no tool '{choice}'{near}"
    return document.problem(document.place(*keys), "unknown-tool", message)
