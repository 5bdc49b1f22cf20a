"""A tool that tells the tide to those who may know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents import RunContextWrapper

TIDES = {"brest": "noon", "calais": "three"}


def tide(harbour: str) -> str:
    """Tell when it is high tide.

    Args:
        harbour: Name of the harbour.
    """
    found = [when for name, when in TIDES.items() if name in harbour.lower()]
    return f"High tide in {harbour} is at {found[0]}." if found else "Nobody knows."


async def always(
    context: RunContextWrapper[Any], arguments: Mapping[str, Any], call_id: str
) -> bool:
    return True
