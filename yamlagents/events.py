"""What happens in a run, as typed frozen events. docs/events.md gives their form as NDJSON."""

from __future__ import annotations

from collections.abc import Mapping
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

    def __reduce__(self) -> tuple[Any, ...]:
        # What is raised in a worker process has to cross to its parent.
        again = partial(type(self), self.code, self.message, exit=self.exit, hint=self.hint)
        return again, (), self.__dict__


@dataclass(frozen=True)
class RunStarted:
    """A run began with `agent`, for `input`; `attachments` are the names of what came with it."""

    agent: str
    input: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True)
class AgentStarted:
    """Control came to `agent`, which `model` answers for; `nested` if it runs inside another's."""

    agent: str
    model: str
    nested: bool = False


@dataclass(frozen=True)
class TextDelta:
    """A piece of the answer, as it arrives. Only in streamed runs."""

    agent: str
    text: str


@dataclass(frozen=True)
class ModelReplied:
    """A request was answered; `turn` counts from 1, nested replies among them."""

    agent: str
    model: str
    turn: int
    usage: Usage
    cost: Cost
    nested: bool = False


@dataclass(frozen=True)
class FellBack:
    """A model failed, and its agent's request goes to another one, `to`.

    `code` is the slug that the run would have failed with, `reason` the same in words.
    """

    agent: str
    model: str
    to: str
    code: str
    reason: str


@dataclass(frozen=True)
class ToolCalled:
    """The model called a tool. `arguments` is parsed JSON, or the text if it is not JSON."""

    agent: str
    name: str
    call_id: str
    arguments: Any


@dataclass(frozen=True)
class ToolReturned:
    """A tool came back: `output` is what the model is told, `error` what went wrong in the tool."""

    agent: str
    name: str
    call_id: str
    output: str
    error: str | None = None


@dataclass(frozen=True)
class HandedOff:
    """Control passed from one agent to another."""

    agent: str
    to: str
    nested: bool = False


@dataclass(frozen=True)
class StepStarted:
    """A step of a workflow began: `agent` runs on `input`; `step` is the step's name."""

    step: str
    agent: str
    input: str


@dataclass(frozen=True)
class StepFinished:
    """A step of a workflow ended with `output`, as plain data."""

    step: str
    agent: str
    output: Any


@dataclass(frozen=True)
class Noticed:
    """Something to know that does not end the run; `code` is a slug.

    `severity` is "warning" or "note".
    """

    code: str
    message: str
    severity: str = "warning"


@dataclass(frozen=True)
class RunFinished:
    """The run ended with a final output."""

    result: RunResult


@dataclass(frozen=True)
class RunFailed:
    """The run ended without one; `error.result` holds what it had come to."""

    error: RunError


Event = (
    RunStarted
    | AgentStarted
    | TextDelta
    | ModelReplied
    | FellBack
    | ToolCalled
    | ToolReturned
    | HandedOff
    | StepStarted
    | StepFinished
    | Noticed
    | RunFinished
    | RunFailed
)

_KINDS: Mapping[type, str] = {
    RunStarted: "run_started",
    AgentStarted: "agent_started",
    TextDelta: "text_delta",
    ModelReplied: "model_replied",
    FellBack: "fell_back",
    ToolCalled: "tool_called",
    ToolReturned: "tool_returned",
    HandedOff: "handed_off",
    StepStarted: "step_started",
    StepFinished: "step_finished",
    Noticed: "noticed",
    RunFinished: "run_finished",
    RunFailed: "run_failed",
}


def event_json(event: Event) -> dict[str, Any]:
    """Give an event as plain JSON data: `{"event": kind, ...its fields}`."""
    if isinstance(event, RunFinished):
        return {"event": _KINDS[type(event)], **result_json(event.result)}
    if isinstance(event, RunFailed):
        return {"event": _KINDS[type(event)], **error_json(event.error)}
    return {"event": _KINDS[type(event)], **asdict(event)}


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
