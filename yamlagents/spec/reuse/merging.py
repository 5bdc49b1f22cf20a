"""One mapping over another: key by key, while lists, single values and code replace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from yamlagents.spec.sessions.kinds import KINDS
from yamlagents.spec.text.document import Document, Keys, Moved

Data = dict[str, Any]

# Values of an agent that are one thing, although they may be written as a mapping.
WHOLE = frozenset(("hooks", "instructions", "output_type", "prompt", "tool_use_behavior"))
# Keys of an agent of which it has one: the nearer of them takes the other's place.
EXCLUSIVE = {"instructions": "instructions_file", "instructions_file": "instructions"}


def are_merged(own: object, parent: object) -> bool:
    """Tell whether two values are merged key by key: mappings are, unless they name code."""
    if not isinstance(own, dict) or not isinstance(parent, dict):
        return False
    if _names_code(own) or _names_code(parent):
        return False
    # A store of sessions that is of another kind has other keys.
    kind = own.get("type")
    return not (isinstance(kind, str) and kind in KINDS) or kind == parent.get("type")


def merged(own: Data, parent: Data) -> Data:
    """Give `own` over `parent`, mappings merged key by key, lists and scalars replaced."""
    result = dict(parent)
    for key, value in own.items():
        below = result.get(key)
        if isinstance(below, dict) and are_merged(value, below):
            value = merged(value, below)
        result[key] = value
    return result


def replaced(own: Data, parent: Data) -> Iterator[Keys]:
    """Give the keys that lead to what is taken from `own` when it is merged over `parent`."""
    for key, value in own.items():
        if key in parent and are_merged(value, parent[key]):
            yield from ((key, *keys) for keys in replaced(value, parent[key]))
        else:
            yield (key,)


def kept(own: Data, parent: Data) -> Iterator[Keys]:
    """Give the keys that lead to what is taken from `parent` when `own` is merged over it."""
    for key, value in parent.items():
        if key not in own:
            yield (key,)
        elif are_merged(own[key], value):
            yield from ((key, *keys) for keys in kept(own[key], value))


def moved(document: Document, places: Mapping[Keys, Moved]) -> Document:
    """Give `document` with values that are written elsewhere, by the keys they hold for."""
    return replace(document, overrides={**document.overrides, **places})


def _names_code(value: Data) -> bool:
    named = value.get("use")
    return isinstance(named, str) and ":" in named
