"""The spec: an agent file as frozen data, checked and resolved. Dicts stop here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from yamlagents.spec.cases import CaseSpec
from yamlagents.spec.modelspec import ModelSpec as ModelSpec  # a record like the others
from yamlagents.spec.problem import Place, Problem


@dataclass(frozen=True)
class EntryPoint:
    """Code that a file names: `module:attribute`, or a file (then `module` is None)."""

    text: str
    attribute: str
    path: Path | None
    module: str | None
    place: Place = field(compare=False, repr=False)
    # The file that was read to check it. An import may find another of that module's name.
    origin: Path | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class SmokeRule:
    """What `smoke` does with a tool instead of calling it, and why."""

    mode: Literal["skip", "stub"]
    reason: str


@dataclass(frozen=True)
class ToolSpec:
    """A function tool. `options` are `function_tool` keywords, only those the file gives."""

    function: EntryPoint
    options: Mapping[str, Any]
    place: Place = field(compare=False, repr=False)
    smoke: SmokeRule | None = None


@dataclass(frozen=True)
class HandoffSpec:
    """A handoff to the agent called `agent` in the spec."""

    agent: str
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True)
class AgentSpec:
    """One agent. `name` is what the SDK shows, `key` what the files call it."""

    key: str
    name: str
    model: ModelSpec
    place: Place = field(compare=False, repr=False)
    instructions: str | None = None
    handoff_description: str | None = None
    model_settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    tools: tuple[ToolSpec, ...] = ()
    handoffs: tuple[HandoffSpec, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        """The agent's settings over its model's; nothing is merged below the first level."""
        return {**self.model.settings, **self.model_settings}


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
