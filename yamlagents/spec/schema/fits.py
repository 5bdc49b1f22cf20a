"""Whether data fits a JSON Schema: yes or no, for the keywords that the published one uses.

Nearly all files are right, and only a wrong one needs explaining. So no is all that is said here,
and the library that explains is loaded only after a no. A schema is prepared as far as the data
goes: a file that has no sandboxes is not held up by what the schema says of them.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping, Sized
from functools import partial
from typing import Any

Fits = Callable[[Any], bool]
# An object, array or scalar of a schema.
_Node = Any


class Fitting:
    """The schema `root` (draft-07), as a function that tells whether data fits it."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        # By identity: the nodes of one schema live as long as it does.
        self._made: dict[int, tuple[Fits, ...]] = {}

    def __call__(self, data: Any) -> bool:
        return self.fits(data, self._root)

    def fits(self, value: Any, node: _Node) -> bool:
        """Tell whether `value` fits the piece `node` of the schema."""
        checks = self._made.get(id(node))
        if checks is None:
            checks = self._made[id(node)] = tuple(self._checks(node))
        for check in checks:  # noqa: SIM110  # all() of a generator takes twice as long
            if not check(value):
                return False
        return True

    def _checks(self, node: _Node) -> list[Fits]:
        if isinstance(node, bool):
            return [] if node else [_never]
        if "$ref" in node:  # in draft-07 nothing beside it counts
            return [partial(self.fits, node=self._target(node["$ref"]))]
        own = [key for key in node if key not in BESIDE]
        checks = [KEYWORDS[key](self, node[key], node) for key in own]
        return checks if _OF_KEYS.isdisjoint(node) else [*checks, _keys(self, node)]

    def _target(self, reference: str) -> _Node:
        found: _Node = self._root
        for key in reference.removeprefix("#").split("/")[1:]:
            found = found[key]
        return found


# Which piece of the schema the value of a key is held against: one question.
_OF_KEYS = frozenset(("properties", "patternProperties", "additionalProperties"))
# Says nothing of whether data fits, or is looked at with the keyword that it belongs to.
BESIDE = frozenset(
    (
        *("$schema", "$id", "title", "description", "default", "examples", "definitions"),
        *("then", "else", *_OF_KEYS),
    )
)


def identity(item: object) -> str:
    """Give a text that equal values share, and no others: 1 and true are not equal."""
    return json.dumps(item, sort_keys=True)


def is_integer(value: object) -> bool:
    """Tell a whole number. JSON Schema takes 8.0 for one; who asks for one here would not."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[object], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": is_integer,
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


def _never(value: object) -> bool:
    return False


def _type(schema: Fitting, wanted: Any, node: _Node) -> Fits:
    if isinstance(wanted, str):
        return _TYPES[wanted]
    kinds = [_TYPES[kind] for kind in wanted]
    return lambda value: any(kind(value) for kind in kinds)


def _enum(schema: Fitting, wanted: Any, node: _Node) -> Fits:
    # True equals 1 in Python, and in JSON it does not.
    choices = {(isinstance(choice, bool), choice) for choice in wanted}
    return lambda value: (
        not isinstance(value, dict | list) and (isinstance(value, bool), value) in choices
    )


def _pattern(schema: Fitting, wanted: Any, node: _Node) -> Fits:
    pattern = re.compile(wanted)
    return lambda value: not isinstance(value, str) or pattern.search(value) is not None


def _required(schema: Fitting, wanted: Any, node: _Node) -> Fits:
    keys = frozenset(wanted)
    return lambda value: not isinstance(value, dict) or keys <= value.keys()


def _keys(schema: Fitting, node: _Node) -> Fits:
    """Hold each value against the pieces for its key, or the one for keys that have none."""
    named: Mapping[str, _Node] = node.get("properties", {})
    patterns = [(re.compile(key), at) for key, at in node.get("patternProperties", {}).items()]
    other: _Node = node.get("additionalProperties", True)

    def nodes(key: str) -> list[_Node]:
        found = [named[key]] if key in named else []
        found += [at for pattern, at in patterns if pattern.search(key)]
        return found or [other]

    def check(value: Any) -> bool:
        return not isinstance(value, dict) or all(
            schema.fits(item, node) for key, item in value.items() for node in nodes(key)
        )

    return check


def _property_names(schema: Fitting, wanted: Any, node: _Node) -> Fits:
    return lambda value: (
        not isinstance(value, dict) or all(schema.fits(key, wanted) for key in value)
    )


def _dependencies(schema: Fitting, wanted: Any, node: _Node) -> Fits:
    def check(value: Any) -> bool:
        return not isinstance(value, dict) or all(
            all(other in value for other in others)
            for key, others in wanted.items()
            if key in value
        )

    return check


def _items(schema: Fitting, wanted: Any, node: _Node) -> Fits:
    return lambda value: (
        not isinstance(value, list) or all(schema.fits(item, wanted) for item in value)
    )


def _unique(schema: Fitting, wanted: Any, node: _Node) -> Fits:
    def check(value: Any) -> bool:
        is_free = not wanted or not isinstance(value, list) or len(value) < 2
        return is_free or len(set(map(identity, value))) == len(value)

    return check


def _all_of(schema: Fitting, wanted: Any, node: _Node) -> Fits:
    return lambda value: all(schema.fits(value, part) for part in wanted)


def _not(schema: Fitting, wanted: Any, node: _Node) -> Fits:
    return lambda value: not schema.fits(value, wanted)


def _if(schema: Fitting, wanted: Any, node: _Node) -> Fits:
    then, other = node.get("then", True), node.get("else", True)
    return lambda value: schema.fits(value, then if schema.fits(value, wanted) else other)


def _counted(kind: type[Sized], is_wrong: Callable[[int, int], bool]) -> Callable[..., Fits]:
    def keyword(schema: Fitting, wanted: Any, node: _Node) -> Fits:
        return lambda value: not isinstance(value, kind) or not is_wrong(len(value), wanted)

    return keyword


def _bounded(is_wrong: Callable[[Any, Any], bool]) -> Callable[..., Fits]:
    def keyword(schema: Fitting, wanted: Any, node: _Node) -> Fits:
        return lambda value: not _is_number(value) or not is_wrong(value, wanted)

    return keyword


KEYWORDS: dict[str, Callable[[Fitting, Any, _Node], Fits]] = {
    "type": _type,
    "enum": _enum,
    "pattern": _pattern,
    "required": _required,
    "propertyNames": _property_names,
    "dependencies": _dependencies,
    "items": _items,
    "uniqueItems": _unique,
    "allOf": _all_of,
    "not": _not,
    "if": _if,
    "minLength": _counted(str, operator.lt),
    "minItems": _counted(list, operator.lt),
    "minProperties": _counted(dict, operator.lt),
    "maxProperties": _counted(dict, operator.gt),
    "minimum": _bounded(operator.lt),
    "maximum": _bounded(operator.gt),
    "exclusiveMinimum": _bounded(operator.le),
    "exclusiveMaximum": _bounded(operator.ge),
}
