"""The team: a spec's agents as real SDK agents, ready to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from agents import Agent, Model, Tool

from yamlagents.sdk import code
from yamlagents.sdk.agenttools import agent_tool
from yamlagents.sdk.guardrails import input_guardrail, output_guardrail
from yamlagents.sdk.handoffs import handoff_to
from yamlagents.sdk.models import Models, by_name
from yamlagents.sdk.output import output_type
from yamlagents.sdk.prompted import prompted
from yamlagents.sdk.settings import model_settings
from yamlagents.sdk.tools import function_tools, made_tools
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.records import AgentSpec, ModelSpec, Spec
from yamlagents.spec.toolspec import AgentToolSpec, AnyToolSpec, CodeSpec, MadeToolsSpec, ToolSpec

T = TypeVar("T")
Declared = Mapping[str, AnyToolSpec]


@dataclass(frozen=True)
class Team:
    """The agents of one spec by key. They are plain SDK agents: `Runner.run(team.entry, ...)`.

    `declared` says, by the agent's key and the tool's name, what in the file each tool is of.
    """

    spec: Spec
    agents: Mapping[str, Agent[Any]]
    declared: Mapping[str, Declared] = field(default_factory=dict)

    @property
    def entry(self) -> Agent[Any]:
        """The agent that starts."""
        return self.agents[self.spec.entry]

    def spec_of(self, agent: Agent[Any]) -> AgentSpec | None:
        """Give the spec that `agent` was made of, if it is one of this team."""
        by_name = (spec for spec in self.spec.agents.values() if spec.name == agent.name)
        return next(by_name, None)


def assemble(spec: Spec, models: Models = by_name) -> Team:
    """Make the SDK agents of `spec`.

    `models` says who answers for each model (default: LiteLLM, or the offline model where the file
    names it). Imports the user's code; raises `SpecError`, with places, for what only then shows.
    """
    making = _Making(spec, models)
    made = {key: making.tried(making.agent, agent) for key, agent in spec.agents.items()}
    agents = {key: agent for key, agent in made.items() if agent is not None}
    making.refuse()
    # What leads to other agents comes second, so that two can hand off to each other.
    declared = {key: making.equip(spec.agents[key], agents) for key in agents}
    making.refuse()
    return Team(spec, MappingProxyType(agents), declared)


# What tells two models apart; their settings go to the agents.
_Access = tuple[str, str | None, str | None]


class _Making:
    """One assembly: the models that are made, and the problems that came up."""

    def __init__(self, spec: Spec, models: Models) -> None:
        self._spec = spec
        self._models = models
        self._answering: dict[_Access, Model] = {}
        self._problems: list[Problem] = []

    def tried(self, make: Callable[..., T], *args: Any) -> T | None:
        """Make something, or take note of why it cannot be made."""
        try:
            return make(*args)
        except SpecError as error:
            self._problems += error.problems
            return None

    def refuse(self) -> None:
        """Raise what came up so far."""
        if self._problems:
            raise SpecError(self._problems)

    def agent(self, spec: AgentSpec) -> Agent[Any]:
        """Make one agent, without what leads to others."""
        root = self._spec.root
        hooks = spec.options.get("hooks")
        options = code.options({k: v for k, v in spec.options.items() if k != "hooks"}, root)
        if isinstance(hooks, CodeSpec):
            options["hooks"] = code.instance(hooks, root)
        told = spec.instructions
        model = self._answer(spec.model)
        return Agent(
            name=spec.name,
            instructions=code.made(told, root) if isinstance(told, CodeSpec) else told,
            handoff_description=spec.handoff_description,
            model=prompted(model, spec.output.mode) if spec.output is not None else model,
            model_settings=model_settings(spec),
            output_type=output_type(spec.output, root) if spec.output is not None else None,
            **options,
        )

    def equip(self, spec: AgentSpec, agents: Mapping[str, Agent[Any]]) -> Declared:
        """Give an agent its tools, handoffs and guardrails, and say which tool is which."""
        agent, root = agents[spec.key], self._spec.root
        tools: dict[str, Tool] = {}
        declared: dict[str, AnyToolSpec] = {}
        for item in spec.tools:
            for tool in self.tried(self._tools, item, agents) or ():
                if tool.name in tools:
                    self._problems.append(_twice(item, tool.name, spec))
                tools[tool.name], declared[tool.name] = tool, item
        agent.tools = list(tools.values())
        agent.handoffs = self._all(handoff_to, spec.handoffs, agents, root)
        agent.input_guardrails = self._all(input_guardrail, spec.input_guardrails, agents, root)
        agent.output_guardrails = self._all(output_guardrail, spec.output_guardrails, agents, root)
        return MappingProxyType(declared)

    def _all(self, make: Callable[..., T], specs: Iterable[Any], *args: Any) -> list[T]:
        made = [self.tried(make, spec, *args) for spec in specs]
        return [one for one in made if one is not None]

    def _tools(self, spec: AnyToolSpec, agents: Mapping[str, Agent[Any]]) -> list[Any]:
        root = self._spec.root
        if isinstance(spec, ToolSpec):
            return function_tools(spec, root)
        if isinstance(spec, MadeToolsSpec):
            return made_tools(spec, root)
        if isinstance(spec, AgentToolSpec):
            return [agent_tool(spec, agents, root)]
        raise NotImplementedError(spec)

    def _answer(self, spec: ModelSpec) -> Model:
        """Ask for each model once, so that agents that share a model share its object."""
        access = (spec.model, spec.base_url, spec.api_key)
        if access not in self._answering:
            self._answering[access] = self._models(spec)
        return self._answering[access]


def _twice(item: AnyToolSpec, name: str, spec: AgentSpec) -> Problem:
    message = f"a second tool called '{name}' in the agent '{spec.key}'"
    hint = f"give one of them a {_RENAMES.get(type(item), 'name_override')}"
    return Problem(item.place, "error", "duplicate-tool", message, hint)


_RENAMES = {AgentToolSpec: "tool_name", MadeToolsSpec: "different name in Python"}
