"""Paths into data: `cities[0].name`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(
    r"""\[(?P<index>-?[0-9]+)\] | \[(?P<quote>["'])(?P<key>.*?)(?P=quote)\]
    | (?P<dot>\.)?(?P<name>[^.\[\]]+)""",
    re.VERBOSE,
)


def steps(path: str) -> tuple[str | int, ...]:
    """Give the keys and indexes of a path. Raises ValueError, with the reason, for any other text.

    A key that has a dot or a bracket in it stands in quotes: `hosts["a.b"]`.
    """
    found: list[str | int] = []
    end = 0
    while end < len(path):
        match = _STEP.match(path, end)
        # A dot stands before each key but the first, and nowhere else.
        if match is None or (match["name"] is not None and bool(match["dot"]) != bool(end)):
            raise ValueError(f"'{path}' is not a path like cities[0].name")
        index = match["index"]
        found.append(int(index) if index is not None else match["name"] or match["key"] or "")
        end = match.end()
    return tuple(found)


class Missing(LookupError):
    """There is nothing at a path: its text, and how far it leads."""


def follow(value: Any, path: str) -> Any:
    """Give what stands at `path` in data, or in objects by their attributes.

    Raises `Missing` where there is nothing, and ValueError for what is no path.
    """
    for step in steps(path):
        try:
            if isinstance(step, str) and not isinstance(value, Mapping):
                value = getattr(value, step)
            else:
                value = value[step]
        except (LookupError, AttributeError, TypeError):
            raise Missing(path) from None
    return value
