"""What became of a case as text for people: its failures, each at its line, and its transcript."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from yamlagents.spec.problem import Problem, Severity
from yamlagents.spec.text.excerpt import Paint, plain, problem_text
from yamlagents.testing.outcomes import CaseResult, CaseRun, Failure
from yamlagents.testing.transcript import transcript

# No text of a model reaches a terminal as a command to it; tabs and line ends stay.
_VISIBLE = {
    code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code not in (9, 10)
}


def failed(result: CaseResult, paint: Paint = plain) -> Iterator[str]:
    """Give all that a case failed with, and its transcript, line by line."""
    for failure in result.failures:
        # A problem is one line; what else is said, as a diff is, stands below it.
        head, _, more = failure.message.partition("\n")
        yield problem_text(problem(replace(failure, message=head), result), paint)
        if more:
            yield f"  {visible(more)}".replace("\n", "\n  ")
        for label, text in (("expected", failure.expected), ("actual", failure.actual)):
            if text:
                yield _field(f"{label}:", 10, text)
    yield from transcripts(result)


def transcripts(result: CaseResult) -> Iterator[str]:
    """Give the transcript of every attempt at a case, line by line."""
    for number, run in enumerate(result.runs, 1):
        title = "transcript" if len(result.runs) == 1 else f"transcript of attempt {number}"
        lines = _lines(run)
        if lines:
            yield f"  {title}"
            yield from lines


def problem(failure: Failure, result: CaseResult) -> Problem:
    """Give a failure as a problem at its line; one of a case that passed is a warning."""
    severity: Severity = "warning" if result.outcome == "passed" else "error"
    return Problem(failure.place, severity, failure.kind, failure.message)


def visible(text: str) -> str:
    """Give `text` with nothing in it that a terminal would obey, but lines and tabs as they are."""
    return text.translate(_VISIBLE)


def _lines(run: CaseRun) -> list[str]:
    return [f"  {_field(line.role, 8, line.text)}" for line in transcript(run)]


def _field(label: str, width: int, text: str) -> str:
    """Give a label and its text; further lines of the text stand below the first."""
    indented = visible(text).replace("\n", "\n" + " " * (width + 5))
    return f"  {label:<{width}} {indented}"
