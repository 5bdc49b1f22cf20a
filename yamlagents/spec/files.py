"""An agent file with all that it includes: read once each, cycles and strays told."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from yamlagents.spec.document import Document
from yamlagents.spec.overrides import Override, override
from yamlagents.spec.problem import Place, Problem, suggestion
from yamlagents.spec.project import Project
from yamlagents.spec.reader import parse, read

Unset = Literal["error", "note"]


@dataclass(frozen=True)
class Reading:
    """How files are read: the variables, what an unset one is, and the settings given from outside."""

    environ: Mapping[str, str]
    unset: Unset = "error"
    overrides: tuple[Override, ...] = ()


def shown_name(path: Path) -> str:
    """Give a path as a user would type it here: relative to the working folder where it is below it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def read_main(path: Path, text: bytes | None, reading: Reading) -> Document:
    """Read the file at `path`, or take `text` as its content, and apply what is set from outside."""
    if text is not None:
        document = parse(
            text, "<stdin>", path.parent, environ=reading.environ, unset=reading.unset
        )
    else:
        document = read(path, shown_name(path), reading.environ, reading.unset)
    for setting in reading.overrides:
        document = override(document, setting, reading.environ, reading.unset)
    return document


def included(
    main: Document, path: Path, project: Project, reading: Reading
) -> tuple[list[Document], list[Problem]]:
    """Give all files below `main`, nearest first, and what is wrong with the includes themselves."""
    documents: list[Document] = []
    problems: list[Problem] = []
    seen = {path}
    _descend(main, _Walk((path,), seen, documents, problems, project, reading))
    return documents, problems


@dataclass(frozen=True)
class _Walk:
    """Where a descent through includes stands: the files it came through and what it found."""

    trail: tuple[Path, ...]
    seen: set[Path]
    documents: list[Document]
    problems: list[Problem]
    project: Project
    reading: Reading


def _descend(document: Document, walk: _Walk) -> None:
    for place, text, target in _targets(document):
        problem = _include_problem(place, text, target, walk)
        if problem is not None:
            walk.problems.append(problem)
        elif target not in walk.seen:
            walk.seen.add(target)
            reading = walk.reading
            below = read(target, shown_name(target), reading.environ, reading.unset)
            walk.documents.append(below)
            _descend(below, replace(walk, trail=(*walk.trail, target)))


def _targets(document: Document) -> Iterator[tuple[Place, str, Path]]:
    for index, text in document.items("include"):
        if isinstance(text, str) and text:
            yield document.place("include", index), text, (document.folder / text).resolve()


def _include_problem(place: Place, text: str, target: Path, walk: _Walk) -> Problem | None:
    if target in walk.trail:
        message = f"'{text}' includes this file again, through {len(walk.trail)} files"
        return Problem(place, "error", "include-cycle", message)
    return file_problem(place, text, target, walk.project)


def file_problem(place: Place, text: str, target: Path, project: Project) -> Problem | None:
    """Say why the file `text`, which is `target`, may not or can not be read, if so."""
    if not target.is_relative_to(project.root):
        message = f"'{text}' lies outside the project folder {project.root.name}/"
        return Problem(place, "error", "outside-project", message)
    if not target.is_file():
        siblings = os.listdir(target.parent) if target.parent.is_dir() else []
        near = suggestion(target.name, siblings)
        return Problem(place, "error", "missing-file", f"there is no file '{text}'{near}")
    return None
