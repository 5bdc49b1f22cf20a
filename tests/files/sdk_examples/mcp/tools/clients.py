"""HTTP clients for MCP servers."""

from __future__ import annotations

from typing import Any

from yamlagents.testing.outcomes import CaseRun

try:
    import httpx2 as httpx
except ImportError:  # with version 1 of the package `mcp`
    import httpx

SENT: list[str] = []


def own_client(
    headers: dict[str, str] | None = None,
    timeout: httpx.Timeout | None = None,
    auth: httpx.Auth | None = None,
) -> httpx.AsyncClient:
    """Make a client that says who it is, waits for two minutes, and asks no proxy."""
    return httpx.AsyncClient(
        headers={**(headers or {}), "User-Agent": "boats/1"},
        timeout=httpx.Timeout(60.0, read=120.0),
        auth=auth,
        trust_env=False,
        event_hooks={"request": [_note]},
    )


async def _note(request: Any) -> None:
    SENT.append(request.headers["User-Agent"])


def own_client_was_used(run: CaseRun) -> tuple[bool, str]:
    sent = [*SENT]
    SENT.clear()
    return len(sent) > 1 and set(sent) == {"boats/1"}, f"the requests were of {sent}"
