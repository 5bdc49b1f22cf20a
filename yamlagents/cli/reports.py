"""Problems as text for people, and as JSON, GitHub annotations and SARIF for machines."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import click

import yamlagents
from yamlagents.cli import jsontext
from yamlagents.cli.terminal import VISIBLE, visible
from yamlagents.spec.problem import Problem, masked

WIDTH = 100
# A problem is one line, and no text of a file reaches a terminal as a command to it.
_BLANK = dict.fromkeys(VISIBLE, " ")
_COLORS = {"error": "red", "warning": "yellow", "note": "cyan"}


def text(problem: Problem, *, color: bool = False) -> str:
    """Give a problem as `file:line:column: severity[code]: message` with its line and a caret."""

    def paint(words: str, **style: Any) -> str:
        return click.style(words, **style) if color else words

    head = paint(f"{problem.severity}[{problem.code}]", fg=_COLORS[problem.severity], bold=True)
    message = visible(problem.message)
    lines = [f"{paint(str(problem.place), bold=True)}: {head}: {message}"]
    excerpt = _excerpt(problem)
    if excerpt is not None:
        number, line, caret = excerpt
        lines += [f"{number:>5} | {line}", f"      | {paint(caret, fg=_COLORS[problem.severity])}"]
    if problem.hint:
        lines.append(f"      = {visible(problem.hint)}")
    return "\n".join(lines)


def _excerpt(problem: Problem) -> tuple[int, str, str] | None:
    """Give the line's number, the line and the caret below it; a long line is cut around it."""
    place = problem.place
    source = place.source.line(place.line)
    if not source.strip():
        return None
    line = masked(source).translate(_BLANK)
    start = min(place.column - 1, len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    end = max(min(end, len(line.rstrip())), start + 1)
    if problem.code == "literal-secret":
        line = line[:start] + "*" * (end - start) + line[end:]
    cut = max(0, start - WIDTH // 2) if len(line) > WIDTH else 0
    shown = line[cut : cut + WIDTH]
    before, marked = shown[: start - cut], shown[start - cut : end - cut]
    return place.line, shown.rstrip(), " " * _width(before) + "^" * max(_width(marked), 1)


def _width(text: str) -> int:
    """Give the columns that `text` takes up on a terminal: two for a wide character."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


def as_text(problems: Sequence[Problem], *, color: bool = False) -> str:
    """Give all problems as text, one after the other."""
    return "\n".join(text(problem, color=color) for problem in problems)


def as_json(problems: Sequence[Problem], *, color: bool = False) -> str:
    """Give all problems as one JSON list."""
    return jsontext.dump([_record(problem) for problem in problems], indent=2)


def _record(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def as_github(problems: Sequence[Problem], *, color: bool = False) -> str:
    """Give all problems as workflow commands, which GitHub shows at their lines."""
    return "\n".join(_annotation(problem) for problem in problems)


def _annotation(problem: Problem) -> str:
    command = {"error": "error", "warning": "warning", "note": "notice"}[problem.severity]
    place = problem.place
    properties = {
        "file": place.file,
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
    return f"::{command} {fields}::{_data(said)}"


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def as_sarif(problems: Sequence[Problem], *, color: bool = False) -> str:
    """Give all problems as a SARIF 2.1.0 log."""
    rules = sorted({problem.code for problem in problems})
    driver = {
        "name": "yamlagents",
        "version": yamlagents.__version__,
        "rules": [{"id": code} for code in rules],
    }
    run = {"tool": {"driver": driver}, "results": [_result(problem) for problem in problems]}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{**run, "columnKind": "unicodeCodePoints"}],
    }
    return jsontext.dump(log, indent=2)


def _result(problem: Problem) -> dict[str, Any]:
    place = problem.place
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    location = {
        "artifactLocation": {"uri": quote(place.file.replace("\\", "/"))},
        "region": region,
    }
    said = problem.message if problem.hint is None else f"{problem.message} ({problem.hint})"
    return {
        "ruleId": problem.code,
        "level": problem.severity,
        "message": {"text": said},
        "locations": [{"physicalLocation": location}],
    }


REPORTS: dict[str, Callable[..., str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
