"""Why a document does not fit the schema: one problem for each thing wrong, in people's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jsonschema import Draft7Validator, ValidationError
from jsonschema.validators import extend

from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.schema.fits import identity, is_integer
from yamlagents.spec.schema.misspelt import stray_option
from yamlagents.spec.schema.strays import SchemaError, example_of, stray_keys
from yamlagents.spec.text.document import Document, Keys
from yamlagents.spec.variables import Unset


def explain(document: Document, schema: dict[str, Any]) -> Iterator[Problem]:
    """Give a problem for each error of `schema` in `document`, at the innermost wrong value.

    Text that names an unset variable is unknown, and so is only wrong where no text can be right.
    """
    mistyped: set[Keys] = set()
    for error in STRICT(schema).iter_errors(document.data):
        keys = _path(error)
        if error.validator == "type":
            mistyped.add(keys)
        # A value of the wrong type often is out of range as well; once is enough.
        elif keys in mistyped:
            continue
        if isinstance(error.instance, Unset) and not _is_structure(error):
            continue
        if error.validator == "additionalProperties":
            yield from stray_keys(document, error, _noun(error), schema)
        elif error.validator == "required":
            yield from _missing_key(document, error, schema)
        elif "propertyNames" in error.absolute_schema_path:
            yield from _bad_name(document, error)
        else:
            yield from _EXPLANATIONS.get(str(error.validator), _other)(document, error)


def _is_structure(error: SchemaError) -> bool:
    """Tell whether a mapping or a list is wanted, which no variable can hold."""
    wanted = error.validator_value
    kinds = {wanted} if isinstance(wanted, str) else set(wanted)
    return error.validator == "type" and kinds <= {"object", "array"}


def _unique(
    validator: Any, wanted: bool, instance: object, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    """Tell of items listed twice. jsonschema's own check compares each with each."""
    if wanted and isinstance(instance, list) and len(set(map(identity, instance))) < len(instance):
        yield ValidationError("has items listed twice")


STRICT: Any = extend(  # type: ignore[no-untyped-call]  # it has no types
    Draft7Validator,
    {"uniqueItems": _unique},
    type_checker=Draft7Validator.TYPE_CHECKER.redefine("integer", lambda _, it: is_integer(it)),
)


def _shown(value: Any) -> str:
    """Give a value as a reader of the file would call it, short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{shortened(value)}'"
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


def _path(error: SchemaError) -> Keys:
    return tuple(error.absolute_path)


def _noun(error: SchemaError) -> str:
    """Name the thing that the failing piece of schema is about: `an agent`, `'run'`."""
    noun = str(error.schema.get("title") or "this mapping")
    if noun == "run":
        return "'run'"
    if noun == "this mapping" or noun.endswith("settings"):
        return noun
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _subject(keys: Keys) -> str:
    """Name a value by its key: `'temperature'`, or `item 2 of 'tools'`."""
    if not keys:
        return "an agent file"
    if isinstance(keys[-1], int):
        owner = next((f" of '{key}'" for key in reversed(keys) if isinstance(key, str)), "")
        return f"item {keys[-1] + 1}{owner}"
    return f"'{keys[-1]}'"


def _bad_name(document: Document, error: SchemaError) -> Iterator[Problem]:
    name = str(error.instance)
    message = f"'{shortened(name)}' cannot be a name"
    hint = "a name starts with a letter; letters, digits, '_' and '-' follow"
    yield document.problem(document.key_place(*_path(error), name), "bad-name", message, hint=hint)


def _missing_key(
    document: Document, error: SchemaError, schema: dict[str, Any]
) -> Iterator[Problem]:
    # jsonschema gives an error a missing key, but names the key only in its message.
    key = next(key for key in error.validator_value if error.message.startswith(repr(key)))
    known = error.schema.get("properties", {})
    if any(suggestion(stray, [key]) for stray in error.instance if stray not in known):
        return  # it is misspelt, which is told
    examples = example_of(key, error.schema, schema)
    short = bool(examples) and not isinstance(examples[0], dict | list)
    hint = f"for example {key}: {examples[0]}" if short else None
    message = f"{_noun(error)} needs the key '{key}'"
    yield document.problem(document.key_place(*_path(error)), "required-key", message, hint=hint)


def _wrong_type(document: Document, error: SchemaError) -> Iterator[Problem]:
    wanted = error.validator_value
    kinds = [wanted] if isinstance(wanted, str) else list(wanted)
    expected = " or ".join(_KINDS[kind] for kind in kinds if kind != "null") or "null"
    keys = _path(error)
    if error.instance is None:
        message = f"{_subject(keys)} has no value; it must be {expected}"
        yield document.problem(document.place(*keys), "wrong-type", message)
        return
    message = f"{_subject(keys)} must be {expected}, not {_shown(error.instance)}"
    hint = _retyped(error.instance, kinds, document.raw(*keys))
    yield document.problem(document.place(*keys), "wrong-type", message, hint=hint)


# YAML takes no brace without quotes between braces.
_IN_LINES = ", and write what is inside {} or [] in lines of its own"
_BOOLEANS = {"yes": "true", "on": "true", "no": "false", "off": "false"}


def _retyped(value: Any, kinds: list[str], raw: str | None) -> str | None:
    """Say how a value of the wrong type is written rightly, where that can be told."""
    if isinstance(value, float) and value.is_integer() and "integer" in kinds:
        return f"write {int(value)}"
    if isinstance(value, str) and "boolean" in kinds:
        word = _BOOLEANS.get(value.lower(), value.lower())
        return f"write {word}, without quotes" if word in ("true", "false") else None
    if isinstance(value, str) and {"number", "integer"} & set(kinds) and _is_number(value):
        is_variable = "${" in (raw or "")
        return f"remove the quotes{_IN_LINES if is_variable else ''}"
    if isinstance(value, bool | int | float) and kinds[0] == "string" and "$" not in (raw or "$"):
        return f'write it in quotes: "{raw}"'
    if isinstance(value, str) and kinds == ["array"]:
        return f"write a list, with one item: [{shortened(value)}]"
    if isinstance(value, list) and kinds == ["object"]:
        return "write 'key: value' lines, without '-' before them"
    return None


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdecimal()


def _bad_choice(document: Document, error: SchemaError) -> Iterator[Problem]:
    allowed = [_shown(choice).strip("'") for choice in error.validator_value]
    near = suggestion(error.instance, allowed) if isinstance(error.instance, str) else ""
    choices = allowed[0] if len(allowed) == 1 else f"one of {', '.join(allowed)}"
    message = f"{_subject(_path(error))} must be {choices}, not {_shown(error.instance)}{near}"
    yield document.problem(document.place(*_path(error)), "bad-value", message)


def _bad_text(document: Document, error: SchemaError) -> Iterator[Problem]:
    examples = error.schema.get("examples", ())
    hint = f"for example {', '.join(map(str, examples[:2]))}" if examples else None
    message = f"{_shown(error.instance)} is not {_noun(error)}"
    yield document.problem(document.place(*_path(error)), "bad-value", message, hint=hint)


def _out_of_range(document: Document, error: SchemaError) -> Iterator[Problem]:
    words = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "more than",
        "exclusiveMaximum": "less than",
    }[str(error.validator)]
    keys, limit = _path(error), error.validator_value
    message = f"{_subject(keys)} must be {words} {limit}, not {_shown(error.instance)}"
    yield document.problem(document.place(*keys), "out-of-range", message)


def _empty(document: Document, error: SchemaError) -> Iterator[Problem]:
    message = f"{_subject(_path(error))} may not be empty"
    yield document.problem(document.place(*_path(error)), "empty-value", message)


def _repeated(document: Document, error: SchemaError) -> Iterator[Problem]:
    keys, first = _path(error), dict[str, int]()
    for index, item in enumerate(error.instance):
        before = first.setdefault(identity(item), index)
        if before != index:
            place = document.place(*keys, before)
            where = f"first at line {place.line}, column {place.column}"
            message = f"{_shown(item)} is listed twice in {_subject(keys)}; {where}"
            yield document.problem(document.place(*keys, index), "repeated-item", message)


def _other(document: Document, error: SchemaError) -> Iterator[Problem]:
    yield document.problem(document.place(*_path(error)), "bad-value", shortened(error.message))


_EXPLANATIONS: dict[str, Callable[[Document, ValidationError], Iterator[Problem]]] = {
    "type": _wrong_type,
    "enum": _bad_choice,
    "pattern": _bad_text,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "exclusiveMinimum": _out_of_range,
    "exclusiveMaximum": _out_of_range,
    "minLength": _empty,
    "minItems": _empty,
    "minProperties": _empty,
    "uniqueItems": _repeated,
    "dependencies": stray_option,
}
