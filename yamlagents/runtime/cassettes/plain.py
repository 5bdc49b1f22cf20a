"""From the nodes of a cassette's YAML to plain data."""

from __future__ import annotations

from typing import Any, NoReturn

import yaml

from yamlagents.spec.problem import Source
from yamlagents.spec.text.reader import MIB, Bounds
from yamlagents.spec.text.scalars import BadScalar, resolve

BOUNDS = Bounds(32 * MIB, 128)


class Unreadable(Exception):
    """A text that is no cassette: where it says so, and what is wrong there."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


class Plain:
    """Makes plain data of nodes. There is nothing in a cassette that it was not written with."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._seen: set[int] = set()

    def data(self, node: yaml.Node, depth: int) -> Any:
        """Give the data of `node`, at a depth counted from 1."""
        if node.tag:
            self._fail(node, "a cassette has no tags")
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.style else self._scalar(node)
        if depth > BOUNDS.depth:
            self._fail(node, f"nested more than {BOUNDS.depth} levels deep")
        if id(node) in self._seen:
            self._fail(node, "a cassette has no anchors")
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.data(item, depth + 1) for item in node.value]
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self.data(key_node, depth + 1)
            if not isinstance(key, str):
                self._fail(key_node, "a key must be text")
            if key in data:
                self._fail(key_node, f"'{key}' is defined twice")
            data[key] = self.data(value_node, depth + 1)
        return data

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        try:
            return resolve(text)
        except BadScalar as bad:
            try:
                # Arguments may hold what JSON cannot: Infinity, or a number without end.
                return float(text.replace(".", "")) if text[-1].isalpha() else int(text)
            except ValueError:
                self._fail(node, str(bad))

    def _fail(self, node: yaml.Node, reason: str) -> NoReturn:
        mark = node.start_mark
        raise Unreadable(f"{self._source.name}:{mark.line + 1}:{mark.column + 1}", reason)
