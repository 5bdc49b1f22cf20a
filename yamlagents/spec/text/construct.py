"""From composed YAML nodes to plain data, collecting every problem on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from yamlagents.spec.problem import Place, Problem, Source, shortened, suggestion
from yamlagents.spec.text.document import MERGE, is_merge, merged_nodes, span
from yamlagents.spec.text.scalars import TAGS, BadScalar, is_text, resolve, shown, tagged
from yamlagents.spec.variables import Expansion, Unset, Variables, alone, expand

MAX_NODES = 1_000_000
# Whoever has made this many mistakes in one file reads no further.
MAX_PROBLEMS = 1000

_MAP_TAG, _SEQ_TAG = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"

# A value, the number of values in it, and how many levels deep it is.
_Built = tuple[Any, int, int]


class Construction:
    """Builds the data of one document. `problems` holds what is wrong, in no particular order.

    `params` holds the names of those that values hang on.

    Nodes that aliases share are built once, so a text that expands to more than it is costs no
    more than it is; what it would expand to is counted and bounded.
    """

    def __init__(self, source: Source, variables: Variables, *, max_depth: int) -> None:
        self.problems: list[Problem] = []
        self.params: set[str] = set()
        self._source = source
        self._variables = variables
        self._values = variables.params.values if variables.params is not None else None
        self._max_depth = max_depth
        self._built: dict[int, _Built] = {}
        self._open: set[int] = set()
        self._merged = 0

    def value(self, node: yaml.Node) -> Any:
        """Give the data of `node`: dicts with text keys, lists, and core scalars."""
        data, size, _ = self._build(node, 1)
        size = max(size, self._merged)
        if size > MAX_NODES:
            message = f"aliases expand this to {size:,} values; {MAX_NODES:,} are the most"
            if self._merged > MAX_NODES:
                message = f"merge keys copy over {MAX_NODES:,} values, which is the most"
            self._add(span(self._source, node), "too-many-nodes", message)
            return None
        return data

    def _build(self, node: yaml.Node, depth: int) -> _Built:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node), 1, 0
        if id(node) in self._open:
            hint = "an alias may not name what it is a part of"
            self._add(
                span(self._source, node), "recursive-alias", "this anchor contains itself", hint
            )
            return None, 1, 0
        known = self._built.get(id(node))
        if depth + (known[2] - 1 if known is not None else 0) > self._max_depth:
            place = span(self._source, node)
            self._add(place, "too-deep", f"nested more than {self._max_depth} levels deep")
            return None, 1, 0
        if known is None:
            self._open.add(id(node))
            known = self._collection(node, depth)
            self._open.discard(id(node))
            self._built[id(node)] = known
        return known

    def _collection(self, node: yaml.Node, depth: int) -> _Built:
        is_map = isinstance(node, yaml.MappingNode)
        if node.tag not in ("", _MAP_TAG if is_map else _SEQ_TAG):
            self._bad_tag(node, "a mapping" if is_map else "a list")
        if is_map:
            return self._mapping(node, depth)
        items, total, height = [], 1, 0
        for child in node.value:
            item, size, below = self._build(child, depth + 1)
            items.append(item)
            total += size
            height = max(height, below)
        return items, total, height + 1

    def _mapping(self, node: yaml.Node, depth: int) -> _Built:
        data: dict[str, Any] = {}
        keys: dict[str, yaml.Node] = {}
        total, height = 1, 0
        merges: list[tuple[yaml.Node, yaml.Node]] = []
        for key_node, value_node in node.value:
            if is_merge(key_node):
                merges.append((key_node, value_node))
                continue
            if not self._is_text(key_node):
                self._not_text(key_node)
                # A mapping or list as a key has no name that its value could go by.
                if not isinstance(key_node, yaml.ScalarNode):
                    continue
            key = key_node.value
            if key in keys:
                self._twice(key, keys[key], key_node)
                continue
            keys[key] = key_node
            data[key], size, below = self._build(value_node, depth + 1)
            total, height = total + size + 1, max(height, below)
        for key_node, value_node in merges:
            size, below = self._merge(key_node, value_node, data, depth)
            total, height = total + size, max(height, below)
        return data, total, height + 1

    def _merge(
        self, key: yaml.Node, node: yaml.Node, data: dict[str, Any], depth: int
    ) -> tuple[int, int]:
        """Put the keys of `<<` below the mapping's own; the first mapping that has a key wins."""
        total = height = 0
        for part in merged_nodes(node):
            value, size, below = self._build(part, depth + 1)
            total, height = total + size, max(height, below - 1)
            if not isinstance(value, dict):
                if id(part) not in self._open:
                    message = f"'{MERGE}' takes a mapping, or a list of mappings"
                    hint = "write <<: *name, where &name marks a mapping"
                    self._add(span(self._source, key), "bad-merge", message, hint)
                    break
                continue
            self._merged += len(value)
            if self._merged > MAX_NODES:
                break
            for name, item in value.items():
                data.setdefault(name, item)
        return total, height

    def _twice(self, key: str, first: yaml.Node, second: yaml.Node) -> None:
        place = span(self._source, first)
        message = f"'{key}' is defined twice; first at line {place.line}, column {place.column}"
        self._add(span(self._source, second), "duplicate-key", message)

    def _is_text(self, node: yaml.Node) -> bool:
        if not isinstance(node, yaml.ScalarNode):
            return False
        if node.style or node.tag == "tag:yaml.org,2002:str":
            return True
        return not node.tag and is_text(node.value)

    def _not_text(self, node: yaml.Node) -> None:
        scalar = isinstance(node, yaml.ScalarNode)
        hint = f'write it in quotes: "{node.value}"' if scalar and node.value else None
        self._add(span(self._source, node), "key-not-text", "a key must be text", hint)

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        plain = not node.style and not node.tag
        if "$" in text:
            expansion = expand(text, self._variables.environ, self._values)
            if expansion.malformed or expansion.missing or expansion.unknown:
                return self._unresolved(node, expansion, text)
            if expansion.params:
                self.params.update(expansion.params)
                if plain:
                    # The value of a param has a type already, and text with one in it is text.
                    name = alone(text)
                    return expansion.text if name is None else (self._values or {})[name]
            text = expansion.text
        if not plain and not node.tag:
            return text
        if not plain and node.tag not in TAGS:
            self._bad_tag(node, "a single value")
            return Unset(text)
        try:
            return resolve(text) if plain else tagged(node.tag, text)
        except BadScalar as bad:
            quoted = text if len(text) < 20 else "..."
            hint = f'write it in quotes if it is text: "{quoted}"' if plain else None
            self._add(span(self._source, node), "bad-scalar", str(bad), hint)
            return Unset(text)

    def _bad_tag(self, node: yaml.Node, noun: str) -> None:
        core = node.tag in (_MAP_TAG, _SEQ_TAG, *TAGS)
        reason = f"does not fit {noun}" if core else "is not a core tag of YAML"
        message = f"the tag '{shown(node.tag)}' {reason}"
        hint = "remove it" if core else "remove it; a file holds data only"
        self._add(span(self._source, node), "unknown-tag", message, hint)

    def _unresolved(self, node: yaml.ScalarNode, expansion: Expansion, text: str) -> Unset:
        place = span(self._source, node)
        self.params.update(expansion.params)
        if expansion.malformed:
            hint = "write ${NAME}, ${NAME:-default} or ${NAME:?message}; a plain dollar is $$"
            if "${params." in text:
                hint = "write ${params.name}; its default stands where it is declared"
            self._add(place, "bad-variable", "this '${' does not name a variable", hint)
        for missing in dict.fromkeys(expansion.missing):
            said = f": {missing.message}" if missing.message else ""
            hint = f"set {missing.name}, or give a default with ${{{missing.name}:-...}}"
            message = f"{missing.name} is not set{said}"
            unset = self._variables.unset
            self.problems.append(Problem(place, unset, "unset-variable", message, hint))
        params = self._variables.params
        if params is not None and params.complete:
            for name in dict.fromkeys(expansion.unknown):
                if name not in params.declared:
                    message, declare = unknown_param(name, params.declared)
                    self._add(self._mention(node, name), "unknown-param", message, declare)
        return Unset(text)

    def _mention(self, node: yaml.ScalarNode, param: str) -> Place:
        """Give the place of the param itself, which may be lines below the start of a text."""
        written = f"${{params.{param}}}"
        found = self._source.text.find(written, node.start_mark.index, node.end_mark.index)
        if found < 0:  # written with an escape
            return span(self._source, node)
        return self._source.place(found, found + len(written))

    def _add(self, place: Place, code: str, message: str, hint: str | None = None) -> None:
        if len(self.problems) <= MAX_PROBLEMS:
            self.problems.append(Problem(place, "error", code, message, hint))


def unknown_param(name: str, declared: Iterable[str]) -> tuple[str, str | None]:
    """Give the message and the hint for a param that is not among those `declared`."""
    near = suggestion(name, sorted(declared))
    hint = None if near else f"declare it: params: {{{shortened(name)}: {{type: string}}}}"
    return f"there is no param '{shortened(name)}'{near}", hint
