"""Which models a reference leads to: the one it names, and the fallbacks that stand in for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yamlagents.spec.models.backends import OPENAI_BACKENDS
from yamlagents.spec.problem import Problem
from yamlagents.spec.scope import Field, Scope


@dataclass(frozen=True)
class Reference:
    """A model that is named: the text that names it, and for a fallback the causes it gives."""

    field: Field
    causes: Any = None
    is_fallback: bool = False

    def declared(self, scope: Scope) -> Field | None:
        """Give the model under `models` that is meant; None for a LiteLLM string."""
        name = self.field.text
        return scope.models.get(name) if name is not None and "/" not in name else None

    def label(self, scope: Scope) -> str:
        """Give the model's own string, or the name that it goes by."""
        found = self.declared(scope)
        text = found.part("model").text if found is not None else None
        return text if text is not None else str(self.field.value)

    def backend(self, scope: Scope) -> str | None:
        """Give what speaks to the provider; None where code does, or nobody can know."""
        found = self.declared(scope)
        if found is None:
            return "litellm" if "/" in (self.field.text or "") else None
        if not isinstance(found.value, dict) or "use" in found.value:
            return None
        given = found.value.get("provider", "litellm")
        return given if given in ("litellm", *OPENAI_BACKENDS) else None


def line(field: Field, scope: Scope) -> Iterator[Reference]:
    """Give the model that `field` names and all that stand in for it, in order, each once."""
    waiting = [Reference(field)]
    seen: set[str] = set()
    while waiting:
        reference = waiting.pop()
        text = reference.field.text
        if text is None or text in seen:
            continue
        seen.add(text)
        yield reference
        found = reference.declared(scope)
        if found is not None:
            waiting += reversed([*fallbacks(found)])


def fallbacks(model: Field) -> Iterator[Reference]:
    """Give what a model under `models` lists as its fallbacks."""
    for item in model.part("fallbacks").items():
        if isinstance(item.value, dict):
            yield Reference(item.part("model"), item.value.get("on"), is_fallback=True)
        else:
            yield Reference(item, is_fallback=True)


def model_of_agent(fields: dict[str, Field], scope: Scope) -> Field | None:
    """Give what names the model of the agent that has `fields`."""
    return fields.get("model") or scope.setting("run", "model")


def circle_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each circle of fallbacks."""
    circled: set[str] = set()
    for name in scope.models:
        way = _circle(name, scope) if name not in circled else None
        if way is None:
            continue
        members = [reference.field.value for reference in way]
        circled.update(members)
        message = f"falls back in a circle: {' -> '.join([name, *members])}"
        yield way[0].field.problem("fallback-cycle", message, "remove one of them")


def _circle(name: str, scope: Scope) -> list[Reference] | None:
    """Give the way along fallbacks that leads from a model back to it."""
    ways: list[list[Reference]] = [[reference] for reference in fallbacks(scope.models[name])]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        found = way[-1].declared(scope)
        if found is None:
            continue
        reached = way[-1].field.value
        if reached == name:
            return way
        if reached not in seen:
            seen.add(reached)
            ways += [[*way, reference] for reference in fallbacks(found)]
    return None
