"""An agent file with all that it includes: read once each, cycles and strays told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from yamlagents.spec.problem import Place, Problem, suggestion
from yamlagents.spec.project import Project, shown_name, target_of
from yamlagents.spec.text.document import Document
from yamlagents.spec.text.reader import parse_with, read
from yamlagents.spec.variables import Unset, Variables


def read_main(path: Path, text: bytes | None, variables: Variables) -> Document:
    """Read the file at `path`, or take `text` for its content."""
    if text is not None:
        return parse_with(variables, text, "<stdin>", path.parent)
    return read(path, shown_name(path), variables)


def included(
    main: Document, path: Path, project: Project, variables: Variables
) -> tuple[list[Document], list[Problem]]:
    """Give all files below `main`, nearest first, and what is wrong with the includes."""
    documents: list[Document] = []
    problems: list[Problem] = []
    seen = {path}
    _descend(main, _Walk((path,), seen, documents, problems, project, variables))
    return documents, problems


@dataclass(frozen=True)
class _Walk:
    """Where a descent through includes stands: the files it came through and what it found."""

    trail: tuple[Path, ...]
    seen: set[Path]
    documents: list[Document]
    problems: list[Problem]
    project: Project
    variables: Variables


def _descend(document: Document, walk: _Walk) -> None:
    for place, text in _includes(document):
        target = target_of(document.folder, text)
        problem = _include_problem(place, text, target, walk)
        if problem is not None:
            walk.problems.append(problem)
        elif target is not None and target not in walk.seen:
            walk.seen.add(target)
            below = read(target, shown_name(target), walk.variables)
            walk.documents.append(below)
            _descend(below, replace(walk, trail=(*walk.trail, target)))


def _includes(document: Document) -> Iterator[tuple[Place, str]]:
    for index, text in document.items("include"):
        if isinstance(text, str) and text and not isinstance(text, Unset):
            yield document.place("include", index), text


def _include_problem(place: Place, text: str, target: Path | None, walk: _Walk) -> Problem | None:
    if target is None or target not in walk.trail:
        return file_problem(place, text, target, walk.project)
    circle = walk.trail[walk.trail.index(target) :]
    if len(circle) == 1:
        message = "this file includes itself"
    else:
        names = " -> ".join(shown_name(path) for path in (*circle, target))
        message = f"the files include each other: {names}"
    return Problem(place, "error", "include-cycle", message, "remove this line")


def file_problem(place: Place, text: str, target: Path | None, project: Project) -> Problem | None:
    """Say why the file `text`, which is `target`, may not or can not be read, if so."""
    if target is None:
        return Problem(place, "error", "missing-file", f"'{text}' cannot be the path of a file")
    if not project.holds(target):
        message = f"'{text}' leads outside the project folder {project.root.name}/"
        hint = "copy the file into the project"
        return Problem(place, "error", "outside-project", message, hint)
    if target.is_dir():
        return Problem(place, "error", "missing-file", f"'{text}' is a folder; name a file in it")
    if not target.is_file():
        near = suggestion(text, beside(text, target.parent))
        start = None if near else "a path starts at the folder of the file that it is written in"
        return Problem(place, "error", "missing-file", f"there is no file '{text}'{near}", start)
    return None


def beside(text: str, folder: Path) -> list[str]:
    """Give the files of the folder that `text` leads to, written as `text` is."""
    head, slash, _ = text.rpartition("/")
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return [f"{head}{slash}{name}" for name in names]
