"""JSON Schema as a tree to walk: references, combined keywords, validity."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from yamlagents.sdk.models.reply import ReplyError

Node = Mapping[str, Any]

_MOST_VARIANTS = 256
_LARGER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_SMALLER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})


class NoSampleFits(ReplyError):
    """No value that is valid for a schema was found; the text names the parameter."""

    def __init__(self, message: str) -> None:
        super().__init__("no-sample", message)


@contextmanager
def naming(owner: str) -> Iterator[None]:
    """Put `owner` before the text of a NoSampleFits that is raised inside."""
    try:
        yield
    except NoSampleFits as error:
        raise NoSampleFits(f"{owner}: {error}") from None


@dataclass(frozen=True)
class Variant:
    """One way to satisfy a schema: no references and no combining keywords at its top."""

    node: dict[str, Any]
    refs: tuple[str, ...]


@dataclass(frozen=True)
class SchemaTree:
    """A whole schema, against which the references of its parts are resolved."""

    root: Node

    @cached_property
    def _validator(self) -> Validator:
        kind = validator_for(self.root, default=Draft202012Validator)
        # An empty registry: a reference to another document must never fetch it.
        return kind(self.root, registry=Registry())

    def is_valid(self, value: Any, node: Node | bool) -> bool:
        """Say whether `value` is valid for `node`, a part of this schema."""
        try:
            return bool(self._validator.evolve(schema=node).is_valid(value))
        except Unresolvable:
            return False

    def resolve(self, ref: str) -> Node | bool:
        """Return what a reference points to; NoSampleFits unless it is a place in this schema."""
        if ref != "#" and not ref.startswith("#/"):
            raise NoSampleFits(f"the reference {ref!r} does not point into the same schema")
        found: Any = self.root
        for part in ref.split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and key.isdigit() and int(key) < len(found):
                found = found[int(key)]
            elif isinstance(found, Mapping) and key in found:
                found = found[key]
            else:
                raise NoSampleFits(f"the reference {ref!r} points to nothing")
        if not isinstance(found, Mapping | bool):
            raise NoSampleFits(f"the reference {ref!r} does not point to a schema")
        return found

    def variants(self, node: Node | bool, refs: tuple[str, ...] = ()) -> Iterator[Variant]:
        """Yield each way to satisfy `node`, in written order.

        `refs` are the references followed on the way here. None is followed twice: the smallest
        value of a recursive schema never needs it, and so the walk ends.
        """
        if node is False:
            return
        if node is True:
            node = {}
        plain = {k: v for k, v in node.items() if k not in ("$ref", "allOf", "anyOf", "oneOf")}
        axes: list[list[Variant]] = [[Variant(plain, refs)]]
        if "$ref" in node:
            if node["$ref"] in refs:
                return
            axes.append(list(self.variants(self.resolve(node["$ref"]), (*refs, node["$ref"]))))
        axes.extend(list(self.variants(part, refs)) for part in node.get("allOf", ()))
        for key in ("anyOf", "oneOf"):
            if key in node:
                axes.append([v for part in node[key] for v in self.variants(part, refs)])
        for combination in islice(product(*axes), _MOST_VARIANTS):
            yield _combine(combination)


def _combine(parts: tuple[Variant, ...]) -> Variant:
    node: dict[str, Any] = {}
    refs: dict[str, None] = {}
    for part in reversed(parts):
        node = _merge(node, part.node)
        refs.update(dict.fromkeys(part.refs))
    return Variant(node, tuple(refs))


def _merge(first: Node, second: Node) -> dict[str, Any]:
    """Join two plain nodes into one that asks for both; `second` wins where both cannot hold."""
    merged = {**first, **second}
    for key in first.keys() & second.keys():
        merged[key] = _join(key, first[key], second[key])
    return merged


def _join(key: str, first: Any, second: Any) -> Any:
    if key == "properties":
        both = first.keys() & second.keys()
        return {**first, **second, **{k: {"allOf": [first[k], second[k]]} for k in both}}
    if key == "required":
        return list(dict.fromkeys([*first, *second]))
    if key in ("type", "enum"):
        wanted = list_of(first)
        return [value for value in list_of(second) if value in wanted] or second
    if key in _LARGER:
        return max(first, second)
    if key in _SMALLER:
        return min(first, second)
    return second


def list_of(value: Any) -> list[Any]:
    """Return a list as it is and anything else as a list of one."""
    return value if isinstance(value, list) else [value]


def types_of(node: Node) -> list[str]:
    """Return the JSON types a plain node allows, guessed from its keywords if it names none."""
    if "type" in node:
        return list_of(node["type"])
    clues = {
        "object": ("properties", "required", "additionalProperties", "minProperties"),
        "array": ("items", "prefixItems", "minItems", "uniqueItems", "contains"),
        "string": ("minLength", "maxLength", "pattern", "format"),
        "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    }
    found = [kind for kind, keys in clues.items() if any(key in node for key in keys)]
    return found or ["string", "integer", "boolean", "null"]


def compact(value: Any) -> str:
    """Return `value` as JSON text without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
