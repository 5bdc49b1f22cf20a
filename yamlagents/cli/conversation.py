"""What `run` and `chat` do alike: assemble, follow the events, ask for approvals."""

from __future__ import annotations

import signal
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

import yamlagents
from yamlagents.cli import boundary, collection, stdout, terminal
from yamlagents.cli.options import RunOptions
from yamlagents.cli.renderers import Renderer
from yamlagents.events import Event, RunError, RunFailed, RunFinished, RunResult
from yamlagents.spec.records import Spec

if TYPE_CHECKING:
    # The SDK loads only after the files have been checked.
    from yamlagents.runtime.loop import OwnLoop
    from yamlagents.runtime.runner import Approval
    from yamlagents.sdk.team import Team


_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its exit code, and what it had come to by then."""

    exit: int
    result: RunResult | None


def assemble(spec: Spec, *, offline: bool) -> Team:
    """Import the SDK and make the team, both with garbage collection out of the way."""
    with collection.paused(), stdout.reserved():
        models = {"models": yamlagents.offline} if offline else {}
        return yamlagents.assemble(spec, **models)


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


def follow(
    events: AsyncGenerator[Event, None], render: Renderer, *, loop: OwnLoop | None = None
) -> Outcome:
    """Render the events of a run to its end; a failure is told on stderr.

    Without a `loop` it has one of its own.
    Raises `RunError` if an async tool ends the program, which no event loop survives.
    """
    try:
        with stdout.reserved() as answer:
            run = in_own_loop if loop is None else loop.run
            return run(_follow(events, render, answer))
    except SystemExit as error:
        message = f"a tool ended the program: sys.exit({error.code!r})"
        raise RunError("tool-failed", message, exit=4, hint="let it return, or raise") from error


def in_own_loop(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Do `work` in an event loop that ends with it."""
    # Above the SDK line, like all that loads only once the files have been checked.
    result: _Result = import_module("yamlagents.runtime.loop").in_own_loop(work)
    return result


async def _follow(events: AsyncGenerator[Event, None], render: Renderer, answer: TextIO) -> Outcome:
    outcome = Outcome(boundary.BUG, None)
    async with aclosing(events):
        async for event in events:
            render(event, answer)
            if isinstance(event, RunFinished):
                outcome = Outcome(0, event.result)
            elif isinstance(event, RunFailed):
                boundary.say_failure(event.error)
                outcome = Outcome(event.error.exit, event.error.result)
    return outcome


def approver() -> Callable[[Approval], bool] | None:
    """Give a question to the person at the terminal, or None where there is nobody to ask."""
    if not terminal.is_terminal(sys.stdin):
        return None

    def ask(asked: Approval) -> bool:
        question = f"{asked.agent} wants to call {asked.tool}({asked.arguments}). Allow it?"
        with _interruptible():
            return click.confirm(terminal.visible(question), err=True)

    return ask


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end a question at once; a loop would wait for its answer first."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except click.Abort as error:
        raise KeyboardInterrupt from error
    finally:
        signal.signal(signal.SIGINT, before)
