"""From checked documents to the frozen spec. Whatever was wrong has been told before."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

from yamlagents.spec import entrypoints
from yamlagents.spec.casebuild import cases_of
from yamlagents.spec.modelbuild import known, mapping, model_of, settings
from yamlagents.spec.problem import Problem
from yamlagents.spec.records import (
    AgentSpec,
    HandoffSpec,
    ModelSpec,
    RunSpec,
    SmokeRule,
    Spec,
    ToolSpec,
)
from yamlagents.spec.references import display_name
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.variables import Unset


def build(path: Path, scope: Scope, problems: tuple[Problem, ...]) -> Spec:
    """Make the spec of the file at `path` from a scope that has no errors."""
    agents = {name: _agent(name, scope) for name in scope.agents}
    entry = scope.setting("entry")
    return Spec(
        file=path,
        root=scope.project.root,
        agents=MappingProxyType(agents),
        entry=entry.value if known(entry) else next(iter(agents)),
        run=_run(scope),
        tests=cases_of(scope),
        problems=problems,
    )


def _run(scope: Scope) -> RunSpec:
    for document in scope.documents:
        run = document.mapping("run")
        if "max_turns" in run and not isinstance(run["max_turns"], Unset):
            return RunSpec(max_turns=run["max_turns"])
    return RunSpec()


def _agent(name: str, scope: Scope) -> AgentSpec:
    fields = scope.agent(name)
    values = {key: field.value for key, field in fields.items()}
    model = fields.get("model") or scope.setting("run", "model")
    place = scope.agents[name].key_place
    return AgentSpec(
        key=name,
        name=display_name(name, scope),
        # Without one, it is that of an agent, or in a file, which an unset variable names.
        model=model_of(model, scope) if model is not None else ModelSpec("", place),
        place=place,
        instructions=_instructions(fields),
        handoff_description=values.get("handoff_description"),
        model_settings=settings(values.get("model_settings")),
        tools=tuple(_tool(item, scope) for item in _items(fields, "tools")),
        handoffs=tuple(HandoffSpec(item.value, item.place) for item in _items(fields, "handoffs")),
        metadata=mapping(values.get("metadata")),
    )


def _items(fields: dict[str, Field], key: str) -> list[Field]:
    items = fields[key].items() if key in fields else ()
    return [item for item in items if known(item) and not isinstance(_function(item), Unset)]


def _function(item: Field) -> object:
    return item.value.get("function") if isinstance(item.value, dict) else item.value


def _instructions(fields: dict[str, Field]) -> str | None:
    prompt = fields.get("instructions_file")
    if known(prompt):
        path = (prompt.document.folder / str(prompt.value)).resolve()
        return path.read_text(encoding="utf-8-sig").removesuffix("\n")
    return str(fields["instructions"].value) if "instructions" in fields else None


def _tool(item: Field, scope: Scope) -> ToolSpec:
    data = item.value if isinstance(item.value, dict) else {"function": item.value}
    keys = (*item.keys, "function") if isinstance(item.value, dict) else item.keys
    point = entrypoints.resolve(
        data["function"], item.document.place(*keys), item.document.folder, scope.project
    ).entry_point
    options = {
        key: value for key, value in data.items() if key not in _OURS and not key.startswith("x-")
    }
    return ToolSpec(point, MappingProxyType(options), item.place, _smoke(data.get("smoke")))


# Keys of a tool that are not options of the SDK's function_tool.
_OURS = ("function", "smoke")


def _smoke(rule: Any) -> SmokeRule | None:
    if not rule:
        return None
    ((mode, reason),) = rule.items()
    return SmokeRule(mode, reason)
