"""A case's run as lines to read: what was said, called, returned and answered."""

from __future__ import annotations

from dataclasses import dataclass

from yamlagents.events import (
    Event,
    HandedOff,
    RunFailed,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    ToolCalled,
    ToolReturned,
)
from yamlagents.result import ToolCall
from yamlagents.runtime.redaction import Redaction
from yamlagents.testing.answers import shown
from yamlagents.testing.conduct import told
from yamlagents.testing.outcomes import CaseRun


@dataclass(frozen=True)
class Line:
    """One line of a transcript: who or what speaks, and the text."""

    role: str
    text: str


def transcript(run: CaseRun) -> tuple[Line, ...]:
    """Give the transcript of `run`, without keys."""
    text = Redaction(run.spec).text
    lines = (_line(event) for event in run.events)
    return tuple(Line(line.role, text(line.text)) for line in lines if line)


def _line(event: Event) -> Line | None:
    if isinstance(event, RunStarted):
        names = f" [attached: {', '.join(event.attachments)}]" if event.attachments else ""
        return Line("user", f"{event.input}{names}")
    if isinstance(event, ToolCalled):
        return Line("call", told([ToolCall(event.agent, event.name, event.arguments)]))
    if isinstance(event, ToolReturned):
        said = shown(event.output)
        wrong = f"({event.error})" if event.error is not None else ""
        return Line("result", " ".join(filter(None, (said, wrong))))
    if isinstance(event, HandedOff):
        return Line("handoff", f"{event.agent} to {event.to}")
    if isinstance(event, StepStarted):
        return Line("step", f"{event.step}: {event.input}")
    if isinstance(event, StepFinished):
        return Line("gave", shown(event.output))
    if isinstance(event, RunFinished):
        return Line("answer", shown(event.result.output))
    if isinstance(event, RunFailed):
        return Line("failed", f"{event.error.code}: {event.error.message}")
    return None
