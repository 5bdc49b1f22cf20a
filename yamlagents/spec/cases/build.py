"""From checked documents to test cases. Whatever was wrong has been told before."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from yamlagents.spec.approvals.patterns import pattern
from yamlagents.spec.attachments import attachments_of
from yamlagents.spec.cases.kinds import OPTIONS
from yamlagents.spec.cases.records import CallPattern, CaseSpec, Expectation, ScriptCall, ScriptStep
from yamlagents.spec.cases.shape import cases, children, kinds, one_or_more
from yamlagents.spec.code import entrypoints
from yamlagents.spec.models.build import mapping, model_of
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.variables import Unset


def cases_of(scope: Scope) -> tuple[CaseSpec, ...]:
    """Make the cases of the main file of a scope that has no errors."""
    return tuple(_case(case, scope) for case in cases(scope.documents[0]))


def _case(case: Field, scope: Scope) -> CaseSpec:
    data: dict[str, Any] = case.value
    repeat = data.get("repeat", 1)
    script = [_step(step) for step in case.part("script").items()]
    return CaseSpec(
        name=data["name"],
        inputs=tuple(data["turns"]) if "turns" in data else (data["input"],),
        expect=tuple(_expectation(item, scope) for item in case.part("expect").items()),
        place=case.part("name").place,
        agent=data.get("agent"),
        model=model_of(case.part("model"), scope) if "model" in data else None,
        context=mapping(data["context"]) if "context" in data else None,
        params=mapping(data.get("params")),
        repeat=repeat,
        # Of several runs all have to pass, unless it is said how many may fail.
        require=data.get("require", repeat),
        tags=tuple(data.get("tags", ())),
        timeout=data.get("timeout"),
        tools=data.get("tools"),
        script=tuple(script) if "script" in data else None,
        attachments=attachments_of(case.part("attachments")),
        approve=tuple(_calls(case.part("approve"))),
        deny=tuple(_calls(case.part("deny"))),
        reason=data.get("reason"),
    )


def _calls(field: Field) -> Iterator[CallPattern]:
    for item in one_or_more(field):
        # A variable that is not set yet may be any pattern; no case runs before it is.
        if not isinstance(item.value, Unset):
            yield CallPattern(pattern(item.value), item.place)


def _step(step: Field) -> ScriptStep:
    data: dict[str, Any] = step.value
    calls = [
        ScriptCall(call.value["name"], mapping(call.value.get("arguments")))
        for call in step.part("tool_calls").items()
    ]
    return ScriptStep(
        place=step.place,
        text=data.get("text"),
        tool_calls=tuple(calls),
        handoff=data.get("handoff"),
        output=data.get("output"),
        error=data.get("error"),
        agent=data.get("agent"),
    )


def _expectation(assertion: Field, scope: Scope) -> Expectation:
    (kind,) = kinds(assertion.value)
    options = {key: assertion.value[key] for key in OPTIONS.get(kind, ()) if key in assertion.value}
    if "model" in options:
        options["model"] = model_of(assertion.part("model"), scope)
    return Expectation(
        kind=kind,
        value=_value(assertion.part(kind), kind, scope),
        options=MappingProxyType(options),
        children=tuple(_expectation(child, scope) for child in children(assertion)),
        place=assertion.part(kind).key_place,
    )


def _value(field: Field, kind: str, scope: Scope) -> Any:
    if kind == "field":
        return field.value["path"]
    if kind in ("not", "all_of", "any_of"):
        return None
    if kind == "python" and not isinstance(field.value, Unset):
        return entrypoints.resolve(
            field.value, field.place, field.folder, scope.project
        ).entry_point
    return field.value
