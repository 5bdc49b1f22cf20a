"""What customers owe, and a listener to the agent that looks it up."""

from __future__ import annotations

from agents import AgentToolStreamEvent

from yamlagents.testing.outcomes import CaseRun

HEARD: list[tuple[str, str, str]] = []


def invoice_of(customer: str) -> str:
    return f"{customer} owes 80 euros."


def listen(event: AgentToolStreamEvent) -> None:
    """Note who does what, in which call of the outer agent."""
    call = event["tool_call"]
    told = event["event"]
    what = told.data.type if told.type == "raw_response_event" else told.type
    HEARD.append((event["agent"].name, call.call_id if call is not None else "", what))


def inner_run_was_heard(run: CaseRun) -> tuple[bool, str]:
    heard = [*HEARD]
    HEARD.clear()
    agents = {agent for agent, _, _ in heard}
    calls = {call for _, call, _ in heard}
    kinds = {what for _, _, what in heard}
    wanted = {"response.output_text.delta", "run_item_stream_event"}
    good = agents == {"Accounts"} and len(calls) == 1 and "" not in calls and wanted <= kinds
    return good, f"it heard {heard}"
