"""JSON Schemas written into a file: valid, and without keywords that are only nearly ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import unquote

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
# Beside those that the library checks.
_MORE = (
    *("$schema", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "$comment", "id"),
    *("title", "description", "default", "example", "examples"),
    *("deprecated", "readOnly", "writeOnly"),
    *("dependencies", "minContains", "maxContains", "contentEncoding", "contentMediaType"),
)
_TYPES = "the types are string, number, integer, boolean, null, array and object"


def json_schema_problems(field: Field) -> Iterator[Problem]:
    """Give what is wrong with the JSON Schema in `field`, which is 2020-12 unless it says."""
    if not isinstance(field.value, dict):
        return
    # Few files have a schema in them, and the library takes longer to load than most files.
    library: Any = import_module("jsonschema")
    draft = library.Draft202012Validator
    if isinstance(field.value.get("$schema"), str):
        draft = library.validators.validator_for(field.value, default=draft)
    # Patterns have to compile; what else a format says is for people.
    patterns = library.FormatChecker(("regex",))
    try:
        draft.check_schema(field.value, format_checker=patterns)
    except library.SchemaError as error:
        if not isinstance(error.instance, Unset):
            place = field.document.place(*field.keys, *error.absolute_path)
            message = f"this is not a JSON Schema: {shortened(error.message)}"
            hint = _TYPES if "type" in (*error.absolute_path,)[-2:] else None
            yield field.document.problem(place, "bad-value", message, hint=hint)
        return
    for schema in subschemas(field):
        yield from _misspelt(schema)
        yield from _lost(schema.part("$ref"), field.value)


def subschemas(field: Field) -> Iterator[Field]:
    """Give the JSON Schema in `field` and all that it holds; what aliases share counts once."""
    waiting = [field]
    seen: set[int] = set()
    while waiting:
        schema = waiting.pop()
        if isinstance(schema.value, dict) and id(schema.value) not in seen:
            seen.add(id(schema.value))
            yield schema
            waiting += _within(schema)


def _misspelt(schema: Field) -> Iterator[Problem]:
    """Tell of keywords that are nearly ones: a schema with a word it ignores accepts anything."""
    for key in schema.value:
        known = key in _keywords() or key.startswith("x-")
        near = "" if known else suggestion(key, sorted(_keywords()))
        if near:
            message = f"'{key}' is not a keyword of JSON Schema{near}"
            place = schema.part(key).key_place
            yield schema.document.problem(place, "unknown-key", message)


@cache
def _keywords() -> frozenset[str]:
    checked = import_module("jsonschema").Draft202012Validator.VALIDATORS
    return frozenset((*checked, *_BY_NAME, *_IN_LIST, *_DIRECT, *_MORE))


def _lost(reference: Field, root: Any) -> Iterator[Problem]:
    """Tell of a reference into the schema itself that leads nowhere."""
    if reference.text is None or not reference.text.startswith("#/"):
        return
    found = root
    for step in unquote(reference.text[2:]).split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and key.isdecimal() and int(key) < len(found):
            found = found[int(key)]
        elif isinstance(found, dict) and key in found:
            found = found[key]
        else:
            message = f"the reference '{shortened(reference.text)}' points to nothing"
            yield reference.problem("bad-value", message, "it starts at the top of this schema")
            return


def _within(schema: Field) -> Iterator[Field]:
    for key in _BY_NAME:
        named = schema.part(key)
        yield from (named.part(name) for name in _names(named.value))
    for key in _IN_LIST:
        yield from schema.part(key).items()
    for key in _DIRECT:
        yield schema.part(key)


def _names(value: Any) -> list[str]:
    return list(value) if isinstance(value, dict) else []
