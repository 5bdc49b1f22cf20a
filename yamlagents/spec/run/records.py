"""How a run goes, as frozen data: the SDK's `RunConfig`, the runner's arguments, and a budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from yamlagents.spec.code.records import CodeSpec, Options
from yamlagents.spec.problem import Place
from yamlagents.spec.sandbox.records import RunSandboxSpec
from yamlagents.spec.sessions.records import SessionSpec
from yamlagents.spec.tools.records import GuardrailSpec

# What a budget can limit, each with the words for an amount of it.
BUDGET = {
    "usd": "USD",
    "total_tokens": "tokens",
    "input_tokens": "input tokens",
    "output_tokens": "output tokens",
    "requests": "requests",
    "tool_calls": "tool calls",
    "seconds": "seconds",
}


@dataclass(frozen=True)
class Limit:
    """The most that a run may spend of one thing, and where that is written."""

    amount: float
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True)
class ErrorOutput:
    """The final output of a run that would fail, as data."""

    final_output: Any
    include_in_history: bool = True


@dataclass(frozen=True)
class RunSpec:
    """How a run goes. `max_turns` of None means no limit.

    `budget` has limits by the names of `BUDGET`; `conversation` has the runner's arguments of
    `CONVERSATION`; `options` are further fields of the SDK's `RunConfig`. The mappings have only
    what the files give; what is code among it is `CodeSpec`.
    """

    max_turns: int | None = 10
    budget: Mapping[str, Limit] = field(default_factory=dict)
    model_settings: Options = field(default_factory=dict, repr=False)
    model_provider: CodeSpec | None = None
    input_guardrails: tuple[GuardrailSpec, ...] = ()
    output_guardrails: tuple[GuardrailSpec, ...] = ()
    hooks: CodeSpec | None = None
    context: Options | CodeSpec | None = None
    error_handlers: Mapping[str, CodeSpec | ErrorOutput] = field(default_factory=dict)
    conversation: Options = field(default_factory=dict)
    options: Options = field(default_factory=dict, repr=False)
    # Where a conversation is kept does not define what runs.
    session: SessionSpec | None = field(default=None, compare=False)
    sandbox: RunSandboxSpec | None = None

    @property
    def is_traced(self) -> bool:
        """Whether the files turn tracing on; it is off where they say nothing."""
        return self.options.get("tracing_disabled") is False

    @property
    def rehearsed(self) -> RunSpec:
        """The same for a test: nothing is uploaded, and no one's session is touched."""
        session = self.session.rehearsal if self.session is not None else None
        return replace(self.untraced, session=session)

    @property
    def untraced(self) -> RunSpec:
        """The same with tracing off."""
        options = {**self.options, "tracing_disabled": True}
        return replace(self, options=options) if self.is_traced else self
