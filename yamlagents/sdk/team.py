"""The team: a spec's agents as real SDK agents, ready to run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from agents import Agent, FunctionTool, Model

from yamlagents.sdk.models import Models, by_name
from yamlagents.sdk.settings import model_settings
from yamlagents.sdk.tools import tool
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.records import AgentSpec, ModelSpec, Spec
from yamlagents.spec.veil import veiled


@dataclass(frozen=True)
class Team:
    """The agents of one spec by key. They are plain SDK agents: `Runner.run(team.entry, ...)`."""

    spec: Spec
    agents: Mapping[str, Agent[Any]]

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
    names it). Imports the user's tools; raises `SpecError`, with places, for what only then shows.
    """
    problems: list[Problem] = []
    answering: dict[_Access, Model] = {}
    agents: dict[str, Agent[Any]] = {}
    for key, agent in spec.agents.items():
        tools = _tools(agent, spec, problems)
        try:
            agents[key] = _agent(agent, tools, _answer(agent.model, models, answering))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(list(veiled(problems, os.environ)))
    # Handoffs come second, so that two agents can hand off to each other.
    for key, agent in spec.agents.items():
        agents[key].handoffs = [agents[handoff.agent] for handoff in agent.handoffs]
    return Team(spec, MappingProxyType(agents))


# What tells two models apart; their settings go to the agents.
_Access = tuple[str, str | None, str | None]


def _answer(spec: ModelSpec, models: Models, answering: dict[_Access, Model]) -> Model:
    """Ask for each model once, so that agents that share a model share its object."""
    access = (spec.model, spec.base_url, spec.api_key)
    if access not in answering:
        answering[access] = models(spec)
    return answering[access]


def _agent(spec: AgentSpec, tools: list[FunctionTool], model: Model) -> Agent[Any]:
    return Agent(
        name=spec.name,
        instructions=spec.instructions,
        handoff_description=spec.handoff_description,
        model=model,
        model_settings=model_settings(spec),
        tools=list(tools),
    )


def _tools(agent: AgentSpec, spec: Spec, problems: list[Problem]) -> list[FunctionTool]:
    built: dict[str, FunctionTool] = {}
    for item in agent.tools:
        try:
            made = tool(item, spec.root)
        except SpecError as error:
            problems += error.problems
            continue
        if made.name in built:
            message = f"a second tool called '{made.name}' in the agent '{agent.key}'"
            hint = "give one of them a name_override"
            problems.append(Problem(item.place, "error", "duplicate-tool", message, hint))
        built[made.name] = made
    return list(built.values())
