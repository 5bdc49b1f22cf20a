"""Workflow commands in a log, read by the rules of GitHub's runner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# In this order, as the runner does: the sign of the others last.
_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
KNOWN = ("error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "stop-commands")


@dataclass(frozen=True)
class WorkflowCommand:
    """A command: its name, its properties and what it says."""

    name: str
    properties: dict[str, str]
    data: str


def commands(log: str) -> list[WorkflowCommand]:
    """Give the commands that the runner obeys."""
    return list(_obeyed(log))


def _obeyed(log: str) -> Iterator[WorkflowCommand]:
    token = None
    for line in log.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        command = _parsed(line, (token,) if token else KNOWN)
        if command is None:
            continue
        if token is not None:
            token = None
        elif command.name == "stop-commands":
            token = command.data
        else:
            yield command


def _parsed(line: str, known: tuple[str, ...]) -> WorkflowCommand | None:
    head, colons, data = line.lstrip().removeprefix("::").partition("::")
    if not line.lstrip().startswith("::") or not colons:
        return None
    name, _, listed = head.partition(" ")
    if name not in known:
        return None
    pairs = (part.partition("=") for part in listed.strip().split(",") if part)
    properties = {key: _plain(value, _PROPERTY) for key, _, value in pairs if key and value}
    return WorkflowCommand(name, properties, _plain(data, _DATA))


def _plain(text: str, mapping: tuple[tuple[str, str], ...]) -> str:
    for escaped, sign in mapping:
        text = text.replace(escaped, sign)
    return text
