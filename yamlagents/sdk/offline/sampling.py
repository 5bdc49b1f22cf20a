"""Small values that are valid for a JSON Schema."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from yamlagents.sdk.offline.pattern import texts_for
from yamlagents.sdk.offline.schema import (
    Node,
    NoSampleFits,
    SchemaTree,
    Variant,
    compact,
    naming,
    types_of,
)

_FORMATS = {
    "date": ("2000-01-01", "2000-01-{:02d}"),
    "date-time": ("2000-01-01T00:00:00Z", "2000-01-{:02d}T00:00:00Z"),
    "time": ("00:00:00Z", "00:00:{:02d}Z"),
    "duration": ("P1D", "P{}D"),
    "email": ("a@example.com", "a{}@example.com"),
    "hostname": ("example.com", "a{}.example.com"),
    "uri": ("https://example.com", "https://example.com/{}"),
    "uri-reference": ("https://example.com", "https://example.com/{}"),
    "ipv4": ("127.0.0.1", "127.0.0.{}"),
    "ipv6": ("::1", "::{}"),
    "uuid": (
        "00000000-0000-4000-8000-000000000000",
        "00000000-0000-4000-8000-0000000000{:02d}",
    ),
    "regex": (".", "a{{{}}}"),
    "json-pointer": ("/a", "/a{}"),
}
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


def sample(schema: Node, *, smallest: bool = False) -> Any:
    """Return a small value that is valid for `schema`, the same one each time.

    Optional properties are left out. Without `smallest` a `default` or a first example is taken
    where there is one, and free text is "sample"; with it the shortest JSON that was found is
    taken. Raises NoSampleFits, naming the parameter, if none was found.
    """
    return Sampler(SchemaTree(schema), smallest).first(schema)


@dataclass(frozen=True)
class Sampler:
    """Makes values for the parts of one schema; each is checked before it is given out."""

    tree: SchemaTree
    smallest: bool = False

    def first(self, node: Node | bool, path: str = "", refs: tuple[str, ...] = ()) -> Any:
        """Return one valid value for `node`; NoSampleFits, naming `path`, if none is found."""
        options: list[Any] = []
        failures: list[NoSampleFits] = []
        with naming(f"no sample fits {_name(path)}"):
            variants = list(self.tree.variants(node, refs))
        for variant in variants:
            found = self._valid(variant, node, path, failures)
            options.extend(found if "enum" in variant.node and self.smallest else islice(found, 1))
            if options and not self.smallest:
                return options[0]
        if options:
            return min(options, key=lambda value: len(compact(value)))
        raise (
            failures[0]
            if failures
            else NoSampleFits(f"no sample fits {_name(path)} ({_shown(node)})")
        )

    def values(self, node: Node | bool, path: str, refs: tuple[str, ...]) -> Iterator[Any]:
        """Yield distinct valid values for `node`, preferred ones first; none if none is found."""
        seen: set[str] = set()
        for variant in self.tree.variants(node, refs):
            for value in self._valid(variant, node, path, []):
                if compact(value) not in seen:
                    seen.add(compact(value))
                    yield value

    def _valid(
        self, variant: Variant, node: Node | bool, path: str, failures: list[NoSampleFits]
    ) -> Iterator[Any]:
        try:
            for value in self._candidates(variant, path):
                if self.tree.is_valid(value, node):
                    yield value
        except NoSampleFits as error:
            failures.append(error)

    def _candidates(self, variant: Variant, path: str) -> Iterator[Any]:
        node = variant.node
        if "const" in node:
            yield node["const"]
            return
        if "enum" in node:
            yield from node["enum"]
            return
        if not self.smallest:
            yield from (node[key] for key in ("default",) if key in node)
            yield from islice(node.get("examples", ()), 1)
        for kind in types_of(node):
            if kind == "array":
                yield from self._arrays(variant, path)
            elif kind == "object":
                yield from self._objects(variant, path)
            elif kind == "string":
                yield from self._strings(node)
            elif kind in ("integer", "number"):
                yield from _numbers(node, whole=kind == "integer", zero_first=self.smallest)
            else:
                yield from {"boolean": (False, True), "null": (None,)}.get(kind, ())

    def _strings(self, node: Node) -> Iterator[str]:
        if "pattern" in node:
            yield from texts_for(node["pattern"])
        if node.get("format") in _FORMATS:
            plain, numbered = _FORMATS[node["format"]]
            yield plain
            yield from (numbered.format(number) for number in range(2, 29))
            return
        least, most = node.get("minLength", 0), node.get("maxLength", math.inf)
        base = "" if self.smallest else "sample"
        if len(base) < least:
            base += _ALPHABET[0] * (least - len(base))
        yield base if len(base) <= most else base[: int(most)]
        yield from (f"{base}{number}" for number in range(2, 30))
        yield from (letter * max(1, least) for letter in _ALPHABET)

    def _arrays(self, variant: Variant, path: str) -> Iterator[list[Any]]:
        node, refs = variant.node, variant.refs
        items = node.get("items", True)
        listed = node.get("prefixItems", items if isinstance(items, list) else [])
        rest = node.get("additionalItems", True) if isinstance(items, list) else items
        least = node.get("minItems", 0)
        head = [self.first(part, f"{path}[{n}]", refs) for n, part in enumerate(listed)]
        if least <= len(head):
            yield head[:least]
            yield head
        if "contains" in node:
            found = self.first(node["contains"], f"{path}[]", refs)
            head = [*head, *[found] * node.get("minContains", 1)]
        wanted = max(least - len(head), 0)
        if not wanted or not node.get("uniqueItems"):
            yield head + [self.first(rest, f"{path}[]", refs)] * wanted if wanted else head
        distinct = list(islice(self.values(rest, f"{path}[]", refs), wanted + len(head) + 3))
        fresh = [value for value in distinct if value not in head]
        yield head + fresh[:wanted]
        yield from ([*head, *fresh[:wanted], *fresh[wanted : wanted + n]] for n in range(1, 4))

    def _objects(self, variant: Variant, path: str) -> Iterator[dict[str, Any]]:
        node, refs = variant.node, variant.refs
        known: Mapping[str, Any] = node.get("properties", {})
        free = node.get("additionalProperties", True)
        required = dict.fromkeys(node.get("required", ()))
        inside = {key: f"{path}.{key}" if path else key for key in (*known, *required)}
        base = {key: self.first(known.get(key, free), inside[key], refs) for key in required}
        yield dict(base)
        for key in required:
            options = islice(self.values(known.get(key, free), inside[key], refs), 8)
            yield from ({**base, key: value} for value in options)
        grown = dict(base)
        for key in (key for key in known if key not in base):
            for value in islice(self.values(known[key], inside[key], refs), 1):
                grown[key] = value
                yield dict(grown)
        while free is not False and len(grown) < node.get("minProperties", 0):
            key = f"key{len(grown) + 1}"
            grown[key] = self.first(free, f"{path}.{key}", refs)
            yield dict(grown)


def _numbers(node: Node, *, whole: bool, zero_first: bool) -> Iterator[int | float]:
    low = max(_bounds(node, "minimum", "exclusiveMinimum"), default=None)
    high = min(_bounds(node, "maximum", "exclusiveMaximum"), default=None)
    yield from (0, 1) if zero_first else (1, 0)
    step = node.get("multipleOf", 1)
    if step:
        start = low if low is not None else (high if high is not None else 0)
        toward = -1 if low is None and high is not None else 1
        nearest = math.floor(start / step) if toward < 0 else math.ceil(start / step)
        for number in range(40):
            value = _rounded((nearest + toward * number) * step)
            yield int(value) if whole and value == int(value) else value
    yield from (bound for bound in (low, high) if bound is not None)
    if not whole and low is not None and high is not None:
        yield (low + high) / 2


def _bounds(node: Node, *keys: str) -> list[float]:
    found = [node[key] for key in keys if key in node]
    # Draft 4 writes an exclusive bound as a boolean beside the plain one.
    return [value for value in found if not isinstance(value, bool)]


def _rounded(value: float) -> float:
    return value if isinstance(value, int) else round(value, 10)


def _name(path: str) -> str:
    return f"parameter {path!r}" if path else "the schema"


def _shown(node: Node | bool) -> str:
    text = compact(node)
    return text if len(text) <= 120 else text[:117] + "..."
