"""Model settings that are well-formed and still do not do what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yamlagents.spec.code import coderefs
from yamlagents.spec.models.backends import DROPPED, DROPPED_REASONING, KNOWN_ARGS, TAKEN, WORDS
from yamlagents.spec.models.references import line, model_of_agent
from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.text.document import Document, Keys
from yamlagents.spec.variables import Unset

# Maps that go out as they are, so that their keys are anyone's.
FREE = ("extra_headers", "extra_body", "extra_args", "extra_query", "metadata")
# Retries below those of `retry`: each of its attempts would be so many.
RETRY_ARGS = ("max_retries", "num_retries")

_REASONING = ("reasoning_effort", "thinking")
# Settings without one of these work wherever they go.
_CONCERNED = frozenset(
    (
        *("extra_args", "extra_body", "extra_query", "metadata", "reasoning"),
        *(key for dropped in DROPPED.values() for key in dropped),
    )
)


@dataclass(frozen=True)
class _Settings:
    """Model settings that are written at `keys`, and what they may go to."""

    document: Document
    keys: Keys
    data: Mapping[str, Any]
    backends: frozenset[str]

    def part(self, key: str) -> Mapping[str, Any]:
        part = self.data.get(key)
        return part if isinstance(part, dict) else {}

    def place(self, *keys: str) -> Place:
        return self.document.key_place(*self.keys, *keys)


def settings_problems(scope: Scope) -> Iterator[Problem]:
    """Give what cannot be sent (errors) and what is not, or does harm (warnings), of settings."""
    for document in scope.documents:
        for keys, data in all_settings(document):
            retry = Field(document, (*keys, "retry"), data.get("retry"))
            yield from coderefs.code_problems(retry, coderefs.RETRY, scope)
            if _CONCERNED.isdisjoint(data):
                continue
            settings = _Settings(document, keys, data, _backends(document, keys, scope))
            yield from _arguments(settings)
            yield from _dropped(settings)
            if "litellm" in settings.backends:
                yield from _two_retries(settings)
                yield from _metadata(settings, scope)
                yield from _risky(settings)


def _backends(document: Document, keys: Keys, scope: Scope) -> frozenset[str]:
    """Give what the settings at `keys` may go to; LiteLLM where no model is known yet."""
    section, name = keys[0], str(keys[1])
    if section == "models":
        own = document.get(*keys[:2])
        given = None if "use" in own else own.get("provider", "litellm")
        return frozenset({given} & WORDS.keys()) if isinstance(given, str) else frozenset()
    agents = [name] if section == "agents" else [*scope.agents]
    found = [_of_agent(agent, scope) for agent in agents]
    return frozenset().union(*found) if found else frozenset({"litellm"})


def _of_agent(name: str, scope: Scope) -> frozenset[str]:
    model = model_of_agent(scope.agent(name), scope)
    if model is None or isinstance(model.value, Unset):
        return frozenset({"litellm"})
    backends = (reference.backend(scope) for reference in line(model, scope))
    return frozenset(backend for backend in backends if backend is not None)


def all_settings(document: Document) -> Iterator[tuple[Keys, Mapping[str, Any]]]:
    """Give the model settings of all models and agents, and of runs, with their keys."""
    of_runs = document.mapping("run").get("model_settings")
    if isinstance(of_runs, dict):
        yield ("run", "model_settings"), of_runs
    for section, key in (("models", "settings"), ("agents", "model_settings")):
        for name, owner in document.mapping(section).items():
            settings = owner.get(key) if isinstance(owner, dict) else None
            if isinstance(settings, dict):
                yield (section, name, key), settings


def _arguments(settings: _Settings) -> Iterator[Problem]:
    """Tell of arguments that a setting gives already, or that nothing takes."""
    for key in settings.part("extra_args"):
        for backend in sorted(settings.backends):
            place = settings.place("extra_args", key)
            owner = TAKEN[backend].get(key)
            if owner is not None:
                message = f"'{key}' may not be given in extra_args: {owner} sets it"
                yield settings.document.problem(place, "extra-args-collision", message)
                break
            if key not in KNOWN_ARGS.get(backend, (key,)):
                message = f"'{key}' is not an argument of {WORDS[backend]}"
                hint = f"write extra_body: {{{key}: ...}} if the provider knows it"
                yield settings.document.problem(place, "unknown-key", message, hint=hint)
                break


def _two_retries(settings: _Settings) -> Iterator[Problem]:
    for key in settings.part("extra_args") if settings.data.get("retry") is not None else ():
        if key in RETRY_ARGS:
            place = settings.place("extra_args", key)
            message = f"'retry' and '{key}' of extra_args exclude each other: they would multiply"
            yield settings.document.problem(
                place, "conflicting-keys", message, hint="keep one of them"
            )


def _dropped(settings: _Settings) -> Iterator[Problem]:
    for backend in sorted(settings.backends):
        for key, value in settings.data.items():
            if key in DROPPED[backend] and value is not None:
                message = f"'{key}' has no effect with {WORDS[backend]}"
                yield _unsent(settings, (key,), message, DROPPED[backend][key])
        for key, value in settings.part("reasoning").items():
            if key in DROPPED_REASONING[backend] and value is not None:
                message = f"'reasoning.{key}' has no effect with {WORDS[backend]}"
                hint = "only reasoning.effort is sent; remove it"
                yield _unsent(settings, ("reasoning", key), message, hint)


def _metadata(settings: _Settings, scope: Scope) -> Iterator[Problem]:
    """Tell of metadata unless it may be all that Anthropic takes."""
    names = set(settings.part("metadata"))
    providers = _providers(settings, scope)
    if names and (names != {"user_id"} or not providers <= {"anthropic"}):
        message = "'metadata' reaches no provider; only Anthropic gets its user_id"
        hint = "write extra_body: {metadata: ...}, or keep it in the agent's own metadata"
        yield _unsent(settings, ("metadata",), message, hint)


def _providers(settings: _Settings, scope: Scope) -> set[str]:
    """Give the providers of a model, or of an agent's, as far as the files say them."""
    if settings.keys[0] == "models":
        own = settings.document.get(*settings.keys[:2], "model")
        text = own if isinstance(own, str) and "/" in own else ""
        return {text.removeprefix("litellm/").partition("/")[0]} - {""}
    agents = [str(settings.keys[1])] if settings.keys[0] == "agents" else [*scope.agents]
    fields = (model_of_agent(scope.agent(agent), scope) for agent in agents)
    labels = (label for field in fields if field is not None for label in _labels(field, scope))
    return {label.partition("/")[0] for label in labels}


def _labels(field: Field, scope: Scope) -> list[str]:
    references = line(field, scope)
    labels = [one.label(scope) for one in references if one.backend(scope) == "litellm"]
    return [label.removeprefix("litellm/") for label in labels if "/" in label]


def _unsent(settings: _Settings, keys: tuple[str, ...], message: str, hint: str) -> Problem:
    return settings.document.problem(
        settings.place(*keys), "dropped-setting", message, hint=hint, severity="warning"
    )


def _risky(settings: _Settings) -> Iterator[Problem]:
    if settings.data.get("extra_query") is not None:
        message = "'extra_query' lands in the request's body, not in its address"
        yield _risk(settings, ("extra_query",), message, "put the query into base_url")
    for part in ("extra_body", "extra_args"):
        for key in _REASONING:
            if key in settings.part(part):
                message = f"'{key}' in {part} breaks runs with tools on Claude"
                hint = "write reasoning: {effort: ...}, which also replays the thinking"
                yield _risk(settings, (part, key), message, hint)


def _risk(settings: _Settings, keys: tuple[str, ...], message: str, hint: str) -> Problem:
    return settings.document.problem(
        settings.place(*keys), "risky-setting", message, hint=hint, severity="warning"
    )
