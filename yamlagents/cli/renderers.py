"""A run's events as they are shown: the answer on stdout, everything else on stderr."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TextIO

import click

from yamlagents.cli import boundary, jsontext, reports, terminal
from yamlagents.events import (
    AgentStarted,
    Event,
    HandedOff,
    ModelReplied,
    Noticed,
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

_SHOWN = 100


class Document:
    """One JSON document when the run is over; the answer in it is the model's, word for word."""

    def __init__(self, redact: Redaction) -> None:
        self._redact = redact

    def __call__(self, event: Event, answer: TextIO) -> None:
        if isinstance(event, RunFinished):
            told = self._redact({**result_json(event.result), "final_output": None})
            data = {**told, "final_output": event.result.final_output}
            click.echo(_document(data), file=answer)
        elif isinstance(event, RunFailed):
            click.echo(_document(self._redact(error_json(event.error))), file=answer)


class Lines:
    """Each event as one line of JSON, without secrets.

    A secret may come in pieces, so the text of a stream is told word by word.
    """

    def __init__(self, redact: Redaction) -> None:
        self._redact = redact
        self._held = TextDelta("", "")

    def __call__(self, event: Event, answer: TextIO) -> None:
        if isinstance(event, TextDelta):
            text = self._held.text + event.text
            safe = self._redact.safe(text)
            self._tell(TextDelta(event.agent, text[:safe]), answer)
            self._held = TextDelta(event.agent, text[safe:])
            return
        self._tell(self._held, answer)
        self._held = TextDelta("", "")
        self._tell(event, answer)

    def _tell(self, event: Event, answer: TextIO) -> None:
        if event != TextDelta(getattr(event, "agent", ""), ""):
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
    are told in the answer alone, if the model says them.
    """

    def __init__(self, detail: int, redact: Redaction) -> None:
        self._detail = detail
        self._redact = redact
        self._open = False
        self._streamed = False

    def __call__(self, event: Event, answer: TextIO) -> None:
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
