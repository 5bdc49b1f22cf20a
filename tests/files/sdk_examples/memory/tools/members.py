"""Members of a club, and conversations about them that are kept in files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agents import RunContextWrapper
from agents.memory import SessionSettings

from yamlagents.testing.outcomes import CaseRun

MEMBERS = {"7": "Ada likes to be written to.", "8": "Bob likes to be called."}


def member(context: RunContextWrapper[Any]) -> str:
    return MEMBERS.get(context.context["member"], "There is no such member.")


def the_member_of_the_context(run: CaseRun) -> tuple[bool, str]:
    assert run.result is not None
    (call,) = run.result.tool_calls
    return call.output == MEMBERS["7"], f"it gave {call.output}"


class FileSession:
    """A conversation as a list in a JSON file."""

    session_settings: SessionSettings | None = None

    def __init__(self, session_id: str, folder: str) -> None:
        self.session_id = session_id
        self._path = Path(folder) / f"{session_id}.json"
        self._path.parent.mkdir(parents=True, exist_ok=True)

    async def get_items(self, limit: int | None = None) -> list[Any]:
        if not self._path.exists():
            return []
        items: list[Any] = json.loads(self._path.read_text(encoding="utf-8"))
        return items if limit is None else items[-limit:] if limit > 0 else []

    async def add_items(self, items: list[Any]) -> None:
        self._write([*await self.get_items(), *items])

    async def pop_item(self) -> Any | None:
        items = await self.get_items()
        last = items.pop() if items else None
        self._write(items)
        return last

    async def clear_session(self) -> None:
        self._path.unlink(missing_ok=True)

    def _write(self, items: list[Any]) -> None:
        self._path.write_text(json.dumps(items), encoding="utf-8")
