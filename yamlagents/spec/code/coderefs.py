"""Code that a file names in its options: which keys hold it, what it has to be, whether it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from yamlagents.spec.code import entrypoints
from yamlagents.spec.code.entrypoints import CODE, HOOKS, TYPE, Wanted, called
from yamlagents.spec.code.records import CodeSpec, NamedCodeSpec
from yamlagents.spec.problem import Problem
from yamlagents.spec.scope import Field, Scope

Keys = Mapping[str, Wanted]

# The keys that may hold code: a reference to it, or a list of them.
_ENABLED = {"is_enabled": called("context", "agent")}
_APPROVED = {"needs_approval": called("context", "arguments", "call_id")}
FAILED = called("context", "error")
TOOL_GUARDRAILS = dict.fromkeys(("tool_input_guardrails", "tool_output_guardrails"), called("data"))
AGENT = {
    "hooks": HOOKS,
    "tool_use_behavior": called("context", "results"),
    "prompt": called("data"),
    "instructions": called("context", "agent"),
}
FUNCTION_TOOL = {
    **_ENABLED,
    **_APPROVED,
    **TOOL_GUARDRAILS,
    **dict.fromkeys(("failure_error_function", "timeout_error_function"), FAILED),
    "custom_data_extractor": called("context"),
    "output_type": TYPE,
}
AGENT_TOOL = {
    **_ENABLED,
    **_APPROVED,
    "custom_output_extractor": called("result"),
    "on_stream": called("event"),
    "hooks": HOOKS,
    "failure_error_function": FAILED,
    "input_builder": called("options"),
    "parameters": TYPE,
}
HOSTED_TOOL = {
    **_APPROVED,
    **dict.fromkeys(("executor", "editor", "computer", "on_invoke_tool"), CODE),
    **dict.fromkeys(("on_approval", "on_approval_request", "on_safety_check"), CODE),
    "custom_data_extractor": CODE,
}
HANDOFF = {
    **_ENABLED,
    "on_handoff": CODE,
    "input_filter": called("data"),
    "input_type": TYPE,
}
MADE_HANDOFF = called("agent")
GUARDRAIL = called("context", "agent", "data")
ERROR_HANDLER = called("data")
RETRY = {"policy": called("context")}


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
    # What is called may be a function that makes what is wanted.
    is_called = isinstance(field.value, dict) and "with" in field.value
    wanted = CODE if is_called else wanted
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
    """Give the code that `field` names, which was checked before.

    What hangs on an unset variable is code as well, of which nothing is known but its text.
    """
    named = field.part("use") if isinstance(field.value, dict) else field
    assert isinstance(named.value, str), "only code is asked for"
    found = entrypoints.resolve(named.value, named.place, named.folder, scope.project)
    arguments = field.value.get("with") if isinstance(field.value, dict) else None
    return CodeSpec(found.entry_point, None if arguments is None else MappingProxyType(arguments))


def names_code(field: Field) -> bool:
    """Tell whether a value refers to code: an entry point, or a mapping with `use`."""
    return _named(field) is not None


def _resolved(field: Field, scope: Scope) -> Any:
    if isinstance(field.value, list):
        return tuple(_resolved(item, scope) for item in field.items())
    if not names_code(field):
        return field.value
    found, name = code_of(field, scope), field.part("name").text
    return NamedCodeSpec(found.point, found.arguments, name) if name is not None else found


def _named(field: Field) -> Field | None:
    """Give the field with the entry point itself; None for what is no code or not yet known."""
    if isinstance(field.value, dict):
        field = field.part("use")
    return field if field.text is not None and ":" in field.text else None
