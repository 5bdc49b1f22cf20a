"""The arguments of a tool call, as the model wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any


class Number(str):
    """A number as its JSON is written."""

    __slots__ = ()


def parsed(arguments: str) -> dict[str, Any] | None:
    """Give the arguments of a call, numbers as `Number`; None for what may be read in two ways."""
    try:
        data = json.loads(
            arguments,
            object_pairs_hook=_only_once,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _only_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise ValueError("a key is there twice")
    return data


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def text_of(value: Any) -> str:
    """Give a single value as it is compared."""
    return value if isinstance(value, str) else json.dumps(value)


def number_of(value: Any) -> Decimal | None:
    try:
        number = Decimal(value.strip()) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def written_out(value: Any) -> Iterator[str]:
    """Give a number without an exponent, and without zeros at the end."""
    number = number_of(value)
    if number is not None and abs(number.adjusted()) < 400:
        plain = format(number, "f")
        yield plain
        if "." in plain:
            yield plain.rstrip("0").rstrip(".")
