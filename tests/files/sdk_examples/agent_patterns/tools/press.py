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
    return _told(run) == [REJECTED], f"it was told {_told(run)}"


def told_the_reason(run: CaseRun) -> tuple[bool, str]:
    return _told(run) == ["The mayor wants to read it first."], f"it was told {_told(run)}"


def _told(run: CaseRun) -> list[Any]:
    assert run.result is not None
    history = run.result.history
    return [item["output"] for item in history if item.get("type") == "function_call_output"]
