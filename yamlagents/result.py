"""What a run came to: its output, what it used and called, or why it failed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from yamlagents.waiting import Approval, SavedRun


@dataclass(frozen=True)
class Usage:
    """Requests and tokens as the provider counted them; all zero where it did not."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        mine, theirs = vars(self), vars(other)
        return Usage(**{key: mine[key] + theirs[key] for key in mine})


@dataclass(frozen=True)
class Cost:
    """A price in USD, or None with the reason why it is not known."""

    usd: float | None
    reason: str | None = None


@dataclass(frozen=True)
class ToolCall:
    """A tool call with what came of it. `output` is None until it returned."""

    agent: str
    name: str
    arguments: Any
    output: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class RunResult:
    """What a run came to. `final_output` is None if it did not end; `output` is it as plain data.

    `usage` and `cost` are of all requests of the run, `seconds` is wall time, `definition` a digest
    of the resolved agent definitions, `history` the conversation for a next run.
    """

    final_output: Any
    last_agent: str
    usage: Usage
    cost: Cost
    turns: int
    tool_calls: tuple[ToolCall, ...]
    seconds: float
    model: str
    definition: str
    history: tuple[Any, ...] = field(default=(), repr=False, compare=False)
    output: Any = None


class RunError(Exception):
    """A run that failed: `code` is a slug of docs/problems.md, `exit` the exit code for it.

    `result` is what the run had come to by then, with true usage.
    """

    def __init__(self, code: str, message: str, *, exit: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.exit = exit
        self.result: RunResult | None = None
        # Of a run that waits: what for, and itself, to go on with, where it can be kept.
        self.approvals: tuple[Approval, ...] = ()
        self.state: SavedRun | None = None
        self.state_file: str | None = None
        # The denials that these calls are perhaps of, which no approval outdoes.
        self.doubts: dict[Approval, str] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        # What is raised in a worker process has to cross to its parent.
        again = partial(type(self), self.code, self.message, exit=self.exit, hint=self.hint)
        return again, (), self.__dict__


def result_json(result: RunResult) -> dict[str, Any]:
    """Give a result as the one document of `run --json`."""
    return {
        "final_output": result.output,
        "last_agent": result.last_agent,
        "usage": asdict(result.usage),
        "cost": asdict(result.cost),
        "turns": result.turns,
        "tool_calls": [asdict(call) for call in result.tool_calls],
        "seconds": round(result.seconds, 3),
        "model": result.model,
        "definition": result.definition,
    }


def error_json(error: RunError) -> dict[str, Any]:
    """Give a failed run: its result as far as it came, and `error`."""
    known = result_json(error.result) if error.result is not None else {}
    said = error.message if error.hint is None else f"{error.message}; {error.hint}"
    data = {**known, "error": {"code": error.code, "message": said, "exit": error.exit}}
    if error.approvals:
        data["approvals"] = [asdict(one) for one in error.approvals]
        data["state"] = error.state_file
    return data
