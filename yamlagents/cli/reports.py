"""Problems as text for people, and as JSON, GitHub annotations and SARIF for machines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import click

import yamlagents
from yamlagents.cli import github, jsontext
from yamlagents.spec.problem import Problem
from yamlagents.spec.text.excerpt import plain, problem_text


def text(problem: Problem, *, color: bool = False) -> str:
    """Give a problem as `file:line:column: severity[code]: message` with its line and a caret."""
    return problem_text(problem, click.style if color else plain)


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
    """Give all problems as text, and as workflow commands, which GitHub shows at their lines."""
    return github.report(as_text(problems), problems)


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
