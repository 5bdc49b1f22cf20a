"""Results of tests as text for people, and as annotations for GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from yamlagents.cli import reports
from yamlagents.spec.problem import Problem, Severity

if TYPE_CHECKING:
    from yamlagents.testing.outcomes import CaseResult, CaseRun, Failure

_COLORS = {"passed": "green", "failed": "red", "error": "red", "skipped": "yellow"}
# No text of a model reaches a terminal as a command to it; tabs and line ends stay.
_VISIBLE = {
    code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code not in (9, 10)
}


def as_text(results: Sequence[CaseResult], *, detail: int = 0, color: bool = False) -> str:
    """Give a line for each case, and a block for each that failed.

    `detail` below 0 leaves out what passed, above 0 shows the transcripts of that as well.
    """
    paint = _Paint(color)
    lines = [*_verdicts(results, paint)] if detail >= 0 else []
    for result in results:
        if result.outcome in ("failed", "error"):
            lines += ["", *_block(result, paint)]
        elif detail > 0 and result.runs:
            lines += ["", paint.bold(_name(result)), *_transcripts(result)]
    if any(result.variant is not None for result in results):
        lines += ["", *_matrix(results)]
    return "\n".join(lines).strip("\n")


class _Paint:
    """Colors words, or leaves them as they are."""

    def __init__(self, color: bool) -> None:
        self._color = color

    def __call__(self, words: str, **style: Any) -> str:
        return click.style(words, **style) if self._color else words

    def bold(self, words: str) -> str:
        """Give `words` in bold."""
        return self(words, bold=True)

    @property
    def on(self) -> bool:
        """Whether there is color."""
        return self._color


def _verdicts(results: Sequence[CaseResult], paint: _Paint) -> Iterator[str]:
    file = None
    for result in results:
        if result.file != file:
            file = result.file
            yield _visible(file)
        word = paint(f"{result.outcome.upper():<7}", fg=_COLORS[result.outcome], bold=True)
        attempts = len(result.runs)
        told = f", {result.passes} of {attempts} attempts passed" if attempts > 1 else ""
        yield f"  {word} {_visible(result.name)} ({result.seconds:.2f} s{told})"


def _name(result: CaseResult) -> str:
    return _visible(f"{result.outcome.upper()} {result.file}::{result.name}")


def _block(result: CaseResult, paint: _Paint) -> Iterator[str]:
    yield paint.bold(_name(result))
    for failure in result.failures:
        yield reports.text(_problem(failure, result), color=paint.on)
        for label, text in (("expected", failure.expected), ("actual", failure.actual)):
            if text:
                yield _field(f"{label}:", 10, text)
    yield from _transcripts(result)


def _transcripts(result: CaseResult) -> Iterator[str]:
    for number, run in enumerate(result.runs, 1):
        title = "transcript" if len(result.runs) == 1 else f"transcript of attempt {number}"
        lines = _lines(run)
        if lines:
            yield f"  {title}"
            yield from lines


def _lines(run: CaseRun) -> list[str]:
    transcript = import_module("yamlagents.testing.transcript").transcript
    return [f"  {_field(line.role, 8, line.text)}" for line in transcript(run)]


def _field(label: str, width: int, text: str) -> str:
    """Give a label and its text; further lines of the text stand below the first."""
    indented = _visible(text).replace("\n", "\n" + " " * (width + 5))
    return f"  {label:<{width}} {indented}"


def _visible(text: str) -> str:
    return text.translate(_VISIBLE)


def _matrix(results: Sequence[CaseResult]) -> Iterator[str]:
    models, rows = import_module("yamlagents.testing.reports.markdown").matrix(results)
    table = [["", *models], *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(models) + 1)]
    for row in table:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield _visible("  ".join(cells).rstrip())


def _problem(failure: Failure, result: CaseResult) -> Problem:
    """Give a failure as a problem at its line; one of a case that passed is a warning."""
    severity: Severity = "warning" if result.outcome == "passed" else "error"
    return Problem(failure.place, severity, failure.kind, failure.message)


def as_github(results: Sequence[CaseResult]) -> str:
    """Give each failure as a workflow command, which GitHub shows at the assertion's line."""
    problems = []
    for result in results:
        for failure in result.failures:
            problem = _problem(failure, result)
            details = f"expected: {failure.expected}\nactual: {failure.actual}"
            said = f"{result.name}: {problem.message}\n{details}"
            problems.append(Problem(problem.place, problem.severity, problem.code, said))
    return reports.as_github(problems)
