"""What people see: messages on stderr, and color where it is wanted."""

from __future__ import annotations

import os
import sys
from typing import IO, Any

import click

from yamlagents.spec.text.visible import visible as visible  # callers know it by this module


def open_streams() -> None:
    """Put something in the place of closed standard streams, and let no character fail."""
    # In this order each takes the lowest free descriptor, its own, and no other file does.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  # ends with us
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def counted(number: int, noun: str) -> str:
    """Give `1 file` or `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def colors(stream: IO[Any]) -> bool:
    """Tell whether to color what goes to `stream`."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal(stream)


def is_terminal(stream: IO[Any]) -> bool:
    """Tell whether a person is at the other end of `stream`."""
    return stream.isatty()


def say(message: str, *, nl: bool = True, **style: Any) -> None:
    """Write a line, or without `nl` a piece of one, to stderr, after what went to stdout."""
    sys.stdout.flush()
    color = colors(sys.stderr)
    text = click.style(message, **style) if color else message
    click.echo(text, err=True, color=color, nl=nl)
