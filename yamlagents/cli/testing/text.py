"""Results of tests as text for people, and as annotations for GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from yamlagents.cli import github
from yamlagents.spec.problem import Problem
from yamlagents.spec.text.excerpt import Paint, plain

if TYPE_CHECKING:
    from yamlagents.testing.outcomes import CaseResult

_COLORS = {"passed": "green", "failed": "red", "error": "red", "skipped": "yellow"}


def as_text(results: Sequence[CaseResult], *, detail: int = 0, color: bool = False) -> str:
    """Give a line for each case, and a block for each that failed.

    `detail` below 0 leaves out what passed, above 0 shows the transcripts of that as well.
    """
    paint = click.style if color else plain
    lines = [*_verdicts(results, paint)] if detail >= 0 else []
    for result in results:
        if result.outcome in ("failed", "error"):
            lines += ["", paint(_name(result), bold=True), *_text().failed(result, paint)]
        elif detail > 0 and result.runs:
            lines += ["", paint(_name(result), bold=True), *_text().transcripts(result)]
    if any(result.variant is not None for result in results):
        lines += ["", *_matrix(results)]
    return "\n".join(lines).strip("\n")


def _text() -> Any:
    # Above the SDK line, like all that loads only once the files have been checked.
    return import_module("yamlagents.testing.reports.text")


def _verdicts(results: Sequence[CaseResult], paint: Paint) -> Iterator[str]:
    file = None
    for result in results:
        if result.file != file:
            file = result.file
            yield _text().visible(file)
        word = paint(f"{result.outcome.upper():<7}", fg=_COLORS[result.outcome], bold=True)
        attempts = len(result.runs)
        told = f", {result.passes} of {attempts} attempts passed" if attempts > 1 else ""
        yield f"  {word} {_text().visible(result.name)} ({result.seconds:.2f} s{told})"


def _name(result: CaseResult) -> str:
    name: str = _text().visible(f"{result.outcome.upper()} {result.file}::{result.name}")
    return name


def _matrix(results: Sequence[CaseResult]) -> Iterator[str]:
    models, rows = import_module("yamlagents.testing.reports.markdown").matrix(results)
    table = [["", *models], *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(models) + 1)]
    for row in table:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield _text().visible("  ".join(cells).rstrip())


def as_github(results: Sequence[CaseResult], *, detail: int = 0) -> str:
    """Give the text, and each failure as a workflow command for the assertion's line."""
    problems = []
    for result in results:
        for failure in result.failures:
            problem = _text().problem(failure, result)
            details = f"expected: {failure.expected}\nactual: {failure.actual}"
            said = f"{result.name}: {problem.message}\n{details}"
            problems.append(Problem(problem.place, problem.severity, problem.code, said))
    return github.report(as_text(results, detail=detail), problems)
