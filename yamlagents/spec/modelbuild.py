"""From checked documents to the models that they name."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, TypeGuard

from yamlagents.spec.access import missing
from yamlagents.spec.modelspec import ModelSpec
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.settings import FREE
from yamlagents.spec.variables import Unset


def model_of(field: Field, scope: Scope) -> ModelSpec:
    """Give the model of a LiteLLM string, or of a name under `models`."""
    if "/" in field.value or not known(field):
        return ModelSpec(field.value.removeprefix("litellm/"), field.place)
    declared = scope.models[field.value]
    data: dict[str, Any] = declared.value
    return ModelSpec(
        model=data["model"].removeprefix("litellm/"),
        place=declared.document.place(*declared.keys, "model"),
        name=field.value,
        api_key=data.get("api_key"),
        base_url=data.get("base_url"),
        settings=settings(data.get("settings")),
        missing=missing(declared.document, field.value),
    )


def settings(value: object) -> MappingProxyType[str, Any]:
    """Give model settings without the file's own `x-*` keys."""
    return mapping(_without_notes(value))


def _without_notes(value: object) -> object:
    """Take the file's own `x-*` keys out, but not those of maps that are sent as they are."""
    if isinstance(value, dict):
        return {
            key: below if key in FREE else _without_notes(below)
            for key, below in value.items()
            if not key.startswith("x-")
        }
    return [_without_notes(item) for item in value] if isinstance(value, list) else value


def mapping(value: object) -> MappingProxyType[str, Any]:
    """Give a mapping that nothing changes; an empty one for anything else."""
    return MappingProxyType(value if isinstance(value, dict) else {})


def known(field: Field | None) -> TypeGuard[Field]:
    """Tell whether there is a value, which a check without its variables may not have."""
    return field is not None and not isinstance(field.value, Unset)
