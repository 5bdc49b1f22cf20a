"""A project whose runs are kept in sessions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.conftest import Cli

TOOL = "def get_weather(city: str) -> str:\n    return 'sunny'\n"
OWN = """
class Notebook:
    pages = {}
    session_settings = None

    def __init__(self, session_id, title="none"):
        self.session_id = session_id
        self.items = self.pages.setdefault((title, session_id), [])

    async def get_items(self, limit=None):
        return list(self.items[-limit:] if limit else self.items)

    async def add_items(self, items):
        self.items.extend(items)

    async def pop_item(self):
        return self.items.pop()

    async def clear_session(self):
        self.items.clear()


async def opened(session_id, title="none"):
    return Notebook(session_id, title)


class Forgetful:
    def __init__(self, session_id):
        self.session_id = session_id


class Broken(Notebook):
    async def add_items(self, items):
        raise KeyError("full")


def refusing(session_id):
    raise PermissionError("nobody may open this")


names = ["a", "b"]
"""
Write = Callable[[str, str], Path]


def project(write: Write, session: str | None, more: str = "") -> Path:
    """Write a project whose agent calls a tool where it can; give its folder."""
    write("tools.py", TOOL)
    write("store.py", OWN)
    run = f"run: {{session: {session}}}\n" if session is not None else ""
    agent = "agents: {weather: {model: offline/match, tools: [../tools.py:get_weather]}}\n"
    return write("agents.d/a.yaml", agent + run + more).parent.parent


def roles(cli: Cli, folder: Path, name: str = "ada") -> list[str]:
    """Say who speaks in a session, in order."""
    shown = cli("sessions", "show", "a", name, cwd=folder)
    assert shown.code == 0, shown.stderr
    return [line.split(" ")[0] for line in shown.stdout.splitlines()]
