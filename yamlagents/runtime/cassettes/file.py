"""Cassettes as files: read within bounds, and written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from yamlagents.result import RunError
from yamlagents.runtime.cassettes.plain import BOUNDS, Unreadable
from yamlagents.runtime.cassettes.reader import recording_in
from yamlagents.runtime.cassettes.recording import Recording
from yamlagents.runtime.cassettes.text import text_of
from yamlagents.runtime.writing import replace
from yamlagents.spec.project import shown_name

PROBLEMS, STALE = 2, 8


def read(path: Path) -> Recording | None:
    """Read what the file at `path` holds; None if there is no such file.

    Raises `RunError` (code "cassette-unreadable", exit 8) for what is no cassette.
    """
    name = shown_name(path)
    try:
        # Whatever else lies there, as a pipe does, might never end.
        if path.exists() and not path.is_file():
            raise Unreadable(name, "it is no file")
        with path.open("rb") as file:
            content = file.read(BOUNDS.size + 1)
        return recording_in(content, name)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(name, (error.strerror or str(error)).lower()) from error
    except Unreadable as error:
        raise _unreadable(error.where, error.reason) from error


def _unreadable(where: str, reason: str) -> RunError:
    message = f"the cassette {where} cannot be read: {reason}"
    return RunError("cassette-unreadable", message, exit=STALE, hint="record it anew with --record")


def write(path: Path, recording: Recording) -> None:
    """Write a recording to `path`, whole or not at all.

    Raises `RunError` (code "cassette-unwritable", exit 2) for what could not be read again, and
    where no file can be written.
    """
    name = shown_name(path)
    content = text_of(recording).encode()
    try:
        recording_in(content, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace(path, content, mode=0o644)
    except Unreadable as error:
        raise _unwritable(error.where, error.reason) from error
    except OSError as error:
        raise _unwritable(name, (error.strerror or str(error)).lower()) from error


def _unwritable(where: str, reason: str) -> RunError:
    message = f"the cassette {where} cannot be written: {reason}"
    return RunError("cassette-unwritable", message, exit=PROBLEMS)
