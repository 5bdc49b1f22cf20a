"""A run's events as they are shown: the answer on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from yamlagents.cli import terminal
from yamlagents.events import (
    AgentStarted,
    Event,
    HandedOff,
    ModelReplied,
    RunFailed,
    RunFinished,
    RunResult,
    TextDelta,
    ToolCalled,
    ToolReturned,
    error_json,
    event_json,
    result_json,
)

Renderer = Callable[[Event], None]

_SHOWN = 100


def as_json(event: Event) -> None:
    """Print one JSON document when the run is over."""
    if isinstance(event, RunFinished):
        click.echo(json.dumps(result_json(event.result), indent=2, ensure_ascii=False, default=str))
    elif isinstance(event, RunFailed):
        click.echo(json.dumps(error_json(event.error), indent=2, ensure_ascii=False, default=str))


def as_ndjson(event: Event) -> None:
    """Print each event as one line of JSON."""
    click.echo(json.dumps(event_json(event), ensure_ascii=False, default=str))
    sys.stdout.flush()


class Text:
    """The answer as text, streamed where deltas come; what happens beside it on stderr.

    `detail` is 0 for nothing but the answer, 1 for tool calls and a summary, 2 for all.
    """

    def __init__(self, detail: int) -> None:
        self._detail = detail
        self._open = False
        self._streamed = False

    def __call__(self, event: Event) -> None:
        if isinstance(event, TextDelta):
            click.echo(event.text, nl=False)
            sys.stdout.flush()
            self._open = self._streamed = True
            return
        if isinstance(event, RunFinished):
            self._finish(event.result)
            return
        if self._open:
            click.echo()
            self._open = False
        line = _told(event, self._detail)
        if line:
            terminal.say(line, dim=True)

    def _finish(self, result: RunResult) -> None:
        if self._open:
            click.echo()
        elif not self._streamed or result.final_output:
            click.echo(_text(result.final_output))
        if self._detail:
            terminal.say(summary(result), dim=True)


def _text(output: Any) -> str:
    if isinstance(output, str):
        return output
    return json.dumps(output, indent=2, ensure_ascii=False, default=str)


def _told(event: Event, detail: int) -> str | None:
    """Give the line for an event at a level of detail, if it has one."""
    if isinstance(event, ToolCalled) and detail:
        return f"> {event.name}({_arguments(event.arguments)})"
    if isinstance(event, ToolReturned) and detail:
        said = event.error if event.error is not None else event.output
        return f"  {'failed: ' if event.error is not None else ''}{_short(said)}"
    if isinstance(event, HandedOff) and detail:
        return f"> {event.agent} hands off to {event.to}"
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
    requests = f"{usage.requests} request{'' if usage.requests == 1 else 's'}"
    tokens = f"{usage.input_tokens} tokens in, {usage.output_tokens} out"
    cost = result.cost
    price = f"${cost.usd:.6f}".rstrip("0").rstrip(".") if cost.usd is not None else cost.reason
    return f"{requests}, {tokens}, {price}, {result.seconds:.1f} s, {result.model}"
