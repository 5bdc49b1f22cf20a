"""A recording: what a cassette holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yamlagents.runtime.cassettes.exchange import Exchange

# The tools of an MCP server as the protocol has them; None for one that did not start.
ServerTools = list[dict[str, Any]] | None


@dataclass(frozen=True)
class Recording:
    """Exchanges in order, and the tools of MCP servers by the servers' names."""

    exchanges: Sequence[Exchange] = ()
    servers: Mapping[str, ServerTools] = field(default_factory=dict)


def by_name(tools: ServerTools) -> dict[str, Any] | None:
    """Give a server's tools by their names."""
    if tools is None:
        return None
    return {str(tool["name"]): {k: v for k, v in tool.items() if k != "name"} for tool in tools}


def listed(tools: Mapping[str, Any] | None) -> ServerTools:
    """Give as a list what `by_name` has given."""
    return None if tools is None else [{"name": name, **tools[name]} for name in tools]
