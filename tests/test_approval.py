"""Tools that wait for a yes: who is asked, what counts as one, and what events tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

import yamlagents
from yamlagents import events

Write = Callable[[str, str], Path]
TOOL = "def pay(amount: int) -> str:\n    return f'paid {amount}'\n"
AGENT = """\
agents:
  clerk:
    instructions: Pay.
    model: offline/match
    tools: [{function: ./tools.py:pay, needs_approval: true}]
"""


@pytest.fixture
def clerk(write: Write) -> yamlagents.Team:
    write("tools.py", TOOL)
    return yamlagents.assemble(yamlagents.load(write("clerk.yaml", AGENT)))


async def later(answer: bool) -> bool:
    return answer


@pytest.mark.parametrize(
    ("approve", "paid"),
    [
        (lambda asked: True, True),
        (lambda asked: False, False),
        (lambda asked: later(True), True),
        (lambda asked: later(False), False),
        (lambda asked: "no", False),
    ],
    ids=["yes", "no", "async yes", "async no", "not a bool"],
)
def test_only_a_plain_yes_lets_a_tool_run(
    clerk: yamlagents.Team, approve: Callable[[yamlagents.Approval], bool], paid: bool
) -> None:
    result = yamlagents.run_sync(clerk, "Pay an amount of 5", approve=approve)
    assert ("paid 5" in [call.output for call in result.tool_calls]) is paid


def test_nobody_to_ask_ends_the_run(clerk: yamlagents.Team) -> None:
    with pytest.raises(yamlagents.RunError, match="'pay' waits for approval") as failed:
        yamlagents.run_sync(clerk, "Pay an amount of 5")
    assert (failed.value.code, failed.value.exit) == ("needs-approval", 7)


async def _kinds(team: yamlagents.Team) -> list[type]:
    run = yamlagents.stream(team, "Pay an amount of 5", approve=lambda asked: True)
    return [type(event) async for event in run if not isinstance(event, events.TextDelta)]


def test_an_agent_starts_once_though_it_was_held_up(clerk: yamlagents.Team) -> None:
    assert asyncio.run(_kinds(clerk)).count(events.AgentStarted) == 1


INSIDE = (
    AGENT
    + """\
  boss: {instructions: Ask., model: offline/match, tools: [{agent: clerk, tool_name: ask}]}
  top: {instructions: Order., model: offline/match, tools: [{agent: boss, tool_name: order}]}
entry: top
"""
)


async def _started(team: yamlagents.Team, message: str) -> list[str]:
    run = yamlagents.stream(team, message, approve=lambda asked: True)
    return [event.agent async for event in run if isinstance(event, events.AgentStarted)]


def test_agents_as_tools_start_once_though_one_was_held_up(write: Write) -> None:
    write("tools.py", TOOL)
    team = yamlagents.assemble(yamlagents.load(write("clerk.yaml", INSIDE)))
    told = asyncio.run(_started(team, "order: ask: pay an amount of 5"))
    assert told == ["top", "boss", "clerk"]
