"""JSON Schemas written into a file: valid, and without keywords that are only nearly ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, SchemaError
from jsonschema.validators import validator_for

from yamlagents.spec.cases.shape import part
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.scope import Field
from yamlagents.spec.variables import Unset

# Where a schema holds others: by name, in a list, or as they are.
_BY_NAME = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")
_IN_LIST = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_DIRECT = (
    *("items", "additionalItems", "contains", "additionalProperties", "propertyNames", "not"),
    *("if", "then", "else", "unevaluatedItems", "unevaluatedProperties", "contentSchema"),
)
_KEYWORDS = frozenset(
    (
        *(*Draft202012Validator.VALIDATORS, *_BY_NAME, *_IN_LIST, *_DIRECT),
        *("$schema", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "$comment", "id"),
        *(
            "title",
            "description",
            "default",
            "example",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
        ),
        *("dependencies", "minContains", "maxContains", "contentEncoding", "contentMediaType"),
    )
)


def json_schema_problems(field: Field) -> Iterator[Problem]:
    """Give what is wrong with the JSON Schema in `field`, which is 2020-12 unless it says."""
    if not isinstance(field.value, dict):
        return
    named = field.value.get("$schema")
    draft: Any = Draft202012Validator
    if isinstance(named, str):
        draft = validator_for(field.value, default=Draft202012Validator)
    try:
        draft.check_schema(field.value)
    except SchemaError as error:
        if not isinstance(error.instance, Unset):
            place = field.document.place(*field.keys, *error.absolute_path)
            message = f"this is not a JSON Schema: {shortened(error.message)}"
            yield field.document.problem(place, "bad-value", message)
        return
    yield from _misspelt(field)


def _misspelt(field: Field) -> Iterator[Problem]:
    """Tell of keywords that are nearly ones: a schema with a word it ignores accepts anything."""
    waiting = [field]
    while waiting:
        schema = waiting.pop()
        if not isinstance(schema.value, dict):
            continue
        for key in schema.value:
            near = "" if key in _KEYWORDS else suggestion(key, sorted(_KEYWORDS))
            if near:
                place = part(schema, key).key_place
                message = f"'{key}' is not a keyword of JSON Schema{near}"
                yield field.document.problem(place, "unknown-key", message)
        waiting += _within(schema)


def _within(schema: Field) -> Iterator[Field]:
    for key in _BY_NAME:
        named = part(schema, key)
        yield from (part(named, name) for name in _names(named.value))
    for key in _IN_LIST:
        yield from part(schema, key).items()
    for key in _DIRECT:
        yield part(schema, key)


def _names(value: Any) -> list[str]:
    return list(value) if isinstance(value, dict) else []
