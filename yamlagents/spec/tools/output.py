"""Structured output that a file asks for: a JSON Schema that is one, and options that matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yamlagents.spec.code.coderefs import code_problem
from yamlagents.spec.code.entrypoints import TYPE
from yamlagents.spec.problem import Problem
from yamlagents.spec.schema.jsonschemas import json_schema_problems, subschemas
from yamlagents.spec.scope import Field, Scope

_OPTIONS = ("strict_json_schema", "output_mode")


def output_problems(fields: Mapping[str, Field], scope: Scope) -> Iterator[Problem]:
    """Give what is wrong with the output of the agent that has `fields`."""
    output = fields.get("output_type")
    if output is None:
        yield from _idle(fields)
    elif not isinstance(output.value, dict):
        yield from code_problem(output, scope, TYPE)
    elif "use" in output.value:
        message = "an output_type is named as it is: nothing is called to make it"
        hint = "write output_type: ./file.py:Class, or a JSON Schema"
        yield output.document.problem(
            output.part("use").key_place, "bad-output-type", message, hint=hint
        )
    else:
        wrong = list(json_schema_problems(output))
        yield from wrong
        strict = fields.get("strict_json_schema")
        if not wrong and (strict is None or strict.value is True):
            yield from _open(output)


def _idle(fields: Mapping[str, Field]) -> Iterator[Problem]:
    """Tell of options for an output that there is not."""
    for key in _OPTIONS:
        if key in fields:
            field = fields[key]
            message = f"'{key}' does nothing without 'output_type'"
            place = field.key_place
            yield field.document.problem(place, "conflicting-keys", message, hint="remove it")


def _open(output: Field) -> Iterator[Problem]:
    """Tell of mappings that take further keys, which no strict schema can hold."""
    for schema in subschemas(output):
        further = schema.part("additionalProperties")
        if "additionalProperties" in schema.value and further.value is not False:
            message = "this output_type cannot be strict: here any key is taken"
            hint = "name the keys under properties, or set strict_json_schema: false"
            place = further.key_place
            yield further.document.problem(place, "bad-output-type", message, hint=hint)
