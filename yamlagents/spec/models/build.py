"""From checked documents to the models that they name."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, TypeGuard

from yamlagents.spec.code import coderefs
from yamlagents.spec.models.access import missing
from yamlagents.spec.models.records import DEFAULT_FALLBACK_ON, Fallback, ModelSpec, ProviderSpec
from yamlagents.spec.models.references import Reference, line
from yamlagents.spec.models.settings import FREE
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.variables import Unset


def model_of(field: Field, scope: Scope) -> ModelSpec:
    """Give the model of a LiteLLM string, or of a name under `models`, with its fallbacks."""
    first, *others = line(field, scope) if known(field) else [Reference(field)]
    stand_ins = [
        Fallback(_one(other, scope), tuple(other.causes or DEFAULT_FALLBACK_ON)) for other in others
    ]
    return _one(first, scope, tuple(stand_ins))


def _one(reference: Reference, scope: Scope, fallbacks: tuple[Fallback, ...] = ()) -> ModelSpec:
    declared = reference.declared(scope)
    root = scope.project.root
    if declared is None:
        model = reference.field.value.removeprefix("litellm/")
        handler = _handler(model, scope)
        return ModelSpec(model, reference.field.place, handler=handler, root=root)
    data: dict[str, Any] = declared.value
    maker = coderefs.code_of(declared, scope) if "use" in data else None
    model = data["model"] if "model" in data else data["use"]
    model = model.removeprefix("litellm/")
    return ModelSpec(
        model=model,
        place=declared.document.place(*declared.keys, "model" if "model" in data else "use"),
        name=reference.field.value,
        api_key=data.get("api_key"),
        base_url=data.get("base_url"),
        settings=settings(data.get("settings"), declared.part("settings"), scope),
        missing=missing(declared.document, "models", reference.field.value),
        backend=data.get("provider", "litellm"),
        code=maker,
        handler=_handler(model, scope) if maker is None else None,
        pricing=mapping(data.get("pricing")) or None,
        fallbacks=fallbacks,
        root=root,
    )


def providers_of(scope: Scope) -> MappingProxyType[str, ProviderSpec]:
    """Give the LiteLLM providers that the files declare, by name."""
    return mapping({name: _provider(name, field, scope) for name, field in scope.providers.items()})


def _handler(model: str, scope: Scope) -> ProviderSpec | None:
    """Give the file's own provider that answers for a LiteLLM string, if there is one."""
    name = model.partition("/")[0]
    field = scope.providers.get(name)
    return _provider(name, field, scope) if field is not None else None


def _provider(name: str, field: Field, scope: Scope) -> ProviderSpec:
    obstacles = missing(field.document, "providers", name).values()
    return ProviderSpec(name, coderefs.code_of(field, scope), tuple(obstacles))


def settings(value: object, field: Field | None, scope: Scope) -> MappingProxyType[str, Any]:
    """Give model settings without the file's own `x-*` keys; `field` is where they are written."""
    data = mapping(_without_notes(value))
    policy = field.part("retry").part("policy") if field is not None else None
    if policy is None or not coderefs.names_code(policy):
        return data
    return mapping({**data, "retry": {**data["retry"], "policy": coderefs.code_of(policy, scope)}})


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
