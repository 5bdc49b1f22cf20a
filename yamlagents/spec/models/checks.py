"""Models and providers that a file declares or names: they exist, and can be what they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yamlagents.spec.code.coderefs import code_problem
from yamlagents.spec.models.backends import OPENAI_BACKENDS
from yamlagents.spec.models.providers import KNOWN, OFFLINE, OFFLINE_POLICIES
from yamlagents.spec.models.references import circle_problems, fallbacks
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.scope import Field, Scope

# What says how a provider is reached, which code that makes a model knows by itself.
_OF_ACCESS = ("provider", "api_key", "base_url")


def declared_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each thing that is wrong with the models and providers of the files."""
    for name, field in scope.providers.items():
        yield from _provider(name, field, scope)
    for field in scope.models.values():
        yield from _model(field, scope)
    if scope.complete:
        yield from circle_problems(scope)


def model_problems(field: Field, scope: Scope) -> Iterator[Problem]:
    """Give a problem where `field` is neither a LiteLLM string nor a name under `models`."""
    text = field.text
    if text is None:
        return
    if "/" in text:
        yield from _model_string(field, scope)
    elif text not in scope.models and scope.complete:
        near = suggestion(text, scope.models)
        said = shortened(text)
        hint = None if near else f"a LiteLLM model names its provider first, like openai/{said}"
        message = f"there is no model '{said}' under models{near}"
        yield field.problem("unknown-model", message, hint)


def _provider(name: str, field: Field, scope: Scope) -> Iterator[Problem]:
    if name in KNOWN:
        message = f"'{name}' is a provider that there is already"
        hint = "give yours another name; models are then NAME/MODEL"
        place = field.key_place
        yield field.document.problem(place, "duplicate-name", message, hint=hint)
    yield from code_problem(field, scope)


def _model(field: Field, scope: Scope) -> Iterator[Problem]:
    if not isinstance(field.value, dict):
        return
    if "use" in field.value:
        yield from code_problem(field, scope)
        for key in _OF_ACCESS:
            if key in field.value:
                message = f"'{key}' does nothing for a model that code makes"
                place = field.part(key).key_place
                hint = f"give it to the code: with: {{{key}: ...}}"
                yield field.document.problem(place, "conflicting-keys", message, hint=hint)
    elif field.value.get("provider") in OPENAI_BACKENDS:
        yield from _openai(field)
    else:
        yield from _model_string(field.part("model"), scope)
    for reference in fallbacks(field):
        yield from model_problems(reference.field, scope)


def _openai(field: Field) -> Iterator[Problem]:
    model = field.part("model")
    text = model.text
    if text is None or "/" not in text:
        return
    provider, _, name = text.removeprefix("litellm/").partition("/")
    if provider != "openai":
        message = f"'provider: {field.value['provider']}' speaks OpenAI's API"
        said = f"{message}, and '{shortened(text)}' names another provider"
        hint = f"write openai/{shortened(name)}, and base_url for a server that is not OpenAI's"
        yield model.problem("conflicting-keys", said, hint)


def _model_string(field: Field, scope: Scope) -> Iterator[Problem]:
    text = field.text
    if text is None or "/" not in text:
        return
    provider, _, rest = text.removeprefix("litellm/").partition("/")
    if provider == OFFLINE and rest not in OFFLINE_POLICIES:
        choices = ", ".join(f"{OFFLINE}/{policy}" for policy in OFFLINE_POLICIES)
        message = f"there is no offline model '{shortened(text)}'"
        yield field.problem("unknown-model", message, f"the offline models are {choices}")
    elif provider not in KNOWN and provider not in scope.providers:
        near = suggestion(provider, _known(scope))
        if near:
            message = f"'{shortened(provider)}' is no provider that is known here{near}"
            place = field.place
            yield field.document.problem(place, "unknown-provider", message, severity="warning")


def _known(scope: Scope) -> Iterable[str]:
    return (*scope.providers, *KNOWN)
