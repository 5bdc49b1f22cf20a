"""From checked documents to the frozen spec. Whatever was wrong has been told before."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

from yamlagents.spec import entrypoints
from yamlagents.spec.problem import Problem
from yamlagents.spec.records import (
    AgentSpec,
    HandoffSpec,
    ModelSpec,
    RunSpec,
    Spec,
    ToolSpec,
)
from yamlagents.spec.references import display_name
from yamlagents.spec.scope import Field, Scope


def build(path: Path, scope: Scope, problems: tuple[Problem, ...]) -> Spec:
    """Make the spec of the file at `path` from a scope that has no errors."""
    agents = {name: _agent(name, scope) for name in scope.agents}
    entry = scope.setting("entry")
    return Spec(
        file=path,
        root=scope.project.root,
        agents=MappingProxyType(agents),
        entry=str(entry.value) if entry is not None else next(iter(agents)),
        run=_run(scope),
        problems=problems,
    )


def _run(scope: Scope) -> RunSpec:
    for document in scope.documents:
        run = document.mapping("run")
        if "max_turns" in run:
            return RunSpec(max_turns=run["max_turns"])
    return RunSpec()


def _agent(name: str, scope: Scope) -> AgentSpec:
    fields = scope.agent(name)
    values = {key: field.value for key, field in fields.items()}
    model = fields.get("model") or scope.setting("run", "model")
    assert model is not None, "an agent without a model is a problem told before"
    return AgentSpec(
        key=name,
        name=display_name(name, scope),
        model=_model(model, scope),
        place=scope.agents[name].key_place,
        instructions=_instructions(fields),
        handoff_description=values.get("handoff_description"),
        model_settings=MappingProxyType(values.get("model_settings") or {}),
        tools=tuple(_tool(item, scope) for item in _items(fields, "tools")),
        handoffs=tuple(HandoffSpec(item.value, item.place) for item in _items(fields, "handoffs")),
        metadata=MappingProxyType(values.get("metadata") or {}),
    )


def _items(fields: dict[str, Field], key: str) -> list[Field]:
    return list(fields[key].items()) if key in fields else []


def _instructions(fields: dict[str, Field]) -> str | None:
    prompt = fields.get("instructions_file")
    if prompt is not None:
        text = (prompt.document.folder / prompt.value).resolve().read_text(encoding="utf-8")
        return text.removesuffix("\n")
    field = fields.get("instructions")
    return None if field is None else field.value


def _model(field: Field, scope: Scope) -> ModelSpec:
    if "/" in field.value:
        return ModelSpec(field.value.removeprefix("litellm/"), field.place)
    declared = scope.models[field.value]
    data: dict[str, Any] = declared.value
    return ModelSpec(
        model=data["model"].removeprefix("litellm/"),
        place=declared.document.place(*declared.keys, "model"),
        name=field.value,
        api_key=data.get("api_key"),
        base_url=data.get("base_url"),
        settings=MappingProxyType(data.get("settings") or {}),
    )


def _tool(item: Field, scope: Scope) -> ToolSpec:
    data = item.value if isinstance(item.value, dict) else {"function": item.value}
    keys = (*item.keys, "function") if isinstance(item.value, dict) else item.keys
    point = entrypoints.resolve(
        data["function"], item.document.place(*keys), item.document.folder, scope.project
    ).entry_point
    options = {
        key: value
        for key, value in data.items()
        if key != "function" and not key.startswith("x-")
    }
    return ToolSpec(point, MappingProxyType(options), item.place)
