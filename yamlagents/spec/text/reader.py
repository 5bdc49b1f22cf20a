"""From text to Document: YAML within bounds, the place of every mistake, or plain data."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import yaml

from yamlagents.spec.problem import Place, Problem, Source
from yamlagents.spec.text.construct import MAX_NODES, Construction
from yamlagents.spec.text.document import Document
from yamlagents.spec.text.syntax import control_character, syntax_problem
from yamlagents.spec.variables import Variables

MIB = 1024 * 1024

# The C composer recurses once a level and takes the process with it on deep nesting, so no text
# reaches it whose depth is not bounded first: cheaply from its indentation and brackets, or,
# where that says too little, by counting its events.
_CHEAP_DEPTH = 160
# Composed nodes are large; what has too many of them is refused while they are still events.
_SEPARATORS = ",:\n[{-?"
_INDENT = re.compile("(?:^|[\r\n\x85\u2028\u2029])( +)")
_NESTED_ON_ONE_LINE = re.compile(r"[-?:][ \t]+[-?][ \t]")


@dataclass(frozen=True)
class Bounds:
    """How much a text may be: its size in bytes, and its levels of nesting."""

    size: int
    depth: int


FILE = Bounds(4 * MIB, 64)


class Refused(Exception):
    """A text that could not be composed, for the reason in `problem`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


_BASE: Any = getattr(yaml, "CLoader", yaml.Loader)


class _Composer(_BASE):  # type: ignore[misc]  # the base depends on how PyYAML was built
    """PyYAML's composer with scalar typing left to `construct`, which knows YAML 1.2."""

    def resolve(self, kind: type, value: Any, implicit: Any) -> str:
        return ""


def read(path: Path, name: str, variables: Variables) -> Document:
    """Read and parse the file at `path`, called `name` in problems. Raises nothing."""
    nowhere = Place(Source(name, ""), 1, 1, 1, 1)
    try:
        with path.open("rb") as file:
            # No more than is needed to see that it is too much: a device never ends.
            content = file.read(FILE.size + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        problem = Problem(
            nowhere, "error", "unreadable-file", f"this file cannot be read: {reason}"
        )
        return Document(nowhere.source, path.parent, None, (problem,))
    return parse_with(variables, content, name, path.parent)


def parse(
    content: bytes,
    name: str,
    folder: Path,
    *,
    environ: Mapping[str, str],
    unset: Literal["error", "note"],
) -> Document:
    """Parse `content`. What is wrong is in the document's problems; its data is then None."""
    return parse_with(Variables(environ, unset), content, name, folder)


def parse_with(variables: Variables, content: bytes, name: str, folder: Path) -> Document:
    """Do as `parse`, with what values are made of."""
    try:
        source, node = compose(content, name, FILE)
    except Refused as refused:
        return Document(refused.problem.place.source, folder, None, (refused.problem,))
    return _constructed(Document(source, folder, None, node=node), variables)


def again(document: Document, variables: Variables) -> Document:
    """Give the document of a text that has been parsed, with other values for its variables."""
    return document if document.node is None else _constructed(document, variables)


def with_items(document: Document, key: str, numbers: Collection[int]) -> Document | None:
    """Give the document with some items of the list at a top-level key, to be made `again`.

    None where there is no list that is written at the key itself.
    """
    root = document.node
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    at = next((n for n, (name, _) in enumerate(pairs) if name.value == key), None)
    items = pairs[at][1] if at is not None else None
    if root is None or at is None or not isinstance(items, yaml.SequenceNode):
        return None
    kept = [item for number, item in enumerate(items.value) if number in numbers]
    some = yaml.SequenceNode(items.tag, kept, items.start_mark, items.end_mark)
    fewer = [*pairs[:at], (pairs[at][0], some), *pairs[at + 1 :]]
    node = yaml.MappingNode(root.tag, fewer, root.start_mark, root.end_mark)
    return replace(document, node=node, _index={})


def _constructed(document: Document, variables: Variables) -> Document:
    construction = Construction(document.source, variables, max_depth=FILE.depth)
    data = construction.value(document.node) if document.node is not None else None
    problems, params = tuple(construction.problems), frozenset(construction.params)
    return replace(document, data=data, problems=problems, params=params, overrides={})


def compose(content: bytes, name: str, bounds: Bounds) -> tuple[Source, yaml.Node]:
    """Give the source called `name` and its nodes, plain scalars untyped. Raises `Refused`.

    The depth is exact only beyond what is safe to walk: whoever walks the nodes counts on.
    """
    if len(content) > bounds.size:
        start = Source(name, content[: bounds.size].decode("utf-8-sig", "replace"))
        message = f"this file is over {bounds.size // MIB} MiB"
        raise Refused(_problem(start, 0, 0, "too-large", message))
    try:
        source = Source(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Refused(_not_utf8(content, name, error)) from error
    control = control_character(source)
    if control is not None:
        raise Refused(control)
    try:
        node = _compose(source, bounds.depth)
    except yaml.YAMLError as error:
        raise Refused(syntax_problem(source, error)) from error
    if node is None:
        raise Refused(_problem(source, 0, 0, "empty-file", "this file has no content"))
    return source, node


def _compose(source: Source, max_depth: int) -> yaml.Node | None:
    many = 2 * sum(map(source.text.count, _SEPARATORS)) > MAX_NODES
    if many or _cheap_depth(source.text) > _CHEAP_DEPTH:
        _refuse_by_events(source, max_depth)
    loader = _Composer(source.text)
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    finally:
        loader.dispose()


def _cheap_depth(text: str) -> int:
    """Give an upper bound of the nesting depth without parsing."""
    if _NESTED_ON_ONE_LINE.search(text):
        return _CHEAP_DEPTH + 1
    indent = max(map(len, _INDENT.findall(text)), default=0)
    return 2 * indent + text.count("[") + text.count("{") + 2


def _refuse_by_events(source: Source, max_depth: int) -> None:
    depth = nodes = 0
    for event in _events(source, max_depth):
        nodes += isinstance(event, yaml.NodeEvent)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        mark: Any = event.start_mark
        if nodes > MAX_NODES:
            message = f"more than {MAX_NODES:,} values in one file"
            raise Refused(_problem(source, mark.line, mark.column, "too-many-nodes", message))
        if depth > max_depth:
            raise _too_deep(source, mark, max_depth)


def _events(source: Source, max_depth: int) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(source.text, Loader=_Composer)
    except yaml.MarkedYAMLError as error:
        # libyaml 0.2.6 has a bound of its own, which it meets while it looks ahead.
        if error.problem != "exceeded maximum nesting depth":
            raise
        raise _too_deep(source, error.problem_mark, max_depth) from error


def _too_deep(source: Source, mark: Any, max_depth: int) -> Refused:
    message = f"nested more than {max_depth} levels deep"
    return Refused(_problem(source, mark.line, mark.column, "too-deep", message))


def _problem(source: Source, line: int, column: int, code: str, message: str) -> Problem:
    place = Place(source, line + 1, column + 1, line + 1, column + 2)
    return Problem(place, "error", code, message)


def _not_utf8(content: bytes, name: str, error: UnicodeDecodeError) -> Problem:
    start = len(content[: error.start].decode("utf-8-sig"))
    source = Source(name, content.decode("utf-8-sig", "replace"))
    message = f"this is not UTF-8 (byte 0x{content[error.start]:02x})"
    place = source.place(start, start + 1)
    return Problem(place, "error", "not-utf-8", message, "save the file as UTF-8")
