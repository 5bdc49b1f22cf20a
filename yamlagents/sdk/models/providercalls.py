"""Tools that the provider ran while it answered, as far as its reply tells of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ProviderCall:
    """One call: the tool's name, what it was called with, and what came of it, if that is told."""

    name: str
    id: str
    arguments: Any
    output: str
    error: str | None


# Types of items that are calls, each with the tool's name and where its arguments are.
_CALLS = {
    "web_search_call": ("web_search", "action"),
    "file_search_call": ("file_search", "queries"),
    "code_interpreter_call": ("code_interpreter", "code"),
    "image_generation_call": ("image_generation", "revised_prompt"),
    "mcp_call": (None, "arguments"),
    "tool_search_call": ("tool_search", "arguments"),
}
_FAILED = ("failed", "incomplete")


def provider_calls(output: Sequence[Any]) -> Iterator[ProviderCall]:
    """Give the calls among the items of a reply."""
    for item in output:
        known = _CALLS.get(getattr(item, "type", None) or "")
        if known is None:
            continue
        name, key = known
        status = getattr(item, "status", None)
        failed = status if status in _FAILED else None
        error = _words(getattr(item, "error", None)) or failed
        said = getattr(item, "output", None) if item.type == "mcp_call" else None
        yield ProviderCall(
            name=name or item.name,
            id=str(getattr(item, "id", None) or ""),
            arguments=_plain(getattr(item, key, None)),
            output=said or "",
            error=error,
        )


def _words(error: Any) -> str | None:
    if error is None or isinstance(error, str):
        return error
    return str(getattr(error, "message", None) or json.dumps(_plain(error), default=str))


def _plain(value: Any) -> Any:
    """Give arguments as data: parsed JSON, or a text that is none as it is."""
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json", exclude_none=True)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
