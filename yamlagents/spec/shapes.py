"""What agents give, as JSON Schemas: paths into it, and values that it can never have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from yamlagents.spec.paths import steps as path_steps
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.scope import Field
from yamlagents.spec.variables import Unset

# Nothing is known of the shape.
ANY: dict[str, Any] = {}
_NOUNS = {
    "string": "text",
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
}


def at(
    field: Field, schema: Any, path: str | None, owner: str
) -> tuple[dict[str, Any], Problem | None]:
    """Follow a path through the schema of what `owner` gives, as far as that says what there is.

    Gives the schema at its end, or the problem at `field`.
    """
    try:
        keys = path_steps(path) if path else ()
    except ValueError as error:
        return ANY, field.problem("bad-value", str(error))
    for number, key in enumerate(keys):
        if not isinstance(schema, dict):
            return ANY, None
        noun = _NOUNS.get(str(schema.get("type")))
        if noun is not None:
            whole = f"'{keys[number - 1]}'" if number else f"what '{owner}' gives"
            message = f"{whole} is {noun}, which has no field '{shortened(str(key))}'"
            hint = None if number else "give its agent an output_type"
            return ANY, field.problem("unknown-field", message, hint)
        if isinstance(key, int):
            schema = schema.get("items", ANY)
            continue
        fields = schema.get("properties")
        if not isinstance(fields, dict):
            return ANY, None
        if key not in fields:
            near = suggestion(key, fields)
            has = ", ".join(list(fields)[:10])
            message = f"what '{owner}' gives has no field '{shortened(key)}'{near}"
            return ANY, field.problem(
                "unknown-field", message, None if near else f"it has {has or 'none'}"
            )
        schema = fields[key]
    return schema if isinstance(schema, dict) else ANY, None


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "number": (int, float),
    "integer": (int,),
    # What a value is compared with is never one of these.
    "array": (),
    "object": (),
}
_GROUPS = {"array": "a list", "object": "a mapping"}


def impossible(field: Field, schema: dict[str, Any]) -> Iterator[Problem]:
    """Tell of a value that the field can never have: such a step is always, or never, taken."""
    value = field.value
    if isinstance(value, Unset):
        return
    said = f"'{shortened(value)}'" if isinstance(value, str) else json.dumps(value)
    allowed, kind = schema.get("enum"), str(schema.get("type"))
    if isinstance(allowed, list):
        # True is 1 to Python, but not to whoever wrote the file.
        alike = [one for one in allowed if isinstance(one, bool) is isinstance(value, bool)]
        if value not in alike:
            listed = ", ".join(map(str, allowed[:10]))
            message = f"the field is never {said}: it is one of {listed}"
            yield field.problem("bad-value", message)
        return
    noun = {**_NOUNS, **_GROUPS}.get(kind)
    is_wrong = kind in _TYPES and not isinstance(value, _TYPES[kind])
    if is_wrong or (isinstance(value, bool) and kind in ("number", "integer")):
        yield field.problem("bad-value", f"the field is {noun}, never {said}")
