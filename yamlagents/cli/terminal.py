"""What people see: messages on stderr, and color where it is wanted."""

from __future__ import annotations

import os
import sys
from typing import IO, Any

import click


def colors(stream: IO[Any]) -> bool:
    """Tell whether to color what goes to `stream`."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal(stream)


def is_terminal(stream: IO[Any]) -> bool:
    """Tell whether a person is at the other end of `stream`."""
    return stream.isatty()


def say(message: str, **style: Any) -> None:
    """Write a line to stderr, after what went to stdout."""
    sys.stdout.flush()
    color = colors(sys.stderr)
    click.echo(click.style(message, **style) if color else message, err=True, color=color)
