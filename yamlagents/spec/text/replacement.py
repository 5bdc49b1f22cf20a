"""The text that a value takes up, and the text that another takes up in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from yamlagents.spec.text.notation import block, flow, key_text, scalar

_LINE_END = re.compile("\r\n|\n|\r")
_HEADER = re.compile(r"[|>][-+0-9]*(?P<comment>[ \t]+#[^\r\n]*)?")
_REST = re.compile(r"[ \t]*(?:[ \t]#[^\r\n]*)?(?=[\r\n]|\Z)")
_FIRST_LINE = re.compile(r"[ \t]*(?:\r\n|\n|\r)(?P<indent> +)\S")
_COLON = re.compile(r"\s*:\s*")


@dataclass(frozen=True)
class Edit:
    """A span of a text, as offsets of characters, and what comes in its place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Spot:
    """A node, the key it stands at, whether it is in a flow collection, and its parent's column."""

    node: yaml.Node
    key: yaml.Node | None = None
    in_flow: bool = False
    column: int = -2


def line_end(text: str) -> str:
    """Give the line end that a text uses."""
    found = _LINE_END.search(text)
    return found[0] if found is not None else "\n"


def is_flow(node: yaml.Node) -> bool:
    """Tell whether a node is a collection in brackets."""
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def is_block(node: yaml.Node) -> bool:
    """Tell whether a node is a text in a block: `|` or `>`."""
    return isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")


def end_of(text: str, node: yaml.Node) -> int:
    """Give the offset where what is written of a node ends, without the lines left empty."""
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if is_block(node):
        return start + len(text[start:end].rstrip(" \t\r\n"))
    if not isinstance(node, yaml.CollectionNode) or is_flow(node) or not node.value:
        return end
    last = node.value[-1]
    return end_of(text, last[1] if isinstance(last, tuple) else last)


def has_comments(text: str, node: yaml.Node) -> bool:
    """Tell whether comments stand within a collection."""
    position = int(node.start_mark.index)
    for leaf in leaves(node):
        header = _HEADER.match(text, leaf.start_mark.index) if is_block(leaf) else None
        if header is not None and header["comment"]:
            return True
        if "#" in text[position : leaf.start_mark.index]:
            return True
        position = leaf.end_mark.index
    return "#" in text[position : end_of(text, node)]


def leaves(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Give the scalars of a node in order, keys included."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    for part in parts(node):
        yield from leaves(part)


def parts(node: yaml.Node) -> Iterator[yaml.Node]:
    """Give the nodes that a collection holds directly, keys included."""
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def scalar_edit(text: str, spot: Spot, new: Any) -> Edit:
    """Put plain data in the place of a scalar, in its style if that can be."""
    start, end, style = spot.node.start_mark.index, end_of(text, spot.node), _style(spot.node)
    if isinstance(new, str) and not spot.in_flow and _wants_block(spot.node, new):
        edit = _block_edit(text, spot, new)
        if edit is not None:
            return edit
    header = _HEADER.match(text, start) if is_block(spot.node) else None
    comment = (header["comment"] or "") if header is not None else ""
    flat = not isinstance(new, dict | list)
    said = scalar(new, style, in_flow=spot.in_flow) if flat else flow(new)
    return Edit(start, end, _space(start, end) + said + comment)


def _block_edit(text: str, spot: Spot, new: str) -> Edit | None:
    """Put a text as a block in the place of a scalar; None if it, or its place, does not suit."""
    start, end = spot.node.start_mark.index, end_of(text, spot.node)
    written = block(new)
    if written is None:
        return None
    indent = " " * (spot.column + 2)
    if is_block(spot.node):
        header = _HEADER.match(text, start)
        assert header is not None, "a block starts with its header"
        comment = header["comment"] or ""
        first = _FIRST_LINE.match(text, header.end())
        indent = first["indent"] if first is not None else indent
    else:
        # A comment behind the scalar comes to stand behind the header.
        rest = _REST.match(text, end)
        if rest is None:
            return None
        comment, end = rest[0].rstrip(), rest.end()
    mark, lines = written
    body = "".join(f"{line_end(text)}{indent if line else ''}{line}" for line in lines)
    last = line_end(text) if mark == "|" and end == len(text) else ""
    return Edit(start, end, _space(start, end) + mark + comment + body + last)


def collection_edit(text: str, spot: Spot, new: Any) -> Edit:
    """Put plain data in the place of a collection, in its style if that can be."""
    node = spot.node
    start, end = node.start_mark.index, end_of(text, node)
    rows = _rows(new) if not (spot.in_flow or is_flow(node)) else []
    # Only a list may stand in the column of the key above it.
    if rows and (isinstance(new, list) or node.start_mark.column > spot.column):
        between = line_end(text) + " " * node.start_mark.column
        return Edit(start, end, between.join(rows))
    if not is_flow(node) and spot.key is not None:
        # What needs no lines of its own stands behind its key.
        key_end = spot.key.end_mark.index
        if _COLON.fullmatch(text, key_end, start):
            return Edit(key_end, end, f": {flow(new)}")
    return Edit(start, end, flow(new))


def _style(node: yaml.Node) -> str | None:
    # Plain is '' or None, as PyYAML was built.
    return (node.style or None) if isinstance(node, yaml.ScalarNode) else None


def _wants_block(node: yaml.Node, new: str) -> bool:
    if is_block(node):
        return True
    # Line ends that were written as \n stay so.
    return "\n" in new and not (_style(node) == '"' and "\n" in node.value)


def _space(start: int, end: int) -> str:
    """Give a space where a value comes to stand right behind a `:` or `-` that had none."""
    return " " if start == end else ""


def _rows(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{key_text(key)}: {flow(item)}" for key, item in value.items()]
    return [f"- {flow(item)}" for item in value] if isinstance(value, list) else []
