"""Test cases of an agent file as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from yamlagents.spec.approvals.patterns import Pattern
from yamlagents.spec.models.records import ModelSpec
from yamlagents.spec.problem import Place

Tools = Literal["live", "stub", "replay"]


@dataclass(frozen=True)
class Expectation:
    """One assertion of a case: its kind, what is expected, and its other keys.

    `{tool_called: get_weather, arguments: {city: Tokyo}}` has the kind `tool_called`, the value
    `get_weather` and the options `{"arguments": {"city": "Tokyo"}}`. The kinds `not`, `all_of` and
    `any_of` hold other assertions in `children`, and so does `field`, whose value is the path.
    The value of `python` is an `EntryPoint`, and the option `model` of `rubric` a `ModelSpec`.
    """

    kind: str
    value: Any
    options: Mapping[str, Any]
    children: tuple[Expectation, ...]
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True)
class ScriptCall:
    """A tool call that a script makes the model ask for."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class ScriptStep:
    """One model turn of a script: what the model says, calls, hands off to, or fails with.

    Exactly one of the fields but `place` and `agent` is set. `output` is structured output, given
    as data; `error` is a message, which the model's request fails with. `agent` is the key of the
    one agent that the step is for.
    """

    place: Place = field(compare=False, repr=False)
    text: str | None = None
    tool_calls: tuple[ScriptCall, ...] = ()
    handoff: str | None = None
    output: Any = None
    error: str | None = None
    agent: str | None = None


@dataclass(frozen=True)
class CallPattern:
    """A pattern of the tool calls that a case approves, or denies."""

    pattern: Pattern
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True)
class CaseSpec:
    """One case: what is said to which agent, who answers, and what is expected.

    `inputs` are the user's messages, one a turn of the conversation. `model` replaces every
    agent's model. `params` are the test's own values of the file's params. `require` of `repeat`
    attempts have to pass. `timeout` is in seconds. `attachments` go with the first message: full
    paths, and addresses. `approve` and `deny` answer where a tool needs approval;
    `reason` is what the model is told of calls that are denied.
    """

    name: str
    inputs: tuple[str, ...]
    expect: tuple[Expectation, ...]
    place: Place = field(compare=False, repr=False)
    agent: str | None = None
    model: ModelSpec | None = None
    context: Mapping[str, Any] | None = None
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    repeat: int = 1
    require: int = 1
    tags: tuple[str, ...] = ()
    timeout: float | None = None
    tools: Tools | None = None
    script: tuple[ScriptStep, ...] | None = None
    attachments: tuple[str, ...] = ()
    approve: tuple[CallPattern, ...] = ()
    deny: tuple[CallPattern, ...] = ()
    reason: str | None = None
