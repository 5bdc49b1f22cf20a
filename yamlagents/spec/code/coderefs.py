"""Code that a file names in its options: which keys hold it, what it has to be, whether it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from yamlagents.spec.code import entrypoints
from yamlagents.spec.code.entrypoints import CODE, TYPE, Wanted
from yamlagents.spec.problem import Problem
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.tools.records import CodeSpec
from yamlagents.spec.variables import Unset

Keys = Mapping[str, Wanted]

# The keys that may hold code: a reference to it, or a list of them.
AGENT = {"hooks": CODE, "tool_use_behavior": CODE, "prompt": CODE, "instructions": CODE}
OUTPUT = {"output_type": TYPE}
FUNCTION_TOOL = {
    **dict.fromkeys(("is_enabled", "needs_approval", "failure_error_function"), CODE),
    **dict.fromkeys(("timeout_error_function", "custom_data_extractor"), CODE),
    **dict.fromkeys(("tool_input_guardrails", "tool_output_guardrails"), CODE),
    "output_type": TYPE,
}
AGENT_TOOL = {
    **dict.fromkeys(("custom_output_extractor", "is_enabled", "on_stream", "hooks"), CODE),
    **dict.fromkeys(("failure_error_function", "needs_approval", "input_builder"), CODE),
    "parameters": TYPE,
}
HOSTED_TOOL = {
    **dict.fromkeys(("executor", "editor", "computer", "on_invoke_tool"), CODE),
    **dict.fromkeys(("on_approval", "on_approval_request", "on_safety_check"), CODE),
    **dict.fromkeys(("needs_approval", "custom_data_extractor"), CODE),
}
HANDOFF = {
    **dict.fromkeys(("on_handoff", "input_filter", "is_enabled"), CODE),
    "input_type": TYPE,
}
GUARDRAIL = {"use": CODE}
RETRY = {"policy": CODE}


def code_problems(owner: Field, keys: Keys, scope: Scope) -> Iterator[Problem]:
    """Give a problem for each piece of code under `keys` of the mapping `owner` that is not there.

    Values that name no code, words and switches, are passed over.
    """
    for key, wanted in keys.items():
        field = owner.part(key)
        for item in field.items() if isinstance(field.value, list) else (field,):
            yield from code_problem(item, scope, wanted)


def code_problem(field: Field, scope: Scope, wanted: Wanted = CODE) -> Iterator[Problem]:
    """Give the problem of the code that `field` names, if it names code and there is one."""
    named = _named(field)
    if named is None:
        return
    found = entrypoints.resolve(named.value, named.place, named.folder, scope.project, wanted)
    yield from filter(None, (found.problem,))


def options(
    owner: Field, keys: Keys, scope: Scope, *, without: tuple[str, ...]
) -> Mapping[str, Any]:
    """Give the options of the mapping `owner`, its own keys and notes left out, code resolved."""
    kept = {
        key: _resolved(owner.part(key), scope) if key in keys else value
        for key, value in owner.value.items()
        if key not in without and not key.startswith("x-")
    }
    return MappingProxyType(kept)


def code_of(field: Field, scope: Scope) -> CodeSpec:
    """Give the code that `field` names, which was checked before."""
    named = _named(field)
    assert named is not None, "only code is asked for"
    found = entrypoints.resolve(named.value, named.place, named.folder, scope.project)
    arguments = field.value.get("with") if isinstance(field.value, dict) else None
    return CodeSpec(found.entry_point, None if arguments is None else MappingProxyType(arguments))


def names_code(field: Field) -> bool:
    """Tell whether a value refers to code: an entry point, or a mapping with `use`."""
    return _named(field) is not None


def _resolved(field: Field, scope: Scope) -> Any:
    if isinstance(field.value, list):
        return tuple(_resolved(item, scope) for item in field.items())
    return code_of(field, scope) if names_code(field) else field.value


def _named(field: Field) -> Field | None:
    """Give the field with the entry point itself; None for what is no code or not yet known."""
    if isinstance(field.value, dict):
        field = field.part("use")
    text = field.value
    if not isinstance(text, str) or isinstance(text, Unset) or ":" not in text:
        return None
    return field
