"""From checked fields to a workflow as frozen data."""

from __future__ import annotations

from typing import Any

from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.workflow.records import Condition, Reference, Step, Told

KINDS = ("agent", "sequence", "parallel", "loop")


def workflow_of(scope: Scope) -> Step | None:
    """Give the workflow of the nearest file that has one."""
    field = scope.setting("workflow")
    return _step(field) if field is not None else None


def reference(text: str) -> Reference:
    """Part `plan.searches` into a step's name and a path."""
    for end, letter in enumerate(text):
        if letter in ".[":
            return Reference(text[:end], text[end:].removeprefix("."))
    return Reference(text)


def _step(field: Field) -> Step:
    data: dict[str, Any] = field.value
    kind: Any = next(kind for kind in KINDS if kind in data)
    return Step(
        kind=kind,
        place=field.place,
        name=data.get("name", data.get("agent")),
        agent=data.get("agent"),
        steps=tuple(_step(item) for item in field.part(kind).items()),
        told=_told(data.get("input")),
        conversation=data.get("conversation"),
        each=reference(data["each"]) if "each" in data else None,
        when=_conditions(data.get("when")),
        until=_conditions(data.get("until")),
        max_rounds=data.get("max_rounds", 10),
        output=reference(data["output"]) if "output" in data else None,
    )


def _told(value: Any) -> tuple[Told, ...]:
    if isinstance(value, str):
        return (Told(reference(value)),)
    if isinstance(value, dict):
        return tuple(Told(reference(text), heading) for heading, text in value.items())
    return tuple(Told(reference(text)) for text in value or ())


def _conditions(value: Any) -> tuple[Condition, ...]:
    items = [value] if isinstance(value, dict) else value or ()
    return tuple(Condition(item.get("step"), item.get("field"), item["equals"]) for item in items)
