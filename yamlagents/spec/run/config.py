"""Fields of the SDK's `RunConfig` in a file: of `run`, and of the runs of agents as tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from yamlagents.spec.code import coderefs
from yamlagents.spec.models.build import known
from yamlagents.spec.problem import Problem
from yamlagents.spec.run.fields import CODE_KEYS, is_code, parts
from yamlagents.spec.scope import Field, Scope

# Those that are passed on as they are, and those that are mappings.
_PLAIN = (
    *("handoff_input_filter", "handoff_history_mapper", "nest_handoff_history"),
    *("tracing_disabled", "trace_include_sensitive_data", "workflow_name", "trace_id", "group_id"),
    *("session_input_callback", "call_model_input_filter", "tool_error_formatter"),
    *("reasoning_item_id_policy", "tool_not_found_behavior", "tool_name_collision_policy"),
    "output_guardrail_blocked_message",
)
_MAPPINGS = ("session_settings", "tool_execution")


def config_of(given: Mapping[str, Field], scope: Scope) -> Mapping[str, Any]:
    """Give the fields that are data or code, of those that are `given` by key."""
    fields = {key: field for key, field in given.items() if known(field)}
    found = {key: _value(fields[key], scope) for key in _PLAIN if key in fields}
    mappings = {key: plain(fields[key]) for key in _MAPPINGS if key in fields}
    return MappingProxyType({**found, **mappings})


def code_key_problems(owner: Field, scope: Scope) -> Iterator[Problem]:
    """Give a problem for each key of the mapping `owner` whose code is not there."""
    for key, wanted in CODE_KEYS.items():
        field = owner.part(key)
        if is_code(field):
            yield from coderefs.code_problem(field, scope, wanted)


def plain(field: Field | None) -> dict[str, Any]:
    """Give a mapping without the file's own keys, and without what is not known yet."""
    return {key: part.value for key, part in parts(field).items() if known(part)}


def _value(field: Field, scope: Scope) -> Any:
    return coderefs.code_of(field, scope) if is_code(field) else field.value
