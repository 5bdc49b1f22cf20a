"""Final outputs that `run.error_handlers` gives in place of an agent's: they fit its schema."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from yamlagents.spec.problem import Problem, shortened
from yamlagents.spec.run.fields import parts
from yamlagents.spec.run.inner import reached
from yamlagents.spec.schema.jsonschemas import json_schema_problems, subschemas
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.variables import Unset, unset


def handler_problems(fields: dict[str, Field], scope: Scope) -> Iterator[Problem]:
    """Give a problem for each constant that cannot be the output of the agent that starts.

    It is a warning where another agent, which the run may be handed over to, can give it.
    """
    entry = scope.setting("entry")
    name = entry.value if entry is not None else next(iter(scope.agents), None)
    steps = scope.setting("workflow")  # of which each may be the one that fails
    if steps is not None or not isinstance(name, str) or name not in scope.agents:
        return
    for kind, handler in parts(fields.get("error_handlers")).items():
        output = handler.part("final_output")
        is_data = isinstance(handler.value, dict) and "final_output" in handler.value
        if not is_data or next(unset(output.value, ()), None) is not None:
            continue
        wrong = _misfit(output, name, scope)
        if wrong is not None:
            others = [one for one in reached(name, scope) if one != name]
            fits = any(_misfit(output, other, scope) is None for other in others)
            message = f"'{kind}' gives what does not fit the output_type of '{name}': {wrong}"
            yield output.document.problem(
                output.place, "bad-value", message, severity="warning" if fits else "error"
            )


def _misfit(output: Field, agent: str, scope: Scope) -> str | None:
    """Say why an output does not fit the inline schema of an agent, if that is known."""
    fields = scope.agent(agent)
    schema = fields.get("output_type")
    if schema is None or not isinstance(schema.value, dict) or "use" in schema.value:
        return None
    if next(json_schema_problems(schema), None) or next(unset(schema.value, ()), None):
        return None
    strict = fields.get("strict_json_schema")
    if strict is not None and isinstance(strict.value, Unset):
        return None
    is_strict = strict is None or strict.value is not False
    data = _strict(schema) if is_strict else schema.value
    library: Any = import_module("jsonschema")
    draft = library.validators.validator_for(data, default=library.Draft202012Validator)
    referencing: Any = import_module("referencing")
    # An empty registry: a schema takes nothing from the network.
    errors = draft(data, registry=referencing.Registry()).iter_errors(output.value)
    try:
        worst = library.exceptions.best_match(errors)
    except (referencing.exceptions.Unresolvable, RecursionError):  # a run will tell
        return None
    if worst is None:
        return None
    where = worst.json_path.removeprefix("$").removeprefix(".")
    said = shortened(worst.message)
    return f"{where}: {said}" if where else said


def _strict(schema: Field) -> Any:
    """Give a schema as a strict one is told: each object has all its keys, and no others."""
    copied = Field(schema.document, schema.keys, copy.deepcopy(schema.value))
    for inner in subschemas(copied):
        properties = inner.value.get("properties")
        if isinstance(properties, dict):
            inner.value["required"] = list(properties)
        if inner.value.get("type") == "object":
            inner.value.setdefault("additionalProperties", False)
    return copied.value
