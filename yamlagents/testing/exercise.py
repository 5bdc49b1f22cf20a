"""Smoke: every agent of a file exercised once offline. It proves wiring, not wisdom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from agents import FunctionTool

from yamlagents.events import Event, HandedOff, RunFailed, ToolCalled, ToolReturned
from yamlagents.result import RunError
from yamlagents.runtime.drive import CUT_OFF
from yamlagents.runtime.owncode import failure
from yamlagents.runtime.redaction import redacted
from yamlagents.runtime.runner import stream
from yamlagents.sdk.mcp.errors import names
from yamlagents.sdk.mcp.servers import connected
from yamlagents.sdk.offline import OfflineModel
from yamlagents.sdk.offline.offer import is_direct
from yamlagents.sdk.sandbox.capabilities import capability_tools
from yamlagents.sdk.stubs import stub
from yamlagents.sdk.team import Team, assemble
from yamlagents.sdk.toolguards import is_before_call, is_of_guardrail
from yamlagents.spec.agentnames import handoff_tool_name
from yamlagents.spec.mcp.records import McpServerSpec
from yamlagents.spec.problem import Problem
from yamlagents.spec.project import shown_name
from yamlagents.spec.records import AgentSpec, Spec
from yamlagents.spec.tools.records import HostedToolSpec
from yamlagents.testing.containment import contain
from yamlagents.testing.servers import Declared, Offer, rehearsed, with_tools

INPUT = "Smoke: call every tool and take every handoff."
SECONDS = 60.0  # for a tool without a timeout of its own


@dataclass(frozen=True)
class Coverage:
    """What of an agent was exercised: names of tools, and keys of agents handed off to.

    `excused` gives the reason for each tool that the file keeps from being called.
    """

    agent: str
    tools: tuple[str, ...]
    called: frozenset[str]
    handoffs: tuple[str, ...]
    taken: frozenset[str]
    excused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Smoked:
    """What smoke made of a file: the coverage of its agents, and what failed, each at its place."""

    name: str
    coverage: tuple[Coverage, ...]
    failures: tuple[Problem, ...]


async def smoke(spec: Spec, *, stub_tools: bool = False, timeout: float = SECONDS) -> Smoked:
    """Exercise every agent of `spec` on `offline/sweep`.

    Each agent starts runs until one brings nothing new, so that it also answers once itself. A
    tool is called once for each agent that has it: for real, unless `stub_tools` is set or the file
    says otherwise. One without a timeout of its own has failed after `timeout` seconds. Raises
    `SpecError` for what only assembling shows.
    """
    spec = spec.rehearsed
    # Turns and budgets are bounded for the sake of a model's mistakes; a sweep makes none.
    unbounded = replace(spec.run, max_turns=10 + 4 * len(spec.agents), budget={}, session=None)
    bounded = replace(spec, run=unbounded)
    team = assemble(bounded, models=lambda _: OfflineModel("sweep"), sandboxes=False)
    team = rehearsed(team, stub_tools=stub_tools)
    log = _Log()
    try:
        async with connected(team, all_agents=True):
            await _sweep(team, log, None if stub_tools else timeout)
    # Of a server that did not start, or of the code that chooses its tools.
    except Exception as error:  # noqa: BLE001  # told with its place
        failed = failure(error, spec, spec.agents[spec.entry])
        return Smoked(shown_name(spec.file), (), (_unserved(team, failed),))
    coverage = tuple(_coverage(team, agent, log) for agent in spec.agents.values())
    missing = [problem for agent in coverage for problem in _missing(spec, agent, log)]
    return Smoked(shown_name(spec.file), coverage, (*dict.fromkeys(log.failures), *missing))


async def _sweep(team: Team, log: _Log, timeout: float | None) -> None:
    """Exercise all agents, the tools of running MCP servers among their own."""
    team, offers = await with_tools(team)
    for key, agent in team.spec.agents.items():
        # A model of its own, which knows what this agent has done already.
        team.agents[key].model = OfflineModel("sweep")
        _prepare(team, agent, offers[key], log, timeout)
    for key in team.spec.agents:
        await _exercise(team, key, log)


def _unserved(team: Team, error: RunError) -> Problem:
    """Give the failure of an MCP server, at its place."""
    places = (server.spec.place for server in team.servers.values() if names(server.spec, error))
    place = next(places, team.spec.agents[team.spec.entry].place)
    said = redacted(" ".join(error.message.split()), team.spec)
    return Problem(place, "error", "smoke-failed", said, error.hint)


class _Log:
    """What happened in all runs of a file."""

    def __init__(self) -> None:
        self.called: set[tuple[str, str]] = set()
        self.taken: set[tuple[str, str]] = set()
        # Calls that did not come to their tools, and why.
        self.kept: dict[tuple[str, str], str] = {}
        self.tools: dict[str, Mapping[str, Declared]] = {}
        self.excused: dict[str, dict[str, str]] = {}
        self.failures: list[Problem] = []

    def add(self, event: Event, team: Team) -> None:
        """Take note of what an event tells."""
        if isinstance(event, ToolCalled):
            self.called.add((event.agent, event.name))
        elif isinstance(event, HandedOff):
            self.taken.add((event.agent, event.to))
        elif isinstance(event, ToolReturned) and event.error is not None:
            self._note(event, event.error, team)
        elif isinstance(event, RunFailed):
            result = event.error.result
            agent = result.last_agent if result is not None else team.entry.name
            self.fail(team, agent, None, event.error.message)

    def _note(self, event: ToolReturned, error: str, team: Team) -> None:
        if is_before_call(error):
            self.called.discard((event.agent, event.name))
            self.kept[event.agent, event.name] = error
        elif error != CUT_OFF and not is_of_guardrail(error):
            self.fail(team, event.agent, event.name, f"it failed: {error}")

    def fail(self, team: Team, agent: str, tool: str | None, message: str) -> None:
        """Take note of a failure, at the place of the tool or of the agent."""
        spec = next(spec for spec in team.spec.agents.values() if spec.name == agent)
        declared = self.tools[agent].get(tool or "")
        place = declared.place if declared is not None else spec.place
        subject = f"'{tool}' of '{agent}'" if tool is not None else f"'{agent}'"
        said = redacted(f"{subject}: {message}", team.spec)
        self.failures.append(Problem(place, "error", "smoke-failed", said))


def _prepare(team: Team, spec: AgentSpec, offer: Offer, log: _Log, timeout: float | None) -> None:
    """Leave out and replace tools as the file says, and let nothing keep the rest from a call.

    Without a `timeout` all tools are replaced.
    """
    excused = log.excused.setdefault(spec.name, {})
    excused.update(offer.left_out)
    agent, declared = team.agents[spec.key], offer.declared
    log.tools[spec.name] = declared
    for name, item in declared.items():
        if isinstance(item, HostedToolSpec):
            excused[name] = _why_hosted(item)
    for tool in capability_tools(agent):
        # What calls them does nothing in a sandbox, and so needs no leave.
        if not isinstance(tool, FunctionTool) or not is_direct(tool):
            excused[tool.name] = "called by the provider's models only"
    tools: list[Any] = []
    for tool in agent.tools:
        if not isinstance(tool, FunctionTool):
            continue
        item = declared[tool.name]
        rule = item.smoke
        if rule is not None:
            excused[tool.name] = f"{rule.mode}: {rule.reason}"
        if getattr(item, "options", {}).get("is_enabled") is False:
            excused[tool.name] = "is_enabled: false"
        elif not is_direct(tool):
            excused[tool.name] = "called by code of the model only"
        elif rule is not None and rule.mode == "skip":
            continue
        elif isinstance(item, McpServerSpec):
            # Its stand-in is the server's, and what goes wrong in a call is told already.
            tool.timeout_seconds = timeout
            tools.append(tool)
        elif rule is not None or timeout is None:
            tools.append(stub(tool))
        else:
            contain(tool, timeout, partial(_tell, log, team, spec.name, tool.name))
            tools.append(tool)
    agent.tools = tools
    agent.model_settings = replace(agent.model_settings, tool_choice=None, parallel_tool_calls=None)


def _why_hosted(item: HostedToolSpec) -> str:
    if item.smoke is not None:
        return f"{item.smoke.mode}: {item.smoke.reason}"
    return "called by the provider's models only" if item.is_local else "run by the provider"


def _tell(log: _Log, team: Team, agent: str, tool: str, what: str) -> None:
    log.fail(team, agent, tool, f"it failed: {what}")


async def _exercise(team: Team, key: str, log: _Log) -> None:
    """Run from one agent, again for as long as that brings a new call or handoff of any agent."""
    while True:
        before = len(log.called) + len(log.taken)
        for each in team.spec.agents:
            _leave_out(team, each, log)
        run = stream(team, INPUT, agent=key, streamed=False, approve=lambda _: True)
        async for event in run:
            log.add(event, team)
        if len(log.called) + len(log.taken) == before:
            return


def _leave_out(team: Team, key: str, log: _Log) -> None:
    """Keep an agent from what it has done in the runs before."""
    agent = team.agents[key]
    agent.tools = [tool for tool in agent.tools if (agent.name, tool.name) not in log.called]
    taken = {to for name, to in log.taken if name == agent.name}
    assert isinstance(agent.model, OfflineModel)
    agent.model.skip_handoffs = frozenset(_handoff_tools(team, key, taken))


def _handoff_tools(team: Team, key: str, taken: set[str]) -> Iterator[str]:
    """Give the names of the handoff tools that lead from an agent to those called `taken`."""
    for handoff in team.spec.agents[key].handoffs:
        name = team.agents[handoff.agent].name
        if name in taken:
            yield handoff.options.get("tool_name_override") or handoff_tool_name(name)


def _coverage(team: Team, agent: AgentSpec, log: _Log) -> Coverage:
    keys = {spec.name: key for key, spec in team.spec.agents.items()}
    return Coverage(
        agent=agent.key,
        tools=tuple(log.tools[agent.name]),
        called=frozenset(tool for name, tool in log.called if name == agent.name),
        handoffs=tuple(handoff.agent for handoff in agent.handoffs),
        taken=frozenset(keys[to] for name, to in log.taken if name == agent.name),
        excused=log.excused[agent.name],
    )


def _missing(spec: Spec, coverage: Coverage, log: _Log) -> Iterator[Problem]:
    """Give a failure for each tool and handoff that was neither exercised nor excused."""
    agent = spec.agents[coverage.agent]
    for name in coverage.tools:
        if name not in coverage.called and name not in coverage.excused:
            place = log.tools[agent.name][name].place
            why = log.kept.get((agent.name, name))
            message = f"'{name}' of '{agent.name}' was never called{f': {why}' if why else ''}"
            hint = "excuse it with smoke: {skip: why} if that is right"
            yield Problem(place, "error", "not-covered", message, hint)
    for handoff in agent.handoffs:
        if handoff.agent not in coverage.taken:
            message = f"'{agent.name}' never handed off to '{handoff.agent}'"
            yield Problem(handoff.place, "error", "not-covered", message)
