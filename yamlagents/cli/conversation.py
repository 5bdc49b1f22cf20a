"""What `run`, `chat` and `resume` do alike: assemble, follow the events, show them."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

import yamlagents
from yamlagents.cli import boundary, collection, renderers, stdout, terminal
from yamlagents.cli.options import RunOptions
from yamlagents.cli.renderers import Renderer
from yamlagents.events import Event, RunFailed, RunFinished
from yamlagents.result import RunError, RunResult
from yamlagents.runtime.redaction import Redaction
from yamlagents.spec.problem import SpecError
from yamlagents.spec.records import Spec

if TYPE_CHECKING:
    # The SDK loads only after the files have been checked.
    from yamlagents.runtime.loop import OwnLoop
    from yamlagents.runtime.shared import Context
    from yamlagents.sdk.team import Team


_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its exit code, what it had come to by then, and whether it is saved."""

    exit: int
    result: RunResult | None
    is_kept: bool = False


def assemble(spec: Spec, *, offline: bool) -> Team:
    """Import the SDK and make the team, both with garbage collection out of the way."""
    with collection.paused(), stdout.reserved():
        if offline:
            return yamlagents.assemble(spec, yamlagents.offline)
        return yamlagents.assemble(spec)


def detail(options: RunOptions) -> int:
    """Give how much is told beside the answer: nothing, tool calls and a summary, or all."""
    if options.quiet:
        return 0
    if options.verbose:
        return 2
    return 1 if terminal.is_terminal(sys.stdout) else 0


@contextmanager
def talking(team: Team) -> Iterator[OwnLoop]:
    """Give a loop for many runs of `team`, whose MCP servers run all the while.

    Raises as a run does, if they do not start.
    """
    loop: OwnLoop
    with import_module("yamlagents.runtime.loop").OwnLoop() as loop:
        held = team.connected()
        loop.run(held.__aenter__())
        try:
            yield loop
        finally:
            loop.run(held.__aexit__(None, None, None))


def context(team: Team) -> Context:
    """Give the context of one talk with `team`, which is made with its first message."""
    # Above the SDK line, like all that loads only once the files have been checked.
    made: Context = import_module("yamlagents.runtime.shared").Context(team)
    return made


def renderer(options: RunOptions, redact: Redaction, *, as_json: bool, events: bool) -> Renderer:
    """Give what shows a run's events. Raises `click.UsageError`."""
    if as_json and events:
        raise click.UsageError("--json and --events exclude each other.")
    if as_json:
        return renderers.Document(redact)
    return renderers.Lines(redact) if events else renderers.Text(detail(options), redact)


def is_streamed(own: Mapping[str, Any]) -> bool:
    """Tell whether a command is to ask for a stream: as it says, or else for people only."""
    streamed: bool | None = own["streamed"]
    if streamed is not None:
        return streamed
    return terminal.is_terminal(sys.stdout) and not (own["as_json"] or own["events"])


@contextmanager
def told(file: str, own: Mapping[str, Any]) -> Iterator[None]:
    """Tell of a run of `file` that fails before it begins, in the form that is asked for."""
    try:
        yield
    except (SpecError, RunError) as error:
        if own["as_json"] or own["events"]:
            renderers.show_stillborn(error, file, as_json=own["as_json"])
        raise


def follow(
    events: AsyncGenerator[Event, None],
    render: Renderer,
    *,
    loop: OwnLoop | None = None,
    keep: Callable[[RunError], None],
) -> Outcome:
    """Render the events of a run to its end; a failure is told on stderr.

    Without a `loop` it has one of its own. `keep` keeps a run that has to wait.
    Raises `RunError` if code of the project ends the program.
    """
    with stdout.reserved() as answer:
        run = in_own_loop if loop is None else loop.run
        return run(_follow(events, render, answer, keep))


def in_own_loop(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Do `work` in an event loop that ends with it.

    Raises `RunError` if code of the project ends the program.
    """
    # Above the SDK line, like all that loads only once the files have been checked.
    result: _Result = import_module("yamlagents.runtime.loop").in_own_loop(work)
    return result


async def _follow(
    events: AsyncGenerator[Event, None],
    render: Renderer,
    answer: TextIO,
    keep: Callable[[RunError], None],
) -> Outcome:
    outcome = Outcome(boundary.BUG, None)
    async with aclosing(events):
        async for event in events:
            if isinstance(event, RunFailed) and event.error.approvals:
                keep(event.error)
            render(event, answer)
            if isinstance(event, RunFinished):
                outcome = Outcome(0, event.result)
            elif isinstance(event, RunFailed):
                boundary.say_failure(event.error)
                error = event.error
                outcome = Outcome(error.exit, error.result, error.state_file is not None)
    return outcome
