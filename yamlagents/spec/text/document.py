"""A YAML text as plain data, with the place of every key and value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from yamlagents.spec.problem import Place, Problem, Severity, Source

Keys = tuple[str | int, ...]

MERGE = "<<"


@dataclass(frozen=True)
class Given:
    """A value that came from outside the file: the place to blame, and how it was written."""

    place: Place
    node: yaml.Node | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Moved:
    """A value that is written at other keys, perhaps of another file, than those it holds for."""

    document: Document
    keys: Keys


@dataclass(frozen=True)
class Document:
    """One parsed file: its data, where each piece stands, and what is wrong with it so far.

    `folder` is where relative paths start. `data` is None when the text could not be parsed.
    The composed nodes are kept instead of a table of marks: most places are never asked for.
    `overrides` says of values that come from elsewhere where that is; `params` are the params that
    values hang on.
    """

    source: Source
    folder: Path
    data: Any
    problems: tuple[Problem, ...] = ()
    node: yaml.Node | None = field(default=None, repr=False)
    overrides: Mapping[Keys, Given | Moved] = field(default_factory=dict, repr=False)
    params: frozenset[str] = frozenset()
    # The children of the nodes that were asked for, by key.
    _index: _Index = field(default_factory=dict, repr=False, compare=False)

    def get(self, *keys: str | int) -> Any:
        """Give the value at `keys`, or None where there is none."""
        value = self.data
        for key in keys:
            in_list = isinstance(value, list) and isinstance(key, int) and key < len(value)
            if not in_list and not (isinstance(value, dict) and key in value):
                return None
            value = value[key]
        return value

    def mapping(self, *keys: str | int) -> dict[str, Any]:
        """Give the mapping at `keys`; an empty one where there is none or it is something else."""
        value = self.get(*keys)
        return value if isinstance(value, dict) else {}

    def items(self, *keys: str | int) -> Iterator[tuple[int, Any]]:
        """Give the numbered items of the list at `keys`; none where it is no list."""
        value = self.get(*keys)
        yield from enumerate(value if isinstance(value, list) else ())

    def place(self, *keys: str | int) -> Place:
        """Give the place of the value at `keys`, or of its nearest written ancestor."""
        given, rest = self._given(keys)
        if isinstance(given, Moved):
            return given.document.place(*given.keys, *rest)
        if given is not None:
            return given.place
        node = self.node
        for key in keys:
            pair = _child(node, key, self._index)
            if pair is None:
                break
            node = pair[1]
        return span(self.source, node)

    def key_place(self, *keys: str | int) -> Place:
        """Give the place of the key itself (of the value, for an item of a list)."""
        given, rest = self._given(keys)
        if isinstance(given, Moved):
            return given.document.key_place(*given.keys, *rest)
        if not keys or given is not None:
            return self.place(*keys)
        parent = self.node
        for key in keys[:-1]:
            pair = _child(parent, key, self._index)
            if pair is None:
                return self.place(*keys)
            parent = pair[1]
        pair = _child(parent, keys[-1], self._index)
        return self.place(*keys) if pair is None else span(self.source, pair[0])

    def raw(self, *keys: str | int) -> str | None:
        """Give the scalar at `keys` as it is written, before variables; None for anything else."""
        given, rest = self._given(keys)
        if isinstance(given, Moved):
            return given.document.raw(*given.keys, *rest)
        node = self.node if given is None else given.node
        for key in rest:
            pair = _child(node, key, self._index)
            if pair is None:
                return None
            node = pair[1]
        return node.value if isinstance(node, yaml.ScalarNode) else None

    def problem(
        self,
        place: Place,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        severity: Severity = "error",
    ) -> Problem:
        return Problem(place, severity, code, message, hint)

    def home(self, *keys: str | int) -> Document:
        """Give the document that the value at `keys` is written in: its paths start there."""
        given, rest = self._given(keys)
        return given.document.home(*given.keys, *rest) if isinstance(given, Moved) else self

    def _given(self, keys: Keys) -> tuple[Given | Moved | None, Keys]:
        """Give where the value at or nearest above `keys` is from, and the keys below that."""
        if self.overrides:
            for length in range(len(keys), 0, -1):
                given = self.overrides.get(keys[:length])
                if given is not None:
                    return given, keys[length:]
        return None, keys


def span(source: Source, node: yaml.Node | None) -> Place:
    """Give the place that a composed node takes up in its source."""
    if node is None:
        return Place(source, 1, 1, 1, 1)
    start, end = node.start_mark, node.end_mark
    return Place(source, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def is_merge(node: yaml.Node) -> bool:
    """Tell whether `node` is the key `<<`; in quotes it is a key like any other."""
    return isinstance(node, yaml.ScalarNode) and node.value == MERGE and not node.style


def merged_nodes(node: yaml.Node) -> list[yaml.Node]:
    """Give the nodes that a merge key with the value `node` stands for."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else [node]


_Pair = tuple[yaml.Node, yaml.Node]
_Index = dict[int, dict[str, _Pair]]


def _child(node: yaml.Node | None, key: str | int, index: _Index) -> _Pair | None:
    """Find the key node and value node of `key`, looking through merge keys last."""
    if isinstance(node, yaml.SequenceNode):
        if isinstance(key, int) and key < len(node.value):
            return node.value[key], node.value[key]
        return None
    # Merge keys can lead to one mapping along very many ways, and in a circle.
    waiting, seen = [node], set()
    while waiting:
        part = waiting.pop()
        if not isinstance(part, yaml.MappingNode) or id(part) in seen:
            continue
        seen.add(id(part))
        pairs = _pairs(part, index)
        if key in pairs:
            return pairs[str(key)]
        merges = [merged for name, merged in part.value if is_merge(name)]
        waiting += [
            below for merged in reversed(merges) for below in reversed(merged_nodes(merged))
        ]
    return None


def _pairs(node: yaml.MappingNode, index: _Index) -> dict[str, _Pair]:
    known = index.get(id(node))
    if known is None:
        known = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and not is_merge(key):
                known.setdefault(key.value, (key, value))
        index[id(node)] = known
    return known
