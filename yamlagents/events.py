"""What happens in a run, as typed frozen events. docs/events.md gives their form as NDJSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from yamlagents.result import Cost, RunError, RunResult, Usage, error_json, result_json


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
class ReasoningDelta:
    """A piece of what the model reasons before it answers, as it arrives, if it tells of it."""

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
    | ReasoningDelta
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
    ReasoningDelta: "reasoning_delta",
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
