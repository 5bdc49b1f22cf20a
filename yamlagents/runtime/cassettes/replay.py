"""Who answers in a test: a cassette, which records what it does not know if it may."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from agents import Agent, CustomTool, FunctionTool, Model, ModelSettings, Tool
from agents.sandbox import SandboxAgent

from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.contract import Contract
from yamlagents.runtime.cassettes.exchange import Exchange, Request, ToolResult, exchange_hash
from yamlagents.runtime.cassettes.misses import Misses
from yamlagents.runtime.cassettes.model import ReplayedModel
from yamlagents.runtime.cassettes.recording import ServerTools
from yamlagents.runtime.cassettes.server import ReplayedServer
from yamlagents.runtime.cassettes.tool import Call, call_id, makes, replayed
from yamlagents.runtime.lazy_model import LazyModel
from yamlagents.runtime.redaction import Redaction
from yamlagents.sdk.links import linked
from yamlagents.sdk.mcp.server import Server, respoken
from yamlagents.sdk.models.choice import Models, by_name
from yamlagents.sdk.runconfig import run_parts
from yamlagents.sdk.sandbox.capabilities import retooled
from yamlagents.sdk.sandbox.config import standing_in
from yamlagents.sdk.stubs import stub, stubbed_of_sandbox
from yamlagents.sdk.team import Team
from yamlagents.spec.cases.records import Tools
from yamlagents.spec.mcp.records import McpServerSpec
from yamlagents.spec.records import ModelSpec

Mode = Literal["none", "once", "new", "all"]


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
) -> Team:
    """Give a copy of `team` whose models answer from `cassette`, and whose tools may.

    none: only what is recorded. once: record if there was no file, else as none. new: replay what
    is recorded and record the rest. all: forget what is recorded and record everything. A request
    without a recording is then a `RunError` (code "cassette-miss" or "cassette-stale", exit 8) of
    the run; its hint names `case`. Recordings are in `cassette`, which the caller saves.

    With `tools` "replay" a recorded call returns its recorded result; a call without one is a miss,
    or, where it may be recorded, real. "live" and "stub" never look at recorded results.
    Assemble the team with `lazily(...)`, so that the models behind it are made only to record.
    """
    session = Session(team, cassette, mode, case)
    of_runs = team.run.config.model_settings
    copies = {
        key: _copy(key, agent, session, tools=tools, of_runs=of_runs)
        for key, agent in team.agents.items()
    }
    root = team.spec.root
    for key, copy in copies.items():
        # An agent as a tool is run: its own requests are what is recorded.
        declared = {} if tools == "stub" else team.declared.get(key, {})
        linked(copy, team.spec.agents[key], copies, declared=declared, root=root)
    run = run_parts(team.spec.run, copies, team.spec.root)
    if tools == "stub" or (tools == "replay" and not session.records):
        run = replace(run, config=standing_in(run.config))
    servers = _servers(team, copies, session, tools)
    return Team(team.spec, MappingProxyType(copies), team.declared, run, servers)


def _copy(
    key: str, agent: Agent[Any], session: Session, *, tools: Tools, of_runs: ModelSettings | None
) -> Agent[Any]:
    assert isinstance(agent.model, Model)
    model = ReplayedModel(
        key,
        agent.model,
        agent.model_settings.resolve(of_runs),
        session,
        is_guarded=any(guardrail.run_in_parallel for guardrail in agent.input_guardrails),
    )
    wrapped = [_tool(key, tool, session, tools) for tool in agent.tools]
    if not isinstance(agent, SandboxAgent):
        return agent.clone(model=model, tools=wrapped)
    capabilities = retooled(agent, lambda tool: _of_sandbox(key, tool, session, tools))
    return agent.clone(model=model, tools=wrapped, capabilities=capabilities)


def _servers(
    team: Team, copies: Mapping[str, Agent[Any]], session: Session, tools: Tools
) -> Mapping[str, Server]:
    """Give the copies of agents the team's MCP servers, which answer from the cassette as well."""
    keys = {agent.name: key for key, agent in copies.items()}

    def make(spec: McpServerSpec, root: Path) -> tuple[ReplayedServer, ReplayedServer]:
        speaker = ReplayedServer(spec, root, session, tools=tools, keys=keys)
        return speaker, speaker

    return respoken(team.servers, copies, make)


def _tool(key: str, tool: Any, session: Session, tools: Tools) -> Any:
    if not isinstance(tool, FunctionTool):
        return tool
    inner = stub(tool) if tools == "stub" else tool
    return replayed(inner, key, session, from_cassette=tools == "replay")


def _of_sandbox(key: str, tool: Tool, session: Session, tools: Tools) -> Tool:
    inner = stubbed_of_sandbox(tool) if tools == "stub" else tool
    assert isinstance(inner, FunctionTool | CustomTool), "sandboxes have no other tools"
    return replayed(inner, key, session, from_cassette=tools == "replay")


class Session:
    """One use of a cassette by one team: which exchanges were asked for, by equal requests too."""

    def __init__(self, team: Team, cassette: Cassette, mode: Mode, case: str | None) -> None:
        if mode == "all":
            cassette.clear()
        self.redact = Redaction(team.spec)
        self._cassette = cassette
        self.records = mode in ("new", "all") or (mode == "once" and not cassette.recorded)
        self._misses = Misses(team.spec, cassette, case)
        # Of each request, the occurrences that are taken.
        self._taken: defaultdict[str, set[int]] = defaultdict(set)
        self._asked: set[str] = set()
        # The requests that failed while they were recorded.
        self._failed: set[str] = set()
        # By the id of a call, the exchanges that made it and whose tool has not run yet.
        self._calls: defaultdict[str, list[Exchange]] = defaultdict(list)
        self._contracts: dict[str, Contract] = {}

    def contract(self, data: dict[str, Any]) -> Contract:
        """Give the contract of a request, without secrets."""
        # An agent's is the same in nearly all of its requests, and redacting it takes long.
        known = json.dumps(data, sort_keys=True)
        if known not in self._contracts:
            self._contracts[known] = Contract(**self.redact(data))
        return self._contracts[known]

    def find(self, request: Request) -> Exchange | None:
        """Give the recorded exchange for `request`, which is then taken; None if there is none."""
        occurrence = self._occurrence(request)
        exchange = self._cassette.find(exchange_hash(request, occurrence))
        if exchange is not None and exchange.hash in self._failed:
            return None  # it is tried again
        if exchange is not None and exchange.error is None:
            self._taken[request.digest].add(occurrence)
        elif exchange is None:
            exchange = self._misses.behind_redaction(request, self._asked)
        if exchange is not None:
            self._asked.add(exchange.hash)
            self._cassette.use(exchange)
        return exchange

    def begin(self, request: Request) -> Exchange:
        """Start recording `request`; a `Miss` if this session does not record."""
        occurrence = self._occurrence(request)
        if not self.records:
            raise self._misses.request(request, occurrence, self._asked)
        self._taken[request.digest].add(occurrence)
        exchange = Exchange(request, occurrence, exchange_hash(request, occurrence))
        self._failed.discard(exchange.hash)
        self._asked.add(exchange.hash)
        self._cassette.begin(exchange)
        return exchange

    def end(self, exchange: Exchange) -> None:
        """Finish recording: what is not over by now is given up."""
        if exchange.response is None:
            # The request may be tried again, as the same occurrence.
            self._taken[exchange.request.digest].discard(exchange.occurrence)
            self._failed.add(exchange.hash)
        if exchange.over:
            self._cassette.changed = True
        else:
            self._asked.discard(exchange.hash)
            self._cassette.abandon(exchange)

    def answered(self, exchange: Exchange) -> None:
        """Take note of the calls that a response makes: their results belong to it."""
        for item in exchange.response or ():
            made = call_id(item)
            if made is not None:
                self._calls[made].append(exchange)

    def claim(self, call: Call) -> Exchange | None:
        """Give the exchange that made a call, to each call its own: some servers repeat ids."""
        waiting = self._calls[call.id]
        for exchange in reversed(waiting):
            made = any(makes(item, call) for item in exchange.response or ())
            if exchange.request.agent == call.agent and made:
                waiting.remove(exchange)
                return exchange
        return None

    def record_result(self, call: Call, exchange: Exchange | None, result: ToolResult) -> None:
        """Keep the result of a call, unless there is one or this session does not record."""
        if self.records and exchange is not None and call.id not in exchange.results:
            exchange.results[call.id] = result
            self._cassette.changed = True

    def tools_of(self, server: str) -> ServerTools:
        """Give the recorded tools of an MCP server; None where they may be recorded now.

        Raises a `Miss` unless this session records, and `ConnectionError` for a server that did not
        start when it was recorded.
        """
        if server not in self._cassette.servers:
            if not self.records:
                raise self._misses.server(server)
            return None
        tools = self._cassette.servers[server]
        if tools is None:
            raise ConnectionError("it did not start when this was recorded")
        return tools

    def record_tools(self, server: str, tools: ServerTools) -> None:
        """Keep the tools of an MCP server, unless they are known or nothing is recorded."""
        if self.records and server not in self._cassette.servers:
            self._cassette.servers[server] = self.redact(tools)
            self._cassette.changed = True

    def require_recording(self, call: Call, exchange: Exchange | None) -> None:
        """Raise a `Miss` for a tool call without a result, unless this session records."""
        if not self.records:
            raise self._misses.tool(exchange, call.agent, call.name, call.arguments)

    def _occurrence(self, request: Request) -> int:
        taken = self._taken[request.digest]
        return next(number for number in range(1, len(taken) + 2) if number not in taken)
