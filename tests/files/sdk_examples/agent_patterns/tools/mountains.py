"""Snow and huts, one of which is not for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agents import RunContextWrapper


async def snow(mountain: str) -> str:
    """Measure the snow on a mountain."""
    return f"There is a metre of snow on the {mountain}."


async def open_hut(mountain: str) -> str:
    """Open the hut on a mountain."""
    return f"The hut on the {mountain} is open."


async def is_private(
    context: RunContextWrapper[Any], arguments: Mapping[str, Any], call_id: str
) -> bool:
    return bool(arguments["mountain"] == "Rigi")
