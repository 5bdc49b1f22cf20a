"""A ferry: what is often asked, cabins, and the passenger of a conversation."""

from __future__ import annotations

from dataclasses import dataclass

from agents import RunContextWrapper

from yamlagents.testing.outcomes import CaseRun

KNOWN = {"bicycle": "Bicycles go on the lower deck.", "breakfast": "Breakfast is at seven."}


@dataclass
class Passenger:
    """What is known of a passenger."""

    ticket: str | None = None
    cabin: str | None = None
    sailing: str | None = None


async def answer(question: str) -> str:
    found = [text for word, text in KNOWN.items() if word in question.lower()]
    return found[0] if found else "Nothing is known of that."


async def find_sailing(context: RunContextWrapper[Passenger]) -> None:
    context.context.sailing = "S-204"


async def change_cabin(context: RunContextWrapper[Passenger], ticket: str, cabin: str) -> str:
    """Give a passenger another cabin.

    Args:
        ticket: Number of the ticket.
        cabin: Number of the cabin that is wanted.
    """
    passenger = context.context
    if passenger.sailing is None:
        raise LookupError("the sailing is not known yet")
    passenger.ticket, passenger.cabin = ticket, cabin
    return f"{ticket} has cabin {cabin} on {passenger.sailing}"


def cabin_was_changed(run: CaseRun) -> tuple[bool, str]:
    assert run.result is not None
    call = run.result.tool_calls[-1]
    return call.output == "T-55 has cabin 12 on S-204", f"{call.output} ({call.error})"


def cabin_was_not_changed(run: CaseRun) -> tuple[bool, str]:
    assert run.result is not None
    (call,) = run.result.tool_calls
    return "not known yet" in str(call.error), f"{call.output} ({call.error})"
