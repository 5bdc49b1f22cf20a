"""Changes of values in a YAML text that leave all else of it as it is, to the byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from yamlagents.spec.text.document import Document, Keys, is_merge
from yamlagents.spec.text.replacement import (
    Edit,
    Spot,
    collection_edit,
    has_comments,
    is_flow,
    leaves,
    parts,
    scalar_edit,
)
from yamlagents.spec.variables import names, param_names


class CannotEdit(Exception):
    """A value that is not written out where it stands; the text says why."""


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Give `text` with all edits, which do not overlap."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def same_data(left: Any, right: Any) -> bool:
    """Tell whether two pieces of plain data are the same, types and order of keys included."""
    if isinstance(left, dict) and isinstance(right, dict):
        items = zip(left.values(), right.values(), strict=False)
        return list(left) == list(right) and all(same_data(*pair) for pair in items)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_data, left, right))
    if isinstance(left, str) and isinstance(right, str):
        return str(left) == str(right)
    return type(left) is type(right) and bool(left == right)


class Editing:
    """Edits of one document, each made for the text as it is."""

    def __init__(self, document: Document) -> None:
        assert document.node is not None, "a document without content has no values"
        self._document = document
        self._text = document.source.text
        self._root = document.node
        # What several places share is not one of them to change.
        self._shared = {key for key, count in _references(self._root).items() if count > 1}

    def replace(self, keys: Keys, value: Any) -> list[Edit]:
        """Give the edits that put `value` (plain data) at `keys`, where there is a value.

        Of a collection only what differs is written. Raises `CannotEdit` if the value comes from
        an anchor, a merge key or a variable, or if comments would be lost.
        """
        spot = Spot(self._root)
        for key in keys:
            spot = self._below(spot, key)
        return list(self._replace(spot, self._document.get(*keys), value))

    def _below(self, spot: Spot, key: str | int) -> Spot:
        node = spot.node
        self._require_own(node)
        in_flow = spot.in_flow or is_flow(node)
        if isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            return Spot(node.value[key], None, in_flow, node.start_mark.column)
        for name, value in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(name, yaml.ScalarNode) and name.value == key and not is_merge(name):
                return Spot(value, name, in_flow, name.start_mark.column)
        raise CannotEdit("it comes from a merge key")

    def _replace(self, spot: Spot, old: Any, new: Any) -> Iterator[Edit]:
        node = spot.node
        self._require_own(node)
        if same_data(old, new):
            return
        keys = _common(old, new)
        if keys is not None:
            for key in keys:
                yield from self._replace(self._below(spot, key), old[key], new[key])
            return
        self._require_written_out(node)
        write = scalar_edit if isinstance(node, yaml.ScalarNode) else collection_edit
        yield write(self._text, spot, new)

    def _require_own(self, node: yaml.Node) -> None:
        if id(node) in self._shared:
            raise CannotEdit("an anchor shares it with other places")

    def _require_written_out(self, node: yaml.Node) -> None:
        """Refuse a value of which more than data would be lost."""
        start = node.start_mark.index
        if self._text[start : start + 1] in ("&", "!"):
            raise CannotEdit("it has an anchor or a tag")
        for leaf in leaves(node):
            if id(leaf) in self._shared:
                raise CannotEdit("an anchor shares part of it with other places")
            if names(leaf.value) or param_names(leaf.value):
                raise CannotEdit("it is made of variables")
        if not isinstance(node, yaml.ScalarNode) and has_comments(self._text, node):
            raise CannotEdit("comments in it would be lost")


def _common(old: Any, new: Any) -> Iterable[str | int] | None:
    """Give the keys, or indices, that two collections of one shape have; None for others."""
    if isinstance(old, dict) and isinstance(new, dict):
        return list(new) if old.keys() == new.keys() else None
    if isinstance(old, list) and isinstance(new, list):
        return range(len(new)) if len(old) == len(new) else None
    return None


def _references(root: yaml.Node) -> Counter[int]:
    """Count from how many places each node is reached."""
    count: Counter[int] = Counter()
    waiting = [root]
    while waiting:
        for part in parts(waiting.pop()):
            count[id(part)] += 1
            if count[id(part)] == 1:
                waiting.append(part)
    return count
