"""A forecast, and a sentence that is made of it without a model."""

from __future__ import annotations

from typing import Any

from agents import FunctionToolResult, RunContextWrapper, ToolsToFinalOutputResult
from pydantic import BaseModel

from yamlagents.testing.outcomes import CaseRun


class Forecast(BaseModel):
    """What it will be like."""

    city: str
    degrees: str
    sky: str


def forecast(city: str) -> Forecast:
    """Forecast the weather of tomorrow."""
    return Forecast(city=city, degrees="9-12", sky="rain")


async def in_a_sentence(
    context: RunContextWrapper[Any], results: list[FunctionToolResult]
) -> ToolsToFinalOutputResult:
    told: Forecast = results[0].output
    said = f"{told.city}: {told.sky}, {told.degrees} degrees"
    return ToolsToFinalOutputResult(is_final_output=True, final_output=said)


def call_was_forced(run: CaseRun) -> tuple[bool, str]:
    settings = run.spec.agents[run.spec.entry].settings
    return settings.get("tool_choice") == "required", f"the settings are {settings}"
