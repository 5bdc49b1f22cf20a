"""Dice, and diaries of the agents that roll them."""

from __future__ import annotations

from typing import Any

from agents import Agent, AgentHookContext, AgentHooks, RunContextWrapper, Tool
from pydantic import BaseModel

from yamlagents.testing.outcomes import CaseRun

WRITTEN: list[str] = []


class Score(BaseModel):
    """What a roll came to."""

    points: int


def roll(sides: int) -> int:
    """Roll a die."""
    return min(sides, 7)


def double(number: int) -> int:
    """Double a number."""
    return 2 * number


class Diary(AgentHooks[Any]):
    """Numbers what one agent does."""

    def __init__(self, whose: str) -> None:
        self.whose = whose
        self.entries = 0

    def write(self, what: str) -> None:
        self.entries += 1
        WRITTEN.append(f"{self.whose} {self.entries}: {what}")

    async def on_start(self, context: AgentHookContext[Any], agent: Agent[Any]) -> None:
        self.write(f"starts on {context.turn_input[-1].get('content')}")

    async def on_end(self, context: RunContextWrapper[Any], agent: Agent[Any], output: Any) -> None:
        self.write(f"ends with {output.points}")

    async def on_handoff(
        self, context: RunContextWrapper[Any], agent: Agent[Any], source: Agent[Any]
    ) -> None:
        self.write(f"hands over to {agent.name}")

    async def on_tool_start(
        self, context: RunContextWrapper[Any], agent: Agent[Any], tool: Tool
    ) -> None:
        self.write(f"calls {tool.name}")

    async def on_tool_end(
        self, context: RunContextWrapper[Any], agent: Agent[Any], tool: Tool, result: object
    ) -> None:
        self.write(f"is given {result}")


def both_wrote_their_diaries(run: CaseRun) -> tuple[bool, str]:
    return _written() == [
        "Roller 1: starts on Roll a die with 20 sides.",
        "Roller 2: calls roll",
        "Roller 3: is given 7",
        "Roller 4: hands over to Doubler",
        "Doubler 1: starts on Roll a die with 20 sides.",
        "Doubler 2: calls double",
        "Doubler 3: is given 14",
        "Doubler 4: ends with 14",
    ], "; ".join(LAST)


def only_the_roller_did(run: CaseRun) -> tuple[bool, str]:
    return _written()[-1] == "Roller 4: ends with 6", "; ".join(LAST)


LAST: list[str] = []


def _written() -> list[str]:
    LAST[:] = WRITTEN
    WRITTEN.clear()
    return LAST
