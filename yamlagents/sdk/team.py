"""The team: a spec's agents as real SDK agents, ready to run."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from agents import Agent, ModelProvider

from yamlagents.sdk.making import Declared, Making
from yamlagents.sdk.mcp.server import Server
from yamlagents.sdk.mcp.servers import connected
from yamlagents.sdk.models import closing
from yamlagents.sdk.models.choice import Models, by_name, live, offline
from yamlagents.sdk.models.provided import models_of, provider_of, unpriced
from yamlagents.sdk.runconfig import RunParts, run_parts
from yamlagents.sdk.sandbox.rehearsal import boxed
from yamlagents.spec.records import AgentSpec, Spec

log = logging.getLogger("yamlagents.mcp")


@dataclass(frozen=True)
class Team:
    """The agents of one spec by key. They are plain SDK agents: `Runner.run(team.entry, ...)`.

    `declared` says, by the agent's key and the tool's name, what in the file each tool is of; `run`
    is what the files say of runs; `servers` are their MCP servers by name; `provider` is who was
    asked for the models, where the files name one. What `is_own` was made as the files say, and is
    closed when a run is over; models that came through the seam are whose they are.
    """

    spec: Spec
    agents: Mapping[str, Agent[Any]]
    declared: Mapping[str, Declared] = field(default_factory=dict)
    run: RunParts = field(default_factory=RunParts)
    servers: Mapping[str, Server] = field(default_factory=dict)
    provider: ModelProvider | None = None
    is_own: bool = False

    @property
    def entry(self) -> Agent[Any]:
        """The agent that starts."""
        return self.agents[self.spec.entry]

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Start the MCP servers of the agents that a run can come to; they are closed at the end.

        Runs inside use them. What is worth knowing, a server that need not start and did not, is
        logged. Raises as `run` does.
        """
        self.hold()
        async with connected(self) as notices:
            for notice in notices:
                log.warning("%s", notice.message)
            yield

    def hold(self) -> None:
        """Let what answers be closed before the running event loop ends, if both are our own."""
        if self.is_own:
            closing.hold(self.agents, self.provider)

    async def aclose(self) -> None:
        """Close what answers, for event loops that are not our own: models, and their provider.

        Of LiteLLM, connections belong to the loop, and stay. What cannot be closed is logged.
        """
        await closing.close(self.agents, self.provider)

    def spec_of(self, agent: Agent[Any]) -> AgentSpec | None:
        """Give the spec that `agent` was made of, if it is one of this team."""
        by_name = (spec for spec in self.spec.agents.values() if spec.name == agent.name)
        return next(by_name, None)


def assemble(spec: Spec, models: Models = by_name, *, sandboxes: bool | None = None) -> Team:
    """Make the SDK agents of `spec`.

    `models` says who answers for each model (default: LiteLLM, or the offline model where the file
    names it, or the provider of `run`). `sandboxes` says whether these are real, or are stood in
    for; without it they are, but for agents that the offline model answers for. Imports the user's
    code; raises `SpecError`, with places, for what only then shows.
    """
    provider = provider_of(spec) if models is by_name else None
    making = Making(spec, models_of(spec, provider) if models is by_name else models)
    made = {key: making.tried(making.agent, agent) for key, agent in spec.agents.items()}
    agents = {key: agent for key, agent in made.items() if agent is not None}
    making.refuse()
    # What leads to other agents comes second, so that two can hand off to each other.
    declared = {key: making.equip(spec.agents[key], agents) for key in agents}
    run = making.tried(run_parts, spec.run, agents, spec.root) or RunParts()
    making.refuse(*unpriced(spec, agents))
    config = boxed(spec, agents, run.config, real=sandboxes, offline=models is offline)
    return Team(
        spec=spec,
        agents=MappingProxyType(agents),
        declared=declared,
        run=replace(run, config=config),
        servers=making.servers,
        provider=provider,
        is_own=models in (by_name, live, offline),
    )
