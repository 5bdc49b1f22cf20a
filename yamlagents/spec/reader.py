"""From text to Document: YAML within bounds, core scalars, no duplicate keys, variables replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml

from yamlagents.spec.construct import Construction
from yamlagents.spec.document import Document
from yamlagents.spec.problem import Place, Problem, Source

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 64

# The C composer recurses once a level and takes the process with it on deep nesting, so no text
# reaches it whose depth is not bounded first: cheaply from its indentation and brackets, or,
# where that says too little, by counting its events.
_CHEAP_DEPTH = 160
_INDENT = re.compile(r"^ +", re.MULTILINE)
_NESTED_ON_ONE_LINE = re.compile(r"[-?:][ \t]+[-?][ \t]")

_BASE: Any = getattr(yaml, "CLoader", yaml.Loader)


class _Composer(_BASE):  # type: ignore[misc]  # the base depends on how PyYAML was built
    """PyYAML's composer with scalar typing left to `construct`, which knows YAML 1.2."""

    def resolve(self, kind: type, value: Any, implicit: Any) -> str:
        return ""


def read(
    path: Path, name: str, environ: Mapping[str, str], unset: Literal["error", "note"]
) -> Document:
    """Read and parse the file at `path`, called `name` in problems. Never raises for its content."""
    nowhere = Place(Source(name, ""), 1, 1, 1, 1)
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        problem = Problem(nowhere, "error", "unreadable-file", f"this file cannot be read: {reason}")
        return Document(nowhere.source, path.parent, None, (problem,))
    return parse(content, name, path.parent, environ=environ, unset=unset)


def parse(
    content: bytes,
    name: str,
    folder: Path,
    *,
    environ: Mapping[str, str],
    unset: Literal["error", "note"],
) -> Document:
    """Parse `content`. What is wrong is in the document's problems; its data is then None."""
    try:
        source = Source(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return _unparsed(_not_utf8(content, name, error), folder)
    if len(content) > MAX_BYTES:
        return _unparsed(_problem(source, 0, 0, "too-large", "this file is over 4 MiB"), folder)
    try:
        node = _compose(source)
    except _TooDeep as deep:
        return _unparsed(deep.problem, folder)
    except yaml.YAMLError as error:
        return _unparsed(_syntax_problem(source, error), folder)
    if node is None:
        message = "this file has no content"
        return _unparsed(_problem(source, 0, 0, "empty-file", message), folder)
    construction = Construction(source, environ, unset, max_depth=MAX_DEPTH)
    data = construction.value(node)
    return Document(source, folder, data, tuple(construction.problems), node)


class _TooDeep(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def _compose(source: Source) -> yaml.Node | None:
    if _cheap_depth(source.text) > _CHEAP_DEPTH:
        _refuse_deep_events(source)
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


def _refuse_deep_events(source: Source) -> None:
    depth = 0
    for event in _events(source.text):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark = event.start_mark
                message = f"nested more than {MAX_DEPTH} levels deep"
                raise _TooDeep(_problem(source, mark.line, mark.column, "too-deep", message))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _events(text: str) -> Iterator[yaml.Event]:
    return yaml.parse(text, Loader=_Composer)


def _unparsed(problem: Problem, folder: Path) -> Document:
    return Document(problem.place.source, folder, None, (problem,))


def _problem(
    source: Source, line: int, column: int, code: str, message: str, hint: str | None = None
) -> Problem:
    place = Place(source, line + 1, column + 1, line + 1, column + 2)
    return Problem(place, "error", code, message, hint)


def _not_utf8(content: bytes, name: str, error: UnicodeDecodeError) -> Problem:
    before = content[: error.start].decode("utf-8", "replace")
    source = Source(name, content.decode("utf-8", "replace"))
    line = before.count("\n")
    column = len(before) - (before.rfind("\n") + 1)
    message = f"this is not UTF-8 (byte 0x{content[error.start]:02x})"
    return _problem(source, line, column, "not-utf-8", message, "save the file as UTF-8")


def _syntax_problem(source: Source, error: yaml.YAMLError) -> Problem:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark is not None else (0, 0)
        return _problem(source, line, column, "syntax", *_syntax_words(source, error, line))
    position = getattr(error, "position", 0) or 0
    before = source.text[:position]
    column = len(before) - (before.rfind("\n") + 1)
    reason = str(getattr(error, "reason", error)).split("\n")[0]
    return _problem(source, before.count("\n"), column, "syntax", f"not YAML: {reason}")


def _syntax_words(
    source: Source, error: yaml.MarkedYAMLError, line: int
) -> tuple[str, str | None]:
    """Say what the parser met, and the usual cause where there is one."""
    problem, context = str(error.problem or ""), str(error.context or "")
    hints = {
        "cannot start any token": "quote the text, and indent with spaces instead of tabs",
        "mapping values are not allowed": "quote the text if its ': ' belongs to it",
        "did not find expected key": "the keys of one mapping start in one column",
        "undefined alias": "define the anchor with &name before *name",
        "another document": "write one document a file; remove the '---'",
    }
    hint = next((text for part, text in hints.items() if part in problem), None)
    if source.line(line + 1).startswith("\t") or source.line(line + 1).lstrip(" ").startswith("\t"):
        hint = "indent with spaces instead of tabs"
    started = error.context_mark
    where = f" (line {started.line + 1})" if started is not None and started.line != line else ""
    return f"not YAML: {problem}{f', {context}' if context else ''}{where}", hint
