"""The spec: an agent file as frozen data, checked and resolved. Dicts stop here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from yamlagents.spec.additions import Additions
from yamlagents.spec.cases.records import CaseSpec
from yamlagents.spec.code.records import CodeSpec, Options
from yamlagents.spec.mcp.records import McpServerSpec
from yamlagents.spec.models.records import ModelSpec as ModelSpec  # a record like the others
from yamlagents.spec.models.records import ProviderSpec
from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.reuse.chosen import Chosen
from yamlagents.spec.run.records import RunSpec as RunSpec  # a record like the others
from yamlagents.spec.sandbox.records import SandboxSpec
from yamlagents.spec.tools.records import (
    AnyToolSpec,
    GuardrailSpec,
    HandoffSpec,
    OutputSpec,
    agent_tools,
    rehearsed,
)
from yamlagents.spec.workflow.records import Step


@dataclass(frozen=True)
class AgentSpec:
    """One agent. `name` is what the SDK shows, `key` what the files call it.

    `options` are further fields of the SDK's `Agent`, only those the file gives; `additions` are
    added to the instructions.
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
    mcp_servers: tuple[str, ...] = ()
    mcp_config: Options = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    additions: Additions | None = None
    sandbox: SandboxSpec | None = None

    @property
    def rehearsed(self) -> AgentSpec:
        """The same for a test: it is told the same on every day and machine, and keeps nothing."""
        additions = self.additions.rehearsed if self.additions is not None else None
        return replace(self, additions=additions, tools=rehearsed(self.tools))

    @property
    def settings(self) -> dict[str, Any]:
        """The agent's settings over its model's; nothing is merged below the first level."""
        return self.settings_with(self.model)

    def settings_with(self, model: ModelSpec) -> dict[str, Any]:
        """Give the agent's settings where `model`, a fallback perhaps, answers for it."""
        return {**model.settings, **self.model_settings}

    @property
    def colleagues(self) -> Iterator[str]:
        """The keys of the agents that this one may bring into a run."""
        yield from (handoff.agent for handoff in self.handoffs)
        yield from (tool.agent for tool in agent_tools(self.tools))
        guardrails = (*self.input_guardrails, *self.output_guardrails)
        yield from (check.agent for check in guardrails if check.agent is not None)


# How a model is reached that only has a LiteLLM string.
_AFRESH: dict[str, Any] = {
    **dict.fromkeys(("name", "api_key", "base_url", "code", "pricing")),
    **{"backend": "litellm", "fallbacks": (), "missing": {}},
}


@dataclass(frozen=True)
class Spec:
    """One agent file with what it includes: everything a run needs, and what was noticed in it.

    `tests` are those of the file itself; what it includes keeps its own. `params` are the values
    that the file was loaded with; a test with others has a spec of its own among the `variants`,
    by its name. `chosen` says what it was loaded with.
    """

    file: Path
    root: Path
    agents: Mapping[str, AgentSpec]
    entry: str
    run: RunSpec = field(default_factory=RunSpec)
    workflow: Step | None = None
    tests: tuple[CaseSpec, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    variants: Mapping[str, Spec] = field(default_factory=dict, repr=False)
    problems: tuple[Problem, ...] = field(default=(), compare=False)
    providers: Mapping[str, ProviderSpec] = field(default_factory=dict)
    mcp_servers: Mapping[str, McpServerSpec] = field(default_factory=dict)
    chosen: Chosen = field(default_factory=Chosen, compare=False, repr=False)

    def with_entry(self, key: str) -> Spec:
        """Give this spec with an agent that starts, in place of a workflow as well.

        Raises KeyError for an unknown one.
        """
        return replace(self, entry=self.agents[key].key, workflow=None)

    def with_models(self, **changes: Any) -> Spec:
        """Give this spec with the same `ModelSpec` fields changed in every agent.

        Another `model` is reached in its own way, and nothing stands in for it: all that the former
        leaves to it are its settings.
        """
        if "model" in changes:
            provider = str(changes["model"]).partition("/")[0]
            handler = self.providers.get(provider)
            changes = {**_AFRESH, "handler": handler, "root": self.root, **changes}
        agents = {
            key: replace(agent, model=replace(agent.model, **changes))
            for key, agent in self.agents.items()
        }
        return replace(self, agents=agents)

    @property
    def rehearsed(self) -> Spec:
        """The same for a test, which leaves nothing behind and is alike everywhere."""
        agents = {key: agent.rehearsed for key, agent in self.agents.items()}
        return replace(self, agents=MappingProxyType(agents), run=self.run.rehearsed)

    @property
    def reachable(self) -> frozenset[str]:
        """The keys of the agents that a run can come to."""
        seen: set[str] = set()
        guardrails = (*self.run.input_guardrails, *self.run.output_guardrails)
        steps = self.workflow.walk() if self.workflow is not None else ()
        waiting = [step.agent for step in steps if step.agent is not None] or [self.entry]
        waiting += [check.agent for check in guardrails if check.agent is not None]
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting += self.agents[current].colleagues
        return frozenset(seen)
