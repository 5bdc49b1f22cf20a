"""A club's messages and members, and what must not get in or out."""

from __future__ import annotations

import json

from agents import (
    ToolGuardrailFunctionOutput,
    ToolInputGuardrailData,
    ToolOutputGuardrailData,
    tool_output_guardrail,
)

from yamlagents.testing.outcomes import CaseRun

RIVALS = ("otters", "herons")


def send_message(to: str, text: str) -> str:
    """Send a message to a member."""
    return f"{to} was sent: {text}"


def member_file(member: int) -> dict[str, str]:
    """Give all that is known of a member."""
    return {"member": str(member), "name": "Ada", "birthday": "10 December"}


def member_card(member: int) -> dict[str, str]:
    """Give what is on a member's card."""
    return {"member": str(member), "name": "Ada", "phone": "00-1815"}


def no_rivals(data: ToolInputGuardrailData) -> ToolGuardrailFunctionOutput:
    said = str(json.loads(data.context.tool_arguments)).lower()
    found = [rival for rival in RIVALS if rival in said]
    if found:
        told = f"not sent: it is about the {found[0]}"
        return ToolGuardrailFunctionOutput.reject_content(told, output_info={"found": found})
    return ToolGuardrailFunctionOutput.allow(output_info="nobody of that kind")


def no_birthday(data: ToolOutputGuardrailData) -> ToolGuardrailFunctionOutput:
    if "birthday" in data.output:
        found = {"found": "birthday", "tool": data.context.tool_name}
        return ToolGuardrailFunctionOutput.raise_exception(output_info=found)
    return ToolGuardrailFunctionOutput.allow()


@tool_output_guardrail
def no_phone(data: ToolOutputGuardrailData) -> ToolGuardrailFunctionOutput:
    if "00-" in str(data.output):
        return ToolGuardrailFunctionOutput.reject_content("the card has a phone number on it")
    return ToolGuardrailFunctionOutput.allow()


def message_went_out(run: CaseRun) -> tuple[bool, str]:
    return _told(run).startswith("Ada was sent"), _told(run)


def message_was_rejected(run: CaseRun) -> tuple[bool, str]:
    return _told(run) == "not sent: it is about the otters", _told(run)


def finding_was_told(run: CaseRun) -> tuple[bool, str]:
    assert run.error is not None
    return "{'found': 'birthday', 'tool': 'member_file'}" in run.error.message, run.error.message


def card_was_kept_back(run: CaseRun) -> tuple[bool, str]:
    return _told(run) == "the card has a phone number on it", _told(run)


def _told(run: CaseRun) -> str:
    """Give what the model was told of the one call."""
    assert run.result is not None
    (told,) = [item for item in run.result.history if item.get("type") == "function_call_output"]
    return str(told["output"])
