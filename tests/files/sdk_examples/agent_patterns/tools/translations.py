"""An order for a translation, and what the translator is told of it."""

from __future__ import annotations

from typing import Any

from agents import Agent, AgentHookContext, AgentHooks
from agents.agent_tool_input import StructuredToolInputBuilderOptions
from pydantic import BaseModel, Field

from yamlagents.testing.outcomes import CaseRun

HEARD: list[str] = []


class Order(BaseModel):
    """What a translator has to know."""

    text: str = Field(description="The text as it is.")
    source: str = Field(description="The language it is in.")
    target: str = Field(description="The language it is wanted in.")


class Told(AgentHooks[Any]):
    """Notes what the translator is told."""

    async def on_start(self, context: AgentHookContext[Any], agent: Agent[Any]) -> None:
        HEARD.append(str(context.turn_input))


def in_words(options: StructuredToolInputBuilderOptions) -> str:
    order = Order.model_validate(options["params"])
    return f"Out of {order.source} into {order.target}: {order.text}"


def told_the_values(run: CaseRun) -> tuple[bool, str]:
    told = _told()
    values = all(value in told for value in ("Guten Tag", "German", "Polish"))
    return values and '"properties"' not in told, told


def told_the_schema(run: CaseRun) -> tuple[bool, str]:
    told = _told()
    return "properties" in told and "Guten Tag" in told, told


def told_in_words(run: CaseRun) -> tuple[bool, str]:
    told = _told()
    return "Out of German into Polish: Guten Tag" in told, told


def order_was_refused(run: CaseRun) -> tuple[bool, str]:
    assert run.result is not None
    (call,) = run.result.tool_calls
    return call.error is not None and not HEARD, f"it came to {call.output} ({call.error})"


def _told() -> str:
    told = HEARD[-1] if HEARD else ""
    HEARD.clear()
    return told
