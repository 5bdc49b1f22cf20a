"""Releases for the press, and what is said of one that may not go out."""

from __future__ import annotations

from typing import Any

from agents import ToolErrorFormatterArgs


async def send_release(headline: str, text: str) -> str:
    """Send a release to the papers."""
    return f"'{headline}' went out: {text}"


def told_when_rejected(args: ToolErrorFormatterArgs[Any]) -> str | None:
    if args.kind != "approval_rejected":
        return None
    return "The release stays here: the editor did not approve it."
