"""Letters, and a check that no account number is in one."""

from __future__ import annotations

from typing import Any

from agents import Agent, GuardrailFunctionOutput, RunContextWrapper, output_guardrail
from pydantic import BaseModel, Field

from yamlagents.testing.outcomes import CaseRun


class Letter(BaseModel):
    """What the clerk writes."""

    thoughts: str = Field(description="How the answer was come to.")
    answer: str = Field(description="What the customer reads.")
    customer: str | None = Field(description="The customer's name, if it is known.")


@output_guardrail
async def no_account_number(
    context: RunContextWrapper[Any], agent: Agent[Any], output: Letter
) -> GuardrailFunctionOutput:
    places = [name for name in ("thoughts", "answer") if "CH-" in getattr(output, name)]
    return GuardrailFunctionOutput(output_info={"found": places}, tripwire_triggered=bool(places))


def places_were_told(run: CaseRun) -> tuple[bool, str]:
    assert run.error is not None
    return "{'found': ['thoughts', 'answer']}" in run.error.message, run.error.message
