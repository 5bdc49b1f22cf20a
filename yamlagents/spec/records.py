"""The spec: an agent file as frozen data, checked and resolved. Dicts stop here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from yamlagents.spec.cases import CaseSpec
from yamlagents.spec.modelspec import ModelSpec as ModelSpec  # a record like the others
from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.toolspec import (
    AgentToolSpec,
    AnyToolSpec,
    CodeSpec,
    GuardrailSpec,
    HandoffSpec,
    OutputSpec,
)


@dataclass(frozen=True)
class AgentSpec:
    """One agent. `name` is what the SDK shows, `key` what the files call it.

    `options` are further fields of the SDK's `Agent`, only those the file gives.
    """

    key: str
    name: str
    model: ModelSpec
    place: Place = field(compare=False, repr=False)
    instructions: str | CodeSpec | None = None
    handoff_description: str | None = None
    model_settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    tools: tuple[AnyToolSpec, ...] = ()
    handoffs: tuple[HandoffSpec, ...] = ()
    input_guardrails: tuple[GuardrailSpec, ...] = ()
    output_guardrails: tuple[GuardrailSpec, ...] = ()
    output: OutputSpec | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        """The agent's settings over its model's; nothing is merged below the first level."""
        return {**self.model.settings, **self.model_settings}

    @property
    def colleagues(self) -> Iterator[str]:
        """The keys of the agents that this one may bring into a run."""
        yield from (handoff.agent for handoff in self.handoffs)
        yield from (tool.agent for tool in self.tools if isinstance(tool, AgentToolSpec))
        guardrails = (*self.input_guardrails, *self.output_guardrails)
        yield from (check.agent for check in guardrails if check.agent is not None)


@dataclass(frozen=True)
class RunSpec:
    """How a run goes. `max_turns` of None means no limit."""

    max_turns: int | None = 10


@dataclass(frozen=True)
class Spec:
    """One agent file with what it includes: everything a run needs, and what was noticed in it.

    `tests` are those of the file itself; what it includes keeps its own.
    """

    file: Path
    root: Path
    agents: Mapping[str, AgentSpec]
    entry: str
    run: RunSpec = RunSpec()
    tests: tuple[CaseSpec, ...] = ()
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    def with_entry(self, key: str) -> Spec:
        """Give this spec with another starting agent. Raises KeyError for an unknown one."""
        return replace(self, entry=self.agents[key].key)

    def with_models(self, **changes: Any) -> Spec:
        """Give this spec with the same `ModelSpec` fields changed in every agent."""
        agents = {
            key: replace(agent, model=replace(agent.model, **changes))
            for key, agent in self.agents.items()
        }
        return replace(self, agents=agents)

    @property
    def reachable(self) -> frozenset[str]:
        """The keys of the agents that a run can come to from the entry."""
        seen: set[str] = set()
        waiting = [self.entry]
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting += self.agents[current].colleagues
        return frozenset(seen)
