"""The boundary: whatever goes wrong leaves here as a message and an exit code."""

from __future__ import annotations

import errno
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator

import click

import yamlagents
from yamlagents.cli import reports, terminal
from yamlagents.events import Noticed
from yamlagents.result import RunError
from yamlagents.runtime.redaction import Redaction
from yamlagents.spec.problem import Problem, SpecError, suggestion

USAGE, BUG, INTERRUPTED = 2, 70, 130
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def exit_code(error: BaseException, *, debug: bool) -> int:
    """Tell on stderr what went wrong and give the exit code for it."""
    try:
        _discard()
        return _tell(error, debug=debug)
    except OSError:  # stderr cannot be written to, and there is no other place to say so
        return getattr(error, "exit", USAGE)
    finally:
        _discard()


def _discard() -> None:
    """Throw away what cannot be written; Python would try again, and complain, at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _tell(error: BaseException, *, debug: bool) -> int:
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else BUG
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        terminal.say("interrupted")
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        # Whoever read stdout has gone, as `head` does.
        return 0
    if debug:
        sys.stderr.write("".join(_trace(error)))
    if isinstance(error, SpecError):
        say_problems(error.problems)
        return USAGE
    if isinstance(error, RunError):
        say_failure(error)
        return error.exit
    if isinstance(error, OSError) and (error.filename is not None or error.errno in _FULL):
        # A file that is in the way, or a disk that is full: nothing that we could mend.
        what = "cannot write" if error.filename is None else f"'{error.filename}'"
        terminal.say(f"{what}: {(error.strerror or str(error)).lower()}", fg="red")
        return USAGE
    return _bug(error)


def unknown_command(name: str, known: Iterable[str], ctx: click.Context) -> click.UsageError:
    """Give the error for a command that does not exist, with the nearest one that does."""
    return click.UsageError(f"There is no command '{name}'{suggestion(name, known)}", ctx)


def say_problems(problems: Iterable[Problem]) -> None:
    """Write problems to stderr, with their excerpts."""
    color = terminal.colors(sys.stderr)
    for problem in problems:
        click.echo(reports.text(problem, color=color), err=True, color=color)


def say_notice(notice: Noticed) -> None:
    """Write what is worth knowing of a run to stderr."""
    message = "\n".join(terminal.visible(line) for line in notice.message.split("\n"))
    terminal.say(f"{notice.severity}[{notice.code}]: {message}", fg="yellow")


def say_failure(error: RunError) -> None:
    """Write why a run failed, and the next move, to stderr."""
    redact = Redaction(mark="***").text  # as runs have done already
    message = "\n".join(terminal.visible(line) for line in redact(error.message).split("\n"))
    terminal.say(f"error[{error.code}]: {message}", fg="red")
    if error.hint:
        terminal.say(f"  hint: {redact(error.hint)}")


def _trace(error: BaseException) -> Iterator[str]:
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return map(Redaction().text, lines)


def _bug(error: BaseException) -> int:
    report = "".join(
        [
            f"yamlagents {yamlagents.__version__}, Python {platform.python_version()}, ",
            f"{platform.platform()}\n\n",
            *_trace(error),
        ]
    )
    try:
        # Only for the user's eyes: a traceback may quote what a tool was given.
        number, path = tempfile.mkstemp(prefix="yamlagents-", suffix=".log")
        with open(number, "w", encoding="utf-8") as file:
            file.write(report)
        saved = f"the traceback is in {path}"
    except OSError:
        saved = report
    said = Redaction().text(str(error))
    terminal.say(f"this is a bug of yamlagents: {type(error).__name__}: {said}; {saved}")
    return BUG
