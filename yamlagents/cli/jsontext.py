"""Data as JSON that every parser takes and every stream can carry."""

from __future__ import annotations

import json
import math
import sys
from typing import Any


def dump(data: Any, *, indent: int | None = None) -> str:
    """Give `data` as JSON: infinite floats and NaN as null, what JSON does not know as text.

    Characters that stdout cannot carry, lone surrogates among them, are written as `\\u` escapes.
    """
    try:
        text = json.dumps(data, indent=indent, ensure_ascii=False, default=str, allow_nan=False)
    except ValueError:
        data = _finite(data)
        text = json.dumps(data, indent=indent, ensure_ascii=False, default=str)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(data, indent=indent, default=str)
    return text


def _finite(data: Any) -> Any:
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return data
