"""A run's events as they are shown: the answer on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TextIO

import click

from yamlagents.cli import boundary, jsontext, reports, terminal
from yamlagents.events import (
    AgentStarted,
    Event,
    HandedOff,
    ModelReplied,
    Noticed,
    ReasoningDelta,
    RunFailed,
    RunFinished,
    StepStarted,
    TextDelta,
    ToolCalled,
    ToolReturned,
    event_json,
)
from yamlagents.result import RunError, RunResult, error_json, result_json
from yamlagents.runtime.redaction import Redaction
from yamlagents.spec.problem import SpecError

# Shows an event; the answer goes to the stream that is given.
Renderer = Callable[[Event, TextIO], None]
Piece = TextDelta | ReasoningDelta

_SHOWN = 100


class Document:
    """One JSON document when the run is over; the answer in it is the model's, word for word."""

    def __init__(self, redact: Redaction) -> None:
        self._redact = redact

    def __call__(self, event: Event, answer: TextIO) -> None:
        if isinstance(event, RunFinished):
            told = self._redact({**result_json(event.result), "final_output": None})
            data = {**told, "final_output": event.result.output}
            click.echo(_document(data), file=answer)
        elif isinstance(event, RunFailed):
            click.echo(_document(self._redact(error_json(event.error))), file=answer)


class _Words:
    """What is streamed, word by word: a secret may come in pieces."""

    def __init__(self, redact: Redaction) -> None:
        self._redact = redact
        self._held: Piece | None = None

    def take(self, event: Event) -> list[Piece]:
        """Give what can be told by now, without secrets: all, unless more of the same may come."""
        before = self._held
        goes_on = type(before) is type(event)
        told = [] if before is None or goes_on else [self._safe(before, before.text)]
        self._held = None
        if isinstance(event, TextDelta | ReasoningDelta):
            text = before.text + event.text if before is not None and goes_on else event.text
            safe = self._redact.safe(text)
            told.append(self._safe(event, text[:safe]))
            self._held = replace(event, text=text[safe:])
        return [piece for piece in told if piece.text]

    def _safe(self, piece: Piece, text: str) -> Piece:
        return replace(piece, text=self._redact.text(text))


class Lines:
    """Each event as one line of JSON, without secrets."""

    def __init__(self, redact: Redaction) -> None:
        self._redact = redact
        self._words = _Words(redact)

    def __call__(self, event: Event, answer: TextIO) -> None:
        for piece in self._words.take(event):
            click.echo(_line(event_json(piece)), file=answer)
        if not isinstance(event, TextDelta | ReasoningDelta):
            click.echo(_line(self._redact(event_json(event))), file=answer)


def show_stillborn(error: SpecError | RunError, file: str, *, as_json: bool) -> None:
    """Print the JSON document, or else the last event, of a run that failed before it began."""
    if isinstance(error, SpecError):
        problems = json.loads(reports.as_json(error.problems))
        count = terminal.counted(len(problems), "problem")
        said = {"code": "invalid-file", "message": f"{file} has {count}", "exit": 2}
        data: dict[str, Any] = {"error": {**said, "problems": problems}}
    else:
        data = error_json(error)
    click.echo(_document(data) if as_json else _line({"event": "run_failed", **data}))


def _document(data: dict[str, Any]) -> str:
    return jsontext.dump(data, indent=2)


def _line(data: dict[str, Any]) -> str:
    return jsontext.dump(data)


class Text:
    """The answer as text, streamed where deltas come; what happens beside it on stderr.

    `detail` is 0 for nothing but the answer, 1 for tool calls and a summary, 2 for all. Secrets
    are told in the answer alone, if the model says them. What it reasons is for people only.
    """

    def __init__(self, detail: int, redact: Redaction) -> None:
        self._detail = detail
        self._redact = redact
        self._open = False
        self._streamed = False
        self._words = _Words(redact)
        self._reasons = detail > 1 and terminal.is_terminal(sys.stderr)
        self._reasoning = False

    def __call__(self, event: Event, answer: TextIO) -> None:
        if self._reasons:
            self._reason(event)
        if isinstance(event, ReasoningDelta):
            return
        if isinstance(event, TextDelta):
            click.echo(event.text, file=answer, nl=False)
            self._open = self._streamed = True
            return
        if self._open:
            click.echo(file=answer)
            self._open = False
        if isinstance(event, RunFinished):
            self._finish(event.result, answer)
            return
        if not isinstance(event, ModelReplied):
            # What was streamed before a tool was called is not the answer.
            self._streamed = False
        if isinstance(event, Noticed):
            if self._detail or event.severity == "warning":
                boundary.say_notice(event)
            return
        line = _told(event, self._detail, self._redact)
        if line:
            terminal.say(terminal.visible(line), dim=True)

    def _reason(self, event: Event) -> None:
        """Tell what there is of the reasoning, and end its last line before anything else."""
        if isinstance(event, TextDelta):
            # The answer is told as it is.
            event = replace(event, text="")
        for piece in self._words.take(event):
            lines = map(terminal.visible, piece.text.split("\n"))
            terminal.say("\n".join(lines), nl=False, dim=True)
            self._reasoning = True
        if self._reasoning and not isinstance(event, ReasoningDelta):
            terminal.say("")
            self._reasoning = False

    def _finish(self, result: RunResult, answer: TextIO) -> None:
        if not self._streamed:
            click.echo(_text(result.output), file=answer)
        if self._detail:
            terminal.say(summary(result), dim=True)


def _text(output: Any) -> str:
    if isinstance(output, str):
        return output
    return jsontext.dump(output, indent=2)


def _told(event: Event, detail: int, redact: Redaction) -> str | None:
    """Give the line for an event at a level of detail, if it has one."""
    if isinstance(event, ToolCalled) and detail:
        return f"> {redact.text(event.name)}({_arguments(redact(event.arguments))})"
    if isinstance(event, ToolReturned) and detail:
        said = redact.text(event.error if event.error is not None else event.output)
        return f"  {event.name}{' failed' if event.error is not None else ''}: {_short(said)}"
    if isinstance(event, HandedOff) and detail:
        return f"> {event.agent} hands off to {event.to}"
    if isinstance(event, StepStarted) and detail:
        return f"> step {event.step}"
    if isinstance(event, AgentStarted) and detail > 1:
        return f"> agent {event.agent}, model {event.model}"
    if isinstance(event, ModelReplied) and detail > 1:
        return f"  turn {event.turn}: {event.usage.total_tokens} tokens"
    return None


def _arguments(arguments: Any) -> str:
    if isinstance(arguments, dict):
        pairs = (f"{key}={json.dumps(value)}" for key, value in arguments.items())
        return _short(", ".join(pairs))
    return _short(str(arguments))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."


def summary(result: RunResult) -> str:
    """Give usage and cost in one line."""
    usage = result.usage
    requests = terminal.counted(usage.requests, "request")
    tokens = f"{usage.input_tokens} tokens in, {usage.output_tokens} out"
    cost = result.cost
    price = f"${cost.usd:.6f}".rstrip("0").rstrip(".") if cost.usd is not None else cost.reason
    return f"{requests}, {tokens}, {price}, {result.seconds:.1f} s, {result.model}"
