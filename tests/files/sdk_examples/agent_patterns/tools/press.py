"""Releases for the press, and what is said of one that may not go out."""

from __future__ import annotations

from typing import Any

from agents import ToolErrorFormatterArgs

from yamlagents.testing.outcomes import CaseRun

REJECTED = "The release stays here: the editor did not approve it."


async def send_release(headline: str, text: str) -> str:
    """Send a release to the papers."""
    return f"'{headline}' went out: {text}"


def told_when_rejected(args: ToolErrorFormatterArgs[Any]) -> str | None:
    if args.kind != "approval_rejected":
        return None
    return REJECTED


def told_in_our_words(run: CaseRun) -> tuple[bool, str]:
    assert run.result is not None
    told = [i["output"] for i in run.result.history if i.get("type") == "function_call_output"]
    return told == [REJECTED], f"it was told {told}"
