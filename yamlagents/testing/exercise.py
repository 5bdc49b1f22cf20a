"""Smoke: every agent of a file exercised once offline. It proves wiring, not wisdom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from agents import FunctionTool, Handoff

from yamlagents.result import RunError
from yamlagents.runtime.exits import outlived
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
from yamlagents.spec.agentnames import handoff_tool_name
from yamlagents.spec.mcp.records import McpServerSpec
from yamlagents.spec.problem import Problem
from yamlagents.spec.project import shown_name
from yamlagents.spec.records import AgentSpec, Spec
from yamlagents.spec.tools.records import HostedToolSpec
from yamlagents.testing.containment import contain
from yamlagents.testing.coverage import Coverage, Log, coverage_of, missing
from yamlagents.testing.servers import Offer, rehearsed, with_tools

INPUT = "Smoke: call every tool and take every handoff."
SECONDS = 60.0  # for a tool without a timeout of its own


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
    log = Log()
    try:
        with outlived():
            async with connected(team, all_agents=True):
                await _sweep(team, log, None if stub_tools else timeout)
    # Of a server that did not start, or of the code that chooses its tools.
    except (Exception, SystemExit) as error:  # noqa: BLE001  # told with its place
        failed = failure(error, spec, spec.agents[spec.entry])
        return Smoked(shown_name(spec.file), (), (_unserved(team, failed),))
    coverage = tuple(coverage_of(team, agent, log) for agent in spec.agents.values())
    lacking = [problem for agent in coverage for problem in missing(spec, agent, log)]
    return Smoked(shown_name(spec.file), coverage, (*dict.fromkeys(log.failures), *lacking))


async def _sweep(team: Team, log: Log, timeout: float | None) -> None:
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


def _prepare(team: Team, spec: AgentSpec, offer: Offer, log: Log, timeout: float | None) -> None:
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


def _tell(log: Log, team: Team, agent: str, tool: str, what: str) -> None:
    log.fail(team, agent, tool, f"it failed: {what}")


async def _exercise(team: Team, key: str, log: Log) -> None:
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


def _leave_out(team: Team, key: str, log: Log) -> None:
    """Keep an agent from what it has done in the runs before."""
    agent = team.agents[key]
    agent.tools = [tool for tool in agent.tools if (agent.name, tool.name) not in log.called]
    taken = {to for name, to in log.taken if name == agent.name}
    assert isinstance(agent.model, OfflineModel)
    agent.model.skip_handoffs = frozenset(_handoff_tools(team, key, taken))


def _handoff_tools(team: Team, key: str, taken: set[str]) -> Iterator[str]:
    """Give the names of the handoff tools that lead from an agent to those called `taken`."""
    for made in team.agents[key].handoffs:
        name = made.agent_name if isinstance(made, Handoff) else made.name
        if name in taken:
            yield made.tool_name if isinstance(made, Handoff) else handoff_tool_name(name)
