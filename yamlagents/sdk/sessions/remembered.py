"""Sessions of agents as tools: opened for one call, or remembered for as long as a run lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from agents import Session, SessionSettings
from agents.memory import SessionABC

from yamlagents.sdk.nested import frames
from yamlagents.sdk.sessions.opening import opening
from yamlagents.spec.sessions.kinds import MEMORY
from yamlagents.spec.sessions.records import SessionSpec


class Remembered(SessionABC):
    """A session in a list that others may have as well; it has nothing to close."""

    def __init__(self, session_id: str, items: list[Any], settings: SessionSettings) -> None:
        self.session_id = session_id
        self.session_settings = self._settings = settings
        self._items = items

    async def get_items(self, limit: int | None = None) -> list[Any]:
        limit = limit if limit is not None else self._settings.limit
        left_out = 0 if limit is None else max(len(self._items) - limit, 0)
        return self._items[left_out:]

    async def add_items(self, items: list[Any]) -> None:
        self._items += items

    async def pop_item(self) -> Any:
        return self._items.pop() if self._items else None

    async def clear_session(self) -> None:
        self._items.clear()


@asynccontextmanager
async def of_a_call(spec: SessionSpec) -> AsyncIterator[Session]:
    """Open the session of `spec` for one call of a tool. Raises as `opening` does."""
    if spec.options.get("db_path") != MEMORY:
        async with opening(spec) as opened:
            assert opened is not None, "a spec has a session"
            yield opened
        return
    frame = frames.get(None)
    memories = frame.outermost.memories if frame is not None else {}
    name = str(spec.id)
    settings = SessionSettings(**spec.options.get("session_settings", {}))
    yield Remembered(name, memories.setdefault(name, []), settings)
