"""An MCP server of one folder: `python files.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from protocol import serve


def list_directory(path: str) -> str:
    """List the files of a folder."""
    return "\n".join(sorted(entry.name for entry in _within(path).iterdir()))


def read_file(path: str) -> str:
    """Read a file."""
    return _within(path).read_text(encoding="utf-8")


def write_file(path: str, content: str) -> str:
    """Write a file."""
    return f"{_within(path).name} was not written: {len(content)} characters"


def _within(path: str) -> Path:
    folder = Path(sys.argv[1]).resolve()
    found = (folder / path).resolve()
    if not found.is_relative_to(folder):
        raise ValueError("that is outside of the folder")
    return found


if __name__ == "__main__":
    tools = (list_directory, read_file, write_file)
    serve({tool.__name__: tool for tool in tools}, "files")
