"""Why a document does not fit the schema: one problem for each thing wrong, in people's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import Draft7Validator, ValidationError

from yamlagents.spec.document import Document
from yamlagents.spec.problem import Place, Problem, suggestion
from yamlagents.spec.variables import Unset

Keys = tuple[str | int, ...]


def explain(document: Document, schema: dict[str, Any]) -> Iterator[Problem]:
    """Give a problem for each error of `schema` in `document`, at the innermost wrong value.

    A value that names an unset variable is unknown and so never wrong by itself.
    """
    errors = list(Draft7Validator(schema).iter_errors(document.data))
    mistyped = {_path(error) for error in errors if error.validator == "type"}
    for error in errors:
        # A value of the wrong type often is out of range as well; once is enough.
        again = error.validator != "type" and _path(error) in mistyped
        if not again and not isinstance(error.instance, Unset):
            yield from _EXPLANATIONS.get(str(error.validator), _other)(document, error)


def shown(value: Any) -> str:
    """Give a value as a reader of the file would call it, short."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value if len(value) <= 40 else value[:37] + '...'}'"
    return _KINDS.get(_kind(value), "a value") if isinstance(value, dict | list) else str(value)


_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def _kind(value: Any) -> str:
    kinds: dict[type, str] = {dict: "object", list: "array", str: "string", bool: "boolean"}
    return kinds.get(type(value), "null" if value is None else "number")


def _path(error: ValidationError) -> Keys:
    return tuple(error.absolute_path)


def _what(error: ValidationError) -> str:
    """Name the thing that the failing piece of schema is about."""
    title = error.schema.get("title") if isinstance(error.schema, dict) else None
    return str(title) if title else "this mapping"


def _subject(keys: Keys) -> str:
    """Name a value by its key: `'temperature'`, or `item 2 of 'tools'`."""
    if not keys:
        return "an agent file"
    if isinstance(keys[-1], int):
        owner = next((f" of '{key}'" for key in reversed(keys) if isinstance(key, str)), "")
        return f"item {keys[-1] + 1}{owner}"
    return f"'{keys[-1]}'"


def _unknown_key(document: Document, error: ValidationError) -> Iterator[Problem]:
    known = list(error.schema.get("properties", {}))
    for key in error.instance:
        if key in known or str(key).startswith("x-"):
            continue
        message = f"'{key}' is not a key of {_article(_what(error))}{suggestion(str(key), known)}"
        hint = None if "did you mean" in message else f"the keys are {', '.join(known)}"
        yield document.problem(
            document.key_place(*_path(error), key), "unknown-key", message, hint=hint
        )


def _bad_name(document: Document, error: ValidationError) -> Iterator[Problem]:
    name = str(error.instance)
    message = f"'{name}' cannot be a name here"
    hint = "a name starts with a letter; letters, digits, '_' and '-' follow"
    yield document.problem(
        document.key_place(*_path(error), name), "bad-name", message, hint=hint
    )


def _missing_key(document: Document, error: ValidationError) -> Iterator[Problem]:
    # jsonschema gives an error a missing key, but names the key only in its message.
    missing = [key for key in error.validator_value if key not in error.instance]
    first = missing[0] if missing else ""
    if repr(first) not in error.message:
        first = next((key for key in missing if repr(key) in error.message), first)
    message = f"{_article(_what(error))} needs the key '{first}'"
    yield document.problem(_owner(document, _path(error)), "missing-key", message)


def _owner(document: Document, keys: Keys) -> Place:
    return document.key_place(*keys)


def _wrong_type(document: Document, error: ValidationError) -> Iterator[Problem]:
    wanted = error.validator_value
    kinds = [wanted] if isinstance(wanted, str) else list(wanted)
    expected = " or ".join(_KINDS[kind] for kind in kinds if kind != "null")
    keys = _path(error)
    instance = error.instance
    got = shown(instance)
    if not keys and instance is None:
        got = "nothing"
    hint = None
    if isinstance(instance, str) and {"number", "integer", "boolean"} & set(kinds):
        hint = "remove the quotes" if _is_number(instance) else None
    if "string" in kinds and isinstance(instance, bool | int | float):
        hint = f'write it in quotes: "{got}"'
    message = f"{_subject(keys)} is {expected}, not {got}"
    yield document.problem(document.place(*keys), "wrong-type", message, hint=hint)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdigit() or text in ("true", "false")


def _bad_choice(document: Document, error: ValidationError) -> Iterator[Problem]:
    allowed = error.validator_value if error.validator == "enum" else [error.validator_value]
    choices = ", ".join(str(choice) for choice in allowed)
    near = suggestion(error.instance, allowed) if isinstance(error.instance, str) else ""
    message = f"{_subject(_path(error))} is one of {choices}; not {shown(error.instance)}{near}"
    yield document.problem(document.place(*_path(error)), "bad-value", message)


def _bad_text(document: Document, error: ValidationError) -> Iterator[Problem]:
    examples = error.schema.get("examples", ())
    hint = f"for example {', '.join(str(example) for example in examples[:2])}" if examples else None
    message = f"{shown(error.instance)} is not {_article(_what(error))}"
    yield document.problem(document.place(*_path(error)), "bad-value", message, hint=hint)


def _article(noun: str) -> str:
    if noun == "this mapping" or noun.endswith("settings"):
        return noun
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _out_of_range(document: Document, error: ValidationError) -> Iterator[Problem]:
    words = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "more than",
        "exclusiveMaximum": "less than",
    }[str(error.validator)]
    keys = _path(error)
    message = f"{_subject(keys)} is {words} {error.validator_value}, not {shown(error.instance)}"
    yield document.problem(document.place(*keys), "out-of-range", message)


def _empty(document: Document, error: ValidationError) -> Iterator[Problem]:
    message = f"{_subject(_path(error))} may not be empty"
    yield document.problem(document.place(*_path(error)), "empty-value", message)


def _repeated(document: Document, error: ValidationError) -> Iterator[Problem]:
    keys, items = _path(error), error.instance
    for index, item in enumerate(items):
        if item in items[:index]:
            first = document.place(*keys, items.index(item))
            message = f"{shown(item)} is listed twice in {_subject(keys)}; first at {first}"
            yield document.problem(document.place(*keys, index), "repeated-item", message)


def _other(document: Document, error: ValidationError) -> Iterator[Problem]:
    yield document.problem(document.place(*_path(error)), "bad-value", error.message)


_EXPLANATIONS: dict[str, Callable[[Document, ValidationError], Iterator[Problem]]] = {
    "additionalProperties": _unknown_key,
    "propertyNames": _bad_name,
    "required": _missing_key,
    "type": _wrong_type,
    "enum": _bad_choice,
    "const": _bad_choice,
    "pattern": _bad_text,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "exclusiveMaximum": _out_of_range,
    "minLength": _empty,
    "minItems": _empty,
    "minProperties": _empty,
    "uniqueItems": _repeated,
}
