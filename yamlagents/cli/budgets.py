"""The option `--budget KEY=VALUE`."""

from __future__ import annotations

import math
from collections.abc import Iterable

import click

from yamlagents.spec.problem import Place, Source, suggestion
from yamlagents.spec.run.records import BUDGET, Limit

_FRACTIONS = ("usd", "seconds")


def limits_of(texts: Iterable[str]) -> dict[str, Limit]:
    """Read limits such as `usd=0.05`. Raises `click.BadParameter` for what is none."""
    return dict(_limit(text) for text in texts)


def _limit(text: str) -> tuple[str, Limit]:
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals or key not in BUDGET:
        near = suggestion(key, BUDGET) or f"; write one of {', '.join(BUDGET)}"
        said = f"'{key}' cannot be limited{near}" if equals else f"'{text}' is not KEY=VALUE"
        raise click.BadParameter(said, param_hint="--budget")
    amount = _number(key, value)
    if amount is None:
        kind = "a number" if key in _FRACTIONS else "a whole number"
        least = "that is 0 or more" if key == "tool_calls" else "above 0"
        raise click.BadParameter(f"'{key}' must be {kind} {least}", param_hint="--budget")
    return key, Limit(amount, Place(Source("--budget", text), 1, 1, 1, len(text) + 1))


def _number(key: str, text: str) -> float | None:
    try:
        number = float(text) if key in _FRACTIONS else int(text)
    except ValueError:
        return None
    is_enough = number > 0 or (number == 0 and key == "tool_calls")
    return number if is_enough and math.isfinite(number) else None
