"""A run that waits: the calls that somebody has to approve, and all it needs to go on."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from enum import Enum
from pathlib import Path
from typing import Any

# What a file of this kind says first. A later version of the form gets another number.
_KIND, FORM = "yamlagents_state", 1
_SEAL = "sha256"
# The error of a call that was denied, as events and results tell of it.
DENIED = "the call was denied"


@dataclass(frozen=True)
class Approval:
    """A tool call that waits for a yes or no: its agent, tool, and arguments as JSON text."""

    agent: str
    tool: str
    arguments: str


class Later(Enum):
    """An answer that is none yet: the call waits, and with it the run."""

    LATER = "later"


@dataclass(frozen=True)
class SavedRun:
    """A run that waits for approvals, to go on with later: `run(team, saved, approve=...)`.

    `waiting` are the calls it waits for, `input` is what the run began with. The rest is ours:
    it holds the whole conversation, so keep it as private as that. Nobody may write to it who may
    not decide on the calls, for it is taken at its word. `workflow` has the steps of one: those
    that are done, with what they gave, and those that wait, each with its `run`.
    """

    file: str
    definition: str
    agent: str
    input: str
    waiting: tuple[Approval, ...]
    agents: Mapping[str, Any] = field(repr=False)
    so_far: Mapping[str, Any] = field(repr=False)
    run: Mapping[str, Any] = field(repr=False)
    context: Mapping[str, Any] = field(default_factory=dict, repr=False)
    command: Mapping[str, Any] = field(default_factory=dict, repr=False)
    workflow: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def text(self) -> str:
        """All of it as JSON, which `parse` reads. Raises TypeError or ValueError if it has none."""
        data = {part.name: getattr(self, part.name) for part in fields(self)}
        data["waiting"] = [asdict(one) for one in self.waiting]
        whole = {_KIND: FORM, **data, _SEAL: seal(data)}
        return json.dumps(whole, indent=1, allow_nan=False) + "\n"

    @staticmethod
    def parse(text: str) -> SavedRun:
        """Read what `text` gives. Raises ValueError, with the reason, for anything else."""
        try:
            data = json.loads(text, parse_float=_finite, parse_constant=_finite)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"it is not JSON, or was cut off: {error}") from error
        if not isinstance(data, dict) or _KIND not in data:
            raise ValueError("it is no saved run")
        if data.pop(_KIND) != FORM:
            raise ValueError("another version of yamlagents saved it")
        if data.pop(_SEAL, None) != seal(data):
            raise ValueError("it was changed since it was saved")
        kinds = {part.name: _kind(part.type) for part in fields(SavedRun)}
        for name, kind in kinds.items():
            if not isinstance(data.get(name), kind):
                raise ValueError(f"'{name}' is missing or is not what it should be")
        if not all(map(_is_agreement, data["agents"].values())):
            raise ValueError("'agents' is not what it should be")
        waiting = tuple(_approval(one) for one in data.pop("waiting"))
        return SavedRun(waiting=waiting, **{name: data[name] for name in kinds if name in data})

    @staticmethod
    def read(path: str | Path) -> SavedRun:
        """Read what `write` wrote. Raises OSError, and ValueError as `parse`."""
        try:
            return SavedRun.parse(Path(path).read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise ValueError("it is no text") from error

    def accepting_changes(self) -> SavedRun:
        """Give the same run, which goes on whatever became of its agents since."""
        workflow = {**self.workflow, "steps": {}} if self.workflow else {}
        return replace(self, agents={}, definition="", workflow=workflow)

    def write(self, path: str | Path) -> None:
        """Write it for its owner's eyes only: wholly, or not at all. Raises OSError."""
        target = Path(path)
        temporary = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
        number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(number, "w", encoding="utf-8") as file:
                file.write(self.text)
                file.flush()
                os.fsync(number)
            os.replace(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _settle(target.parent)


def seal(data: Mapping[str, Any]) -> str:
    """Give the digest of what is in a file, which tells of damage; it is no signature."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _settle(folder: Path) -> None:
    """Let the new name of a file outlive a loss of power, where the system can."""
    with suppress(OSError):  # Windows opens no folders
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def _kind(annotation: Any) -> type:
    if annotation == "str":
        return str
    return dict if str(annotation).startswith("Mapping") else list


def _is_agreement(data: Any) -> bool:
    """Tell whether this has tools as the contract of an agent has them."""
    contract = data.get("contract") if isinstance(data, dict) else None
    tools = contract.get("tools", {}) if isinstance(contract, dict) else None
    return isinstance(tools, dict) and all(
        isinstance(tool, dict) and isinstance(tool.get("parameters", {}), dict)
        for tool in tools.values()
    )


def _approval(data: Any) -> Approval:
    names = [part.name for part in fields(Approval)]
    if not isinstance(data, dict) or any(not isinstance(data.get(name), str) for name in names):
        raise ValueError("'waiting' is not a list of calls")
    return Approval(**{name: data[name] for name in names})
