"""What smoke exercised of a file, what it did not, and what failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from yamlagents.events import Event, HandedOff, RunFailed, ToolCalled, ToolReturned
from yamlagents.runtime.drive import CUT_OFF
from yamlagents.runtime.redaction import redacted
from yamlagents.sdk.team import Team
from yamlagents.sdk.toolguards import is_before_call, is_of_guardrail
from yamlagents.spec.problem import Problem
from yamlagents.spec.records import AgentSpec, Spec
from yamlagents.testing.servers import Declared


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


class Log:
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


def coverage_of(team: Team, agent: AgentSpec, log: Log) -> Coverage:
    keys = {spec.name: key for key, spec in team.spec.agents.items()}
    return Coverage(
        agent=agent.key,
        tools=tuple(log.tools[agent.name]),
        called=frozenset(tool for name, tool in log.called if name == agent.name),
        handoffs=tuple(handoff.agent for handoff in agent.handoffs),
        taken=frozenset(keys[to] for name, to in log.taken if name == agent.name),
        excused=log.excused[agent.name],
    )


def missing(spec: Spec, coverage: Coverage, log: Log) -> Iterator[Problem]:
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
