"""Who answers in a test: a cassette, which records what it does not know if it may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from agents import Agent, FunctionTool, InputGuardrail, Model, ModelSettings, Tool
from agents.sandbox import SandboxAgent

from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.contract import further_settings
from yamlagents.runtime.cassettes.local import replayed_here
from yamlagents.runtime.cassettes.model import ReplayedModel
from yamlagents.runtime.cassettes.server import ReplayedServer
from yamlagents.runtime.cassettes.session import Mode as Mode
from yamlagents.runtime.cassettes.session import Session
from yamlagents.runtime.cassettes.tool import replayed
from yamlagents.runtime.lazy_model import LazyModel
from yamlagents.sdk.links import linked
from yamlagents.sdk.local import is_local, stubbed
from yamlagents.sdk.mcp.server import Server, respoken
from yamlagents.sdk.models.choice import Models, by_name
from yamlagents.sdk.runconfig import RunParts, run_parts
from yamlagents.sdk.sandbox.capabilities import retooled
from yamlagents.sdk.sandbox.config import standing_in
from yamlagents.sdk.stubs import stub
from yamlagents.sdk.team import Team
from yamlagents.spec.cases.records import Tools
from yamlagents.spec.mcp.records import McpServerSpec
from yamlagents.spec.records import ModelSpec, Spec


def lazily(models: Models = by_name) -> Models:
    """Put off making each model until it is asked: a replay then needs no key and no LiteLLM."""

    def model(spec: ModelSpec) -> Model:
        return LazyModel(spec, models)

    return model


def replaying(
    team: Team,
    cassette: Cassette,
    *,
    mode: Mode = "none",
    tools: Tools = "replay",
    case: str | None = None,
    secrets: Iterable[Spec] = (),
) -> Team:
    """Give a copy of `team` whose models answer from `cassette`, and whose tools may.

    none: only what is recorded. once: record if there was no file, else as none. new: replay what
    is recorded and record the rest. all: forget what is recorded and record everything. A request
    without a recording is then a `RunError` (code "cassette-miss" or "cassette-stale", exit 8) of
    the run; its hint names `case`. Recordings are in `cassette`, which the caller saves; nothing in
    them is a secret of the team's own spec, or of those in `secrets`.

    With `tools` "replay" a recorded call returns its recorded result; a call without one is a miss,
    or, where it may be recorded, real. "live" and "stub" never look at recorded results.
    Assemble the team with `lazily(...)`, so that the models behind it are made only to record.
    """
    session = Session(team, cassette, mode, case, secrets)
    of_runs = team.run.config.model_settings
    copies = {
        key: _copy(key, agent, session, team, tools=tools, of_runs=of_runs)
        for key, agent in team.agents.items()
    }
    root = team.spec.root
    for key, copy in copies.items():
        # An agent as a tool is run: its own requests are what is recorded.
        declared = {} if tools == "stub" else team.declared.get(key, {})
        linked(copy, team.spec.agents[key], copies, declared=declared, root=root)
        copy.input_guardrails = [_watched(check, session) for check in copy.input_guardrails]
    servers = _servers(team, copies, session, tools)
    run = _run(team, copies, session)
    if tools == "stub" or (tools == "replay" and not session.records):
        run = replace(run, config=standing_in(run.config))
    return replace(team, agents=MappingProxyType(copies), run=run, servers=servers)


def _copy(
    key: str,
    agent: Agent[Any],
    session: Session,
    team: Team,
    *,
    tools: Tools,
    of_runs: ModelSettings | None,
) -> Agent[Any]:
    assert isinstance(agent.model, Model)
    spec = team.spec.agents[key]
    settings = agent.model_settings.resolve(of_runs)
    model = ReplayedModel(
        spec, agent.model, settings, session, further=further_settings(spec, agent)
    )
    wrapped = [_tool(key, tool, session, tools) for tool in agent.tools]
    if not isinstance(agent, SandboxAgent):
        return agent.clone(model=model, tools=wrapped)
    capabilities = retooled(agent, lambda tool: _tool(key, tool, session, tools))
    return agent.clone(model=model, tools=wrapped, capabilities=capabilities)


def _watched(check: InputGuardrail[Any], session: Session) -> InputGuardrail[Any]:
    return session.guards.watched(check) if check.run_in_parallel else check


def _run(team: Team, copies: Mapping[str, Agent[Any]], session: Session) -> RunParts:
    """Give what the file says of runs, with what leads to agents leading to their copies."""
    run = run_parts(team.spec.run, copies, team.spec.root)
    checks = [_watched(check, session) for check in run.config.input_guardrails or ()]
    return replace(run, config=replace(run.config, input_guardrails=checks or None))


def _servers(
    team: Team, copies: Mapping[str, Agent[Any]], session: Session, tools: Tools
) -> Mapping[str, Server]:
    """Give the copies of agents the team's MCP servers, which answer from the cassette as well."""
    keys = {agent.name: key for key, agent in copies.items()}

    def make(spec: McpServerSpec, root: Path) -> tuple[ReplayedServer, ReplayedServer]:
        speaker = ReplayedServer(spec, root, session, tools=tools, keys=keys)
        return speaker, speaker

    return respoken(team.servers, copies, make)


def _tool(key: str, tool: Tool, session: Session, tools: Tools) -> Tool:
    from_cassette = tools == "replay"
    if is_local(tool):
        if tools == "stub":
            return stubbed(tool)
        return replayed_here(tool, key, session, from_cassette=from_cassette)
    if not isinstance(tool, FunctionTool):
        return tool
    inner = stub(tool) if tools == "stub" else tool
    return replayed(inner, key, session, from_cassette=from_cassette)
