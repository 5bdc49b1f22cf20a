"""stdout kept for the answer: what tools print beside it comes out on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TextIO


@contextmanager
def reserved() -> Iterator[TextIO]:
    """Give the stream for the answer; until the end, all other output goes to stderr.

    That goes for `print` in the user's code and for processes it starts.
    """
    sys.stdout.flush()
    with _moved(sys.stdout) as answer, redirect_stdout(sys.stderr):
        yield answer


@contextmanager
def _moved(stream: TextIO) -> Iterator[TextIO]:
    """Give a copy of `stream` while its own descriptor leads to stderr."""
    try:
        number, errors = stream.fileno(), sys.stderr.fileno()
    except OSError:  # a stream in memory has no descriptor, and no process inherits it
        yield stream
        return
    copied = os.dup(number)
    os.dup2(errors, number)
    try:
        with open(
            copied, "w", encoding=stream.encoding, errors=stream.errors, closefd=False
        ) as answer:
            yield answer
    finally:
        stream.flush()
        os.dup2(copied, number)
        os.close(copied)
