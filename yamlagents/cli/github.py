"""Workflow commands, by which GitHub shows problems at their lines, and step summaries."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from yamlagents.cli.terminal import counted
from yamlagents.markdown import fitting, plain
from yamlagents.spec.problem import Problem

SHOWN = 10  # of a kind and step; GitHub drops the others without a word
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def report(text: str, problems: Sequence[Problem]) -> str:
    """Give `text`, which the log shows as it is, and a workflow command for each problem.

    Of a kind only as many as GitHub shows; a notice tells how many there are besides.
    """
    parts = [_inert(text)] if text else []
    shown = list(_shown(problems))
    parts += map(_command, shown)
    if len(shown) < len(problems):
        left = Counter(problem.severity for problem in problems)
        left.subtract(problem.severity for problem in shown)
        said = ", ".join(counted(number, kind) for kind, number in left.items() if number)
        parts.append(f"::notice title=yamlagents::{said} more: all are in the log of this step")
    return "\n".join(parts)


def _inert(text: str) -> str:
    """Give `text` between commands that keep GitHub from obeying what it says."""
    # A model may have said anything, and so may whoever wrote a tool's answer.
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{text}\n::{token}::"


def _shown(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Give the first problems of each kind; the notice that tells of others takes up one."""
    counts = Counter(problem.severity for problem in problems)
    room = dict.fromkeys(_COMMANDS, SHOWN)
    room["note"] -= any(count > SHOWN for count in counts.values())
    for problem in problems:
        room[problem.severity] -= 1
        if room[problem.severity] >= 0:
            yield problem


def _command(problem: Problem) -> str:
    place = problem.place
    properties = {
        "file": _from_workspace(place.file),
        "line": place.line,
        "endLine": place.end_line,
        "col": place.column,
        "endColumn": place.end_column,
        "title": f"yamlagents {problem.code}",
    }
    if place.end_line != place.line:
        # GitHub refuses columns on an annotation of several lines.
        del properties["col"], properties["endColumn"]
    said = problem.message if problem.hint is None else f"{problem.message}\n{problem.hint}"
    fields = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{_COMMANDS[problem.severity]} {fields}::{_data(said)}"


def _from_workspace(file: str) -> str:
    """Give the path as GitHub reads it: from the root of the checkout, wherever we run."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    path = Path(file).absolute()
    if not workspace or not path.exists():  # what stdin held has no path
        return file
    root = Path(workspace).resolve()
    path = Path(os.path.normpath(path))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def summarize(title: str, problems: Iterable[Problem]) -> None:
    """Append a table of problems to the summary of the step, where GitHub keeps one.

    Raises `OSError` if that cannot be written.
    """
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    text = fitting("\n".join(_table(title, problems)))
    with open(path, "a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write(f"{text}\n\n")


def _table(title: str, problems: Iterable[Problem]) -> Iterator[str]:
    yield f"### {plain(title)}"
    rows = [
        f"| {plain(str(problem.place))} | {problem.severity} | {plain(problem.message)} |"
        for problem in problems
    ]
    if rows:
        yield from ("", "| Place | Kind | Problem |", "| --- | --- | --- |", *rows)
