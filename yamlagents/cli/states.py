"""Runs that wait, in files: saved with the command that they are of, and gone on with once."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from yamlagents.cli import terminal
from yamlagents.cli.options import RunOptions
from yamlagents.cli.places import DEFAULT
from yamlagents.events import Event, ToolCalled, ToolReturned
from yamlagents.result import RunError
from yamlagents.runtime.approvals.rules import Rules
from yamlagents.spec.approvals.exact import exact
from yamlagents.spec.approvals.patterns import BadPattern, pattern
from yamlagents.spec.project import shown_name
from yamlagents.spec.records import Spec
from yamlagents.waiting import DENIED, Approval, SavedRun

FILES = 2
# What an option may be in a saved command.
_KINDS: Mapping[str, type] = {
    **dict.fromkeys(("agent", "model", "base_url", "env_file", "session", "reason"), str),
    **dict.fromkeys(("budget", "overrides", "overlays", "allow", "approve", "deny"), list),
    **{"offline": bool, "max_turns": int, "params": dict},
}


@dataclass(frozen=True)
class Keeper:
    """Saves a run that waits, in `path` or else in a file of its own, with its command."""

    spec: Spec
    options: RunOptions
    rules: Rules
    path: Path | None = None

    def __call__(self, error: RunError) -> None:
        """Save the run that `error` tells of, if it can be, and say how to go on with it."""
        if error.state is None:
            return
        try:
            path = self.path or self._own_path()
            command, file = self._command(), self._file(path)
            replace(error.state, command=command, file=file).write(path)
        except OSError as problem:
            reason = (problem.strerror or str(problem)).lower()
            error.hint = f"it cannot be saved: '{problem.filename or self.path}': {reason}"
            return
        error.state_file = shown_name(path)
        error.hint = self._hint(error.state_file, error)

    def _hint(self, file: str, error: RunError) -> str:
        """Give the command to go on with, which approves all that a pattern may approve."""
        free = (one for one in error.approvals if one not in error.doubts)
        approved = dict.fromkeys(map(self._pattern, free))
        options = (word for text in approved for word in ("--approve", text))
        command = shlex.join(["yamlagents", "resume", file, *options])
        doubts = [
            f"--deny {denial} may be about the call of {one.tool}, and no pattern outdoes it"
            for one, denial in error.doubts.items()
        ]
        return f"{command}, on a terminal: {'; '.join(doubts)}" if doubts else command

    def _own_path(self) -> Path:
        files = import_module("yamlagents.sdk.sessions.files")
        folder: Path = files.own_folder(self.spec.root) / "state"
        folder.mkdir(mode=0o700, exist_ok=True)
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{self.spec.file.stem}-{os.urandom(3).hex()}.json"
        return folder / name

    def _file(self, path: Path) -> str:
        """Give the agent file, in a way that it is found after the project was moved."""
        folder, file = path.resolve().parent, self.spec.file.resolve()
        return os.path.relpath(file, folder) if folder.is_relative_to(self.spec.root) else str(file)

    def _command(self) -> dict[str, Any]:
        options, rules = self.options, self.rules
        names = ("agent", "model", "base_url", "offline", "max_turns", "session")
        lists = ("budget", "overrides", "overlays", "allow")
        return {
            **{name: getattr(options, name) for name in names},
            **{name: list(getattr(options, name)) for name in lists},
            "env_file": str(options.env_file.resolve()) if options.env_file is not None else None,
            "params": {name: self._param(name, text) for name, text in options.params.items()},
            "approve": [one.text for one in rules.approve],
            "deny": [one.text for one in rules.deny],
            "reason": rules.reason,
        }

    def _param(self, name: str, text: str) -> str:
        # The value of a file is what is in it; its path starts at the folder of this command.
        value = self.spec.params.get(name)
        is_path = isinstance(value, str) and value != text and Path(text).is_file()
        return str(Path(text).resolve()) if is_path else text

    def _pattern(self, asked: Approval) -> str:
        """Give the pattern of just this call; of its tool, where there is none or it is secret."""
        text = exact(asked.tool, asked.arguments)
        redacted = import_module("yamlagents.runtime.redaction").redacted
        return text if text is not None and redacted(text, self.spec) == text else asked.tool


def command_of(saved: SavedRun, path: Path) -> tuple[dict[str, Any], Rules]:
    """Give the options that the run saved at `path` was started with. Raises `RunError`."""
    given = saved.command
    for name, value in given.items():
        kind = _KINDS.get(name)
        is_whole = not isinstance(value, list) or all(isinstance(item, str) for item in value)
        if kind is None or (value is not None and not (isinstance(value, kind) and is_whole)):
            raise bad(path, f"its command has no '{name}' like this")
    try:
        approve, deny = (tuple(map(pattern, given.get(key) or ())) for key in ("approve", "deny"))
    except BadPattern as error:
        raise bad(path, f"'{error.text}' is no pattern: {error.reason}") from error
    values: dict[str, Any] = {
        name: tuple(given.get(name) or ()) if kind is list else given.get(name)
        for name, kind in _KINDS.items()
        if name not in ("approve", "deny", "reason")
    }
    env_file = values["env_file"]
    return {
        **values,
        "file": str((path.resolve().parent / saved.file).resolve()),
        "folder": Path(DEFAULT),
        "offline": bool(values["offline"]),
        "params": values["params"] or {},
        "env_file": Path(env_file) if env_file is not None else None,
    }, Rules(approve, deny, given.get("reason"))


def bad(path: Path, reason: str) -> RunError:
    """Give the failure of a file that is no saved run."""
    message = f"{shown_name(path)} cannot be used: {reason}"
    return RunError("bad-state", message, exit=FILES, hint="run it anew")


class Claim:
    """A saved run that one process at a time goes on with; a call is not made twice by accident.

    Its file gets another name as long as that lasts. It gets its own back if no tool was called,
    and keeps the other where a tool was and the run came to no end.
    """

    def __init__(self, path: Path, *, again: bool) -> None:
        self._path = path
        self._taken = path.with_name(f"{path.name}.resumed")
        self._is_again = again and not path.exists()
        self._granted = False
        self._called = 0

    def read(self) -> SavedRun:
        """Read the file. Raises `RunError` or `click.UsageError`."""
        path = self._taken if self._is_again else self._path
        try:
            return SavedRun.read(path)
        except FileNotFoundError as error:
            if self._taken.exists():
                raise self._used() from error
            raise click.UsageError(f"There is no file '{self._path}'.") from error
        except OSError as error:
            raise bad(path, (error.strerror or str(error)).lower()) from error
        except ValueError as error:
            raise bad(path, str(error)) from error

    def take(self) -> None:
        """Take the run. Raises `RunError` if another process did."""
        if self._is_again:
            return
        try:
            os.replace(self._path, self._taken)
        except FileNotFoundError as error:
            raise self._used() from error

    def see(self, event: Event) -> None:
        """Take note of what happens."""
        if isinstance(event, ToolReturned) and event.error == DENIED:
            self._called -= 1  # it was told of as a call, and did nothing
        elif isinstance(event, ToolCalled | ToolReturned):
            self._called += 1

    def grant(self) -> None:
        """Take note that a call was approved."""
        self._granted = True

    def end(self) -> None:
        """Let go of a run that came to its end, or waits again."""
        self._taken.unlink(missing_ok=True)

    def break_off(self, *, in_order: bool) -> None:
        """Let go of a run that failed, in order or in the middle of whatever was going on."""
        if not self._called and (in_order or not self._granted):
            os.replace(self._taken, self._path)
            return
        shown = shlex.quote(shown_name(self._path))
        message = (
            f"tools were called; `yamlagents resume {shown} --again` would call them once more"
        )
        terminal.say(message, fg="yellow")

    def _used(self) -> RunError:
        message = (
            f"{shown_name(self._path)} was gone on with, by a process that is still at it, or came "
            "to no end: tools that it called may have done their work"
        )
        hint = "look at what they did; --again goes on from before once more"
        return RunError("state-used", message, exit=FILES, hint=hint)
