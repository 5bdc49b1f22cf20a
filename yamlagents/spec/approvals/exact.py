"""The pattern of one call: what approves it, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from yamlagents.spec.approvals.arguments import is_text, parsed, text_of
from yamlagents.spec.approvals.patterns import BadPattern, pattern

_PLAIN = re.compile(r"[\w./@+-]+", re.ASCII)
_LONGEST = 300


def exact(tool: str, arguments: str) -> str | None:
    """Give a pattern that approves this call; None if its arguments cannot all be told in one."""
    data = parsed(arguments)
    conditions = list(_told(data, ())) if data is not None else [None]
    if None in conditions:
        return None
    text = ":".join(filter(None, (tool, ",".join(map(str, conditions)))))
    try:
        is_one = len(text) <= _LONGEST and pattern(text).approves(tool, arguments)
    except BadPattern:
        return None
    return text if is_one else None


def _told(data: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str | None]:
    for name, value in data.items():
        if isinstance(value, dict):
            yield from _told(value, (*path, name))
        elif isinstance(value, list) or "." in name:
            yield None
        else:
            plain = text_of(value)
            is_bare = not is_text(value) or _PLAIN.fullmatch(plain)
            yield f"{'.'.join((*path, name))}={plain if is_bare else json.dumps(value)}"
