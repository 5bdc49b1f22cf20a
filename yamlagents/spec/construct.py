"""From composed YAML nodes to plain data, collecting every problem on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import yaml

from yamlagents.spec.document import MERGE, span
from yamlagents.spec.problem import Place, Problem, Source
from yamlagents.spec.scalars import BadScalar, resolve, shown, tagged
from yamlagents.spec.variables import Unset, expand

MAX_NODES = 1_000_000

_MAP_TAGS = frozenset(("", "tag:yaml.org,2002:map"))
_SEQ_TAGS = frozenset(("", "tag:yaml.org,2002:seq"))
# libyaml says "non-specific" for a bare `!`, which means: take the text as it is.
_TEXT_TAG = "!"


class Construction:
    """Builds the data of one document. `problems` holds what is wrong, in no particular order.

    Nodes that aliases share are built once, so a text that expands to more than it is costs no
    more than it is; what it would expand to is counted and bounded.
    """

    def __init__(
        self,
        source: Source,
        environ: Mapping[str, str],
        unset: Literal["error", "note"],
        *,
        max_depth: int,
    ) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._environ = environ
        self._unset: Literal["error", "note"] = unset
        self._max_depth = max_depth
        self._built: dict[int, tuple[Any, int]] = {}
        self._open: set[int] = set()

    def value(self, node: yaml.Node) -> Any:
        """Give the data of `node`: dicts with text keys, lists, and core scalars."""
        data, size = self._build(node, 1)
        if size > MAX_NODES:
            self._add(
                span(self._source, node),
                "too-many-nodes",
                f"aliases expand this to {size:,} values; {MAX_NODES:,} are the most",
            )
            return None
        return data

    def _build(self, node: yaml.Node, depth: int) -> tuple[Any, int]:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node), 1
        known = self._built.get(id(node))
        if known is not None:
            return known
        if id(node) in self._open:
            self._add(span(self._source, node), "recursive-alias", "this anchor contains itself")
            return None, 1
        if depth > self._max_depth:
            place = span(self._source, node)
            self._add(place, "too-deep", f"nested more than {self._max_depth} levels deep")
            return None, 1
        self._open.add(id(node))
        built = self._collection(node, depth)
        self._open.discard(id(node))
        self._built[id(node)] = built
        return built

    def _collection(self, node: yaml.Node, depth: int) -> tuple[Any, int]:
        is_map = isinstance(node, yaml.MappingNode)
        if node.tag not in (_MAP_TAGS if is_map else _SEQ_TAGS):
            place = span(self._source, node)
            self._add(place, "unknown-tag", f"the tag '{shown(node.tag)}' is not a core tag of YAML")
        if is_map:
            return self._mapping(node, depth)
        items, total = [], 1
        for child in node.value:
            item, size = self._build(child, depth + 1)
            items.append(item)
            total += size
        return items, total

    def _mapping(self, node: yaml.Node, depth: int) -> tuple[dict[str, Any], int]:
        data: dict[str, Any] = {}
        keys: dict[str, yaml.Node] = {}
        merges: list[yaml.Node] = []
        total = 1
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key == MERGE and not key_node.style:
                merges.append(value_node)
                continue
            if key is None or not self._is_text(key_node):
                self._not_text(key_node)
                continue
            if key in keys:
                first = span(self._source, keys[key])
                message = f"'{key}' is defined twice; first at line {first.line}, column {first.column}"
                self._add(span(self._source, key_node), "duplicate-key", message)
                continue
            keys[key] = key_node
            data[key], size = self._build(value_node, depth + 1)
            total += size + 1
        for merged in merges:
            total += self._merge(merged, data, depth)
        return data, total

    def _merge(self, node: yaml.Node, data: dict[str, Any], depth: int) -> int:
        """Put the keys of `<<` below the mapping's own; the first mapping that has a key wins."""
        total = 0
        for part in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            value, size = self._build(part, depth + 1)
            total += size
            if isinstance(value, dict):
                for key, item in value.items():
                    data.setdefault(key, item)
            elif id(part) not in self._open:
                self._add(span(self._source, part), "bad-merge", "'<<' takes mappings only")
        return total

    def _is_text(self, node: yaml.ScalarNode) -> bool:
        if node.style or node.tag == "tag:yaml.org,2002:str":
            return True
        try:
            return not node.tag and isinstance(resolve(node.value), str)
        except BadScalar:
            return False

    def _not_text(self, node: yaml.Node) -> None:
        scalar = isinstance(node, yaml.ScalarNode)
        hint = f'write it in quotes: "{node.value}"' if scalar and node.value else None
        self._add(span(self._source, node), "key-not-text", "a key has to be text", hint)

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        plain = not node.style and not node.tag
        if "$" in text:
            expansion = expand(text, self._environ)
            if expansion.malformed or expansion.missing:
                return self._unresolved(node, expansion.malformed, text)
            text = expansion.text
        if not plain and node.tag in ("", _TEXT_TAG):
            return text
        try:
            return resolve(text) if plain else tagged(node.tag, text)
        except BadScalar as bad:
            tag = node.tag and node.tag.startswith("tag:yaml.org,2002:") is False
            code = "unknown-tag" if tag else "bad-scalar"
            self._add(span(self._source, node), code, str(bad))
            return Unset(text)

    def _unresolved(self, node: yaml.ScalarNode, malformed: bool, text: str) -> Unset:
        place = span(self._source, node)
        if malformed:
            hint = "write ${NAME}, ${NAME:-default} or ${NAME:?message}; a plain dollar is $$"
            self._add(place, "bad-variable", "this '${' does not name a variable", hint)
        for missing in expand(text, self._environ).missing:
            said = f": {missing.message}" if missing.message else ""
            hint = f"set {missing.name}, or give a default with ${{{missing.name}:-...}}"
            problem = Problem(
                place, self._unset, "unset-variable", f"{missing.name} is not set{said}", hint
            )
            self.problems.append(problem)
        return Unset(text)

    def _add(self, place: Place, code: str, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(place, "error", code, message, hint))
