"""Agents for tests of the offline model, and what comes of their runs."""

import asyncio
import json
from typing import Any

from agents import (
    Agent,
    RunConfig,
    Runner,
    RunResult,
    Tool,
    TResponseInputItem,
    function_tool,
    handoff,
)
from pydantic import BaseModel

from yamlagents.sdk.offline import OfflineModel


@function_tool
def get_weather(city: str) -> str:
    """Get the weather for a city."""
    return f"The weather in {city} is sunny."


@function_tool
def convert_money(amount: float, from_currency: str, to_currency: str) -> str:
    """Convert an amount of money."""
    return f"{amount:g} {from_currency} is {2 * amount:g} {to_currency}."


class Report(BaseModel):
    """A structured answer."""

    city: str
    summary: str
    alarm: bool


def agent(*tools: Tool, **fields: Any) -> Agent[Any]:
    """Make an agent; `model` is among its fields."""
    return Agent(**{"name": "solo", "tools": list(tools), **fields})


def ask(asked: Agent[Any], given: str | list[TResponseInputItem], **config: Any) -> RunResult:
    """Run an agent to its end."""
    config = {"tracing_disabled": True, **config}
    return asyncio.run(Runner.run(asked, given, run_config=RunConfig(**config)))


def calls(result: RunResult) -> list[tuple[str, Any]]:
    """Give the calls of a run, handoffs among them, with their arguments."""
    items: list[Any] = [
        i.raw_item for i in result.new_items if i.type in ("tool_call_item", "handoff_call_item")
    ]
    return [(item.name, json.loads(item.arguments)) for item in items]


def team(model: OfflineModel) -> tuple[Agent[Any], Agent[Any]]:
    """Return two agents that can hand off to each other."""
    weather = agent(get_weather, model=model, name="weather")
    billing = agent(convert_money, model=model, name="billing", handoffs=[weather])
    billing.handoff_description = "Refunds and money."
    weather.handoffs = [handoff(billing, tool_description_override="Refunds and money.")]
    return weather, billing
