"""Sessions: conversations that later runs go on with."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from agents import SQLiteSession
from agents.testing import ScriptedModel, assistant_message

import yamlagents
from tests.conftest import ROOT, Cli
from tests.session_project import Write, project, roles

pytestmark = pytest.mark.usefixtures("key")

KINDS = {
    "sqlite": ("sqlite3", "sqlite"),
    "path": ("sqlite3", "{db_path: ../kept/talks.db}"),
    "async": ("aiosqlite", "{type: async_sqlite}"),
    "advanced": ("sqlite3", "advanced_sqlite"),
    "sqlalchemy": (
        "sqlalchemy",
        "{type: sqlalchemy, url: 'sqlite+aiosqlite:///talks.db', create_tables: true}",
    ),
    "encrypted": ("cryptography", "{type: encrypted, encryption_key: '${KEY}'}"),
}
CODE = {
    "class": "../store.py:Notebook",
    "async-function": "{use: '../store.py:opened', with: {title: b}}",
}
TURN = ["user:", "calls", "returns", "assistant:"]


@pytest.mark.parametrize(("package", "session"), KINDS.values(), ids=KINDS)
def test_runs_of_one_session_go_on_with_it(
    package: str, session: str, cli: Cli, write: Write
) -> None:
    pytest.importorskip(package)
    folder = project(write, session)
    for city in ("Tokyo", "Oslo"):
        text = f"What is the weather in {city}?"
        ran = cli("run", "a", text, "--session", "ada", cwd=folder)
        assert (ran.code, ran.stderr) == (0, "")
    assert roles(cli, folder) == TURN * 2
    assert cli("sessions", "rm", "a", "ada", "--yes", cwd=folder).stdout == "removed 'ada'\n"
    listed = cli("sessions", "list", "a", "--json", cwd=folder)
    assert (json.loads(listed.stdout), listed.stderr) == ([], "")


@pytest.mark.parametrize("session", CODE.values(), ids=CODE)
def test_a_session_of_own_code_is_called_with_its_name(
    session: str, cli: Cli, write: Write
) -> None:
    folder = project(write, session)
    for _ in range(2):
        assert cli("run", "a", "the weather in Oslo?", "--session", "ada", cwd=folder).code == 0
    assert roles(cli, folder) == TURN * 2
    listed = cli("sessions", "list", "a", cwd=folder)
    assert listed.code == 2
    assert "cannot be asked for its sessions; name one to show or remove it" in listed.stderr
    assert cli("sessions", "rm", "a", "ada", "-y", cwd=folder).code == 0
    assert roles(cli, folder) == []


def scripted(folder: Path, *answers: str) -> tuple[yamlagents.Team, ScriptedModel]:
    model = ScriptedModel([[assistant_message(text)] for text in answers])
    spec = yamlagents.load(folder / "agents.d" / "a.yaml")
    return yamlagents.assemble(spec, models=lambda _: model), model


def told(model: ScriptedModel, call: int) -> list[Any]:
    """Give what people and the model said, as a call of the model had it."""
    items = [dict(item) for item in model.calls[call].input]
    texts = [item["content"] for item in items]
    return [text if isinstance(text, str) else text[0]["text"] for text in texts]


def test_the_model_sees_what_was_said_before_once(write: Write) -> None:
    team, model = scripted(project(write, None), "one", "two", "three")
    for text in ("a", "b", "c"):
        yamlagents.run_sync(team, text, session="ada")
    assert told(model, 2) == ["a", "one", "b", "two", "c"]


def test_a_session_of_the_sdk_is_taken_as_it_is(write: Write) -> None:
    team, model = scripted(project(write, None), "one", "two")
    with closing(SQLiteSession("own")) as session:
        yamlagents.run_sync(team, "a", session=session)
        result = yamlagents.run_sync(team, "b", session=session)
    assert told(model, 1) == ["a", "one", "b"]
    assert len(result.history) == 4


@pytest.mark.parametrize("session", ["ada", None], ids=["named", "of-the-file"])
def test_a_session_and_a_history_exclude_each_other(session: str | None, write: Write) -> None:
    team, _ = scripted(project(write, "{id: ada}"), "one")
    history = [{"role": "user", "content": "before"}]
    with pytest.raises(ValueError, match="a session and `history` exclude each other"):
        yamlagents.run_sync(team, "a", session=session, history=history)


def test_what_a_session_gives_to_a_run_can_be_limited(write: Write) -> None:
    team, model = scripted(project(write, "{session_settings: {limit: 1}}"), "one", "two")
    for text in ("a", "b"):
        yamlagents.run_sync(team, text, session="ada")
    assert told(model, 1) == ["one", "b"]


def test_a_run_without_a_name_keeps_nothing(cli: Cli, write: Write) -> None:
    folder = project(write, "sqlite")
    ran = cli("run", "a", "hello", cwd=folder, tty=True)
    assert ran.code == 0
    assert "this run is not kept; --session NAME would keep it, and go on" in ran.stderr
    assert not (folder / ".yamlagents").exists()
    assert cli("sessions", "list", "a", cwd=folder).stderr.startswith("no sessions")
    assert not (folder / ".yamlagents").exists()


def test_the_file_can_name_the_session(cli: Cli, write: Write) -> None:
    folder = project(write, "{id: '${WHO:-ada}'}")
    assert cli("run", "a", "hello", cwd=folder).code == 0
    assert cli("run", "a", "hello", cwd=folder, env={"WHO": "bo"}).code == 0
    assert cli("run", "a", "hello", "--session", "cy", cwd=folder).code == 0
    listed = cli("sessions", "list", "a", "--json", cwd=folder)
    assert [(one["name"], one["items"]) for one in json.loads(listed.stdout)] == [
        *(("ada", 2), ("bo", 2), ("cy", 2))
    ]
    assert len(cli("sessions", "show", "a", cwd=folder).stdout.splitlines()) == 2


def test_the_folder_is_private_and_left_alone_by_git(cli: Cli, write: Write) -> None:
    folder = project(write, None)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    cli("run", "a", "hello", "--session", "ada", cwd=folder)
    own = folder / ".yamlagents"
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert stat.S_IMODE((own / "sessions.db").stat().st_mode) == 0o600
    status = ["git", "-C", str(folder), "status", "--short", "--untracked-files=all"]
    assert ".yamlagents" not in subprocess.run(status, capture_output=True, text=True).stdout


def test_chat_keeps_each_message_once(cli: Cli, write: Write) -> None:
    folder = project(write, None)
    for said in ("one\ntwo\n", "three\n"):
        chat = cli("chat", "a", "--session", "ada", input=said, cwd=folder)
        assert chat.code == 0
    shown = cli("sessions", "show", "a", "ada", cwd=folder).stdout.splitlines()
    assert [line for line in shown if line.startswith("user")] == [
        *("user: one", "user: two", "user: three")
    ]
    assert len(shown) == 6


def test_chat_does_not_throw_a_session_away(cli: Cli, write: Write) -> None:
    folder = project(write, None)
    chat = cli("chat", "a", "--session", "ada", input="one\n/reset\ntwo\n", cwd=folder)
    assert "this is kept in the session 'ada'; `yamlagents sessions rm` forgets it" in chat.stderr
    assert roles(cli, folder) == ["user:", "assistant:"] * 2


def test_advanced_sqlite_keeps_the_usage_of_each_run(cli: Cli, write: Write) -> None:
    folder = project(write, "advanced_sqlite")
    for city in ("Tokyo", "Oslo"):
        cli("run", "a", f"What is the weather in {city}?", "--session", "ada", cwd=folder)
    with closing(sqlite3.connect(folder / ".yamlagents" / "sessions.db")) as database:
        rows = database.execute("SELECT user_turn_number, requests FROM turn_usage").fetchall()
    assert rows == [(1, 2), (2, 2)]


def test_runs_at_the_same_time_lose_nothing(write: Write) -> None:
    folder = project(write, None)
    command = [sys.executable, "-m", "yamlagents", "run", "a", "--session", "ada"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = [
        subprocess.Popen([*command, f"hello {number}"], cwd=folder, env=env, stdout=subprocess.PIPE)
        for number in range(3)
    ]
    assert [process.communicate()[0] != b"" and process.returncode for process in running] == [
        0
    ] * 3
    team, _ = scripted(folder, *(["fine"] * 12))

    async def talk() -> list[Any]:
        texts = [f"more {number}" for number in range(12)]
        await asyncio.gather(*(yamlagents.run(team, text, session="ada") for text in texts))
        with closing(SQLiteSession("ada", folder / ".yamlagents" / "sessions.db")) as session:
            return await session.get_items()

    items = asyncio.run(talk())
    said = [item["content"] for item in items if item["role"] == "user"]
    assert len(items) == 30
    assert sorted(said) == [f"hello {n}" for n in range(3)] + sorted(f"more {n}" for n in range(12))


ONE = """\
from agents import SessionABC

DEPTHS = []


class Notes(SessionABC):
    session_settings = None

    def __init__(self):
        self.session_id, self.items = "ada", []

    async def get_items(self, limit=None):
        return list(self.items)

    async def add_items(self, items):
        self.items += items

    async def pop_item(self):
        return self.items.pop()

    async def clear_session(self):
        self.items.clear()


NOTES = Notes()


def notes(session_id):
    method, depth = NOTES.get_items, 0
    while hasattr(method, "__wrapped__"):
        method, depth = method.__wrapped__, depth + 1
    DEPTHS.append(depth)
    return NOTES


def depths() -> str:
    return str(DEPTHS)
"""


def test_a_store_may_give_the_same_object_for_each_run(write: Write) -> None:
    write("store.py", ONE)
    agents = "agents: {a: {model: offline/match, tools: [./store.py:depths]}}\n"
    file = write("a.yaml", f"{agents}run: {{session: ./store.py:notes}}\n")
    team = yamlagents.assemble(yamlagents.load(file))
    for _ in range(3):
        result = yamlagents.run_sync(team, "depths", session="ada")
    assert result.tool_calls[0].output == "[0, 1, 1]"
