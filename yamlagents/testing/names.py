"""Names in assertions, held against what a team really has: a misspelt one never matches."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from yamlagents.sdk.sandbox.capabilities import capability_tools
from yamlagents.sdk.team import Team
from yamlagents.spec.cases.records import CaseSpec, Expectation
from yamlagents.spec.problem import suggestion
from yamlagents.testing.answers import unknown
from yamlagents.testing.assertions import walk
from yamlagents.testing.outcomes import Failure


def unknown_names(
    case: CaseSpec, team: Team, of_servers: Collection[str] | None
) -> Iterator[Failure]:
    """Give a failure for each tool, agent and guardrail in an assertion that the team has not.

    Under `not` and `no_tool` such an assertion would hold whatever the agents do. The names of
    tools and guardrails are only certain now that they are built. `of_servers` are those of tools
    of MCP servers; with None they are not known, and any name may be one.
    """
    agents = team.agents.values()
    tools = {tool.name for one in agents for tool in (*one.tools, *capability_tools(one))}
    tools |= set(of_servers or ())
    guardrails = set(_guardrails(team))
    for expectation in walk(case.expect):
        for name in _tools(expectation):
            if name not in tools and of_servers is not None:
                yield _no("tool", name, tools, expectation)
        for name in _agents(expectation):
            if name not in team.agents:
                yield _no("agent", name, set(team.agents), expectation)
        if expectation.kind == "guardrail" and expectation.value not in guardrails:
            yield _no("guardrail", str(expectation.value), guardrails, expectation)


def _guardrails(team: Team) -> Iterator[str]:
    """Give the names of all guardrails: of agents and of runs, of tools and of MCP servers."""
    agents = team.agents.values()
    tools = [tool for agent in agents for tool in agent.tools]
    holders: tuple[Any, ...] = (*agents, team.run.config, *tools, *team.servers.values())
    for holder in holders:
        for kind in ("input_guardrails", "output_guardrails"):
            found = getattr(holder, kind, None) or getattr(holder, f"tool_{kind}", None)
            for guardrail in found or ():
                yield guardrail.get_name()


def _tools(expectation: Expectation) -> list[str]:
    value = expectation.value
    if expectation.kind in ("tool_called", "approval"):
        return [str(value)]
    if expectation.kind == "tool_count":
        return [str(expectation.options["tool"])] if "tool" in expectation.options else []
    if expectation.kind == "no_tool" and isinstance(value, bool):
        return []
    if expectation.kind in ("tools_in_order", "no_tool"):
        return list(value) if isinstance(value, list | tuple) else [str(value)]
    return []


def _agents(expectation: Expectation) -> list[str]:
    if expectation.kind == "last_agent":
        return [str(expectation.value)]
    return list(expectation.value) if expectation.kind == "handoffs" else []


def _no(noun: str, name: str, known: set[str], expectation: Expectation) -> Failure:
    message = f"there is no {noun} '{name}'{suggestion(name, sorted(known))}"
    return unknown(expectation, message, name, ", ".join(sorted(known)) or "none")
