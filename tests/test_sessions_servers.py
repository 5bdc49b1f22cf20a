"""Sessions in real servers, PostgreSQL and Redis; tests/session_servers.py says which."""

from __future__ import annotations

import asyncio
import json
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import yamlagents
from tests import session_servers
from tests.conftest import Cli

pytestmark = pytest.mark.server

KEY = "k3y-of-thirty-two-characters-....."
AGENT = "agents: {weather: {model: offline/match, tools: [./tools.py:get_weather]}}\n"
TOOL = "def get_weather(city: str) -> str:\n    return 'sunny'\n"
STORES = {
    "asyncpg": "{type: sqlalchemy, url: 'postgresql+asyncpg://${PG}', create_tables: true}",
    "psycopg": "{type: sqlalchemy, url: 'postgresql+psycopg://${PG}', create_tables: true}",
    "redis": "{type: redis, url: '${REDIS}', key_prefix: 'te[s]t'}",
    "encrypted": "{type: encrypted, encryption_key: '${SESSION_KEY}', underlying_session: "
    "{type: sqlalchemy, url: 'postgresql+asyncpg://${PG}', create_tables: true}}",
    "encrypted-redis": "{type: encrypted, encryption_key: '${SESSION_KEY}', underlying_session: "
    "{type: redis, url: '${REDIS}'}}",
}
Write = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, str]]:
    """The variables of the stores above."""
    with session_servers.postgres() as database, session_servers.redis() as redis:
        yield {"PG": database, "REDIS": redis, "SESSION_KEY": KEY}


@pytest.fixture
def name() -> str:
    return f"ada-{uuid4().hex}"


def project(write: Write, store: str) -> Path:
    write("tools.py", TOOL)
    write("agents.d/a.yaml", AGENT.replace("./tools", "../tools") + f"run: {{session: {store}}}\n")
    return write("pyproject.toml", "").parent


@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
def test_a_session_is_gone_on_with_shown_and_removed(
    store: str, servers: Mapping[str, str], name: str, cli: Cli, write: Write
) -> None:
    folder = project(write, store)
    for city in ("Tokyo", "Oslo"):
        question = f"What is the weather in {city}?"
        ran = cli("run", "a", question, "--session", name, env=servers, cwd=folder)
        assert (ran.code, ran.stderr) == (0, "")
    shown = cli("sessions", "show", "a", name, env=servers, cwd=folder).stdout
    assert [line.split(" ")[0] for line in shown.splitlines()] == [
        *("user:", "calls", "returns", "assistant:") * 2
    ]
    listed = json.loads(cli("sessions", "list", "a", "--json", env=servers, cwd=folder).stdout)
    assert [one["items"] for one in listed if one["name"] == name] == [8]
    assert all(one["updated"] for one in listed)
    assert cli("sessions", "rm", "a", name, "--yes", env=servers, cwd=folder).code == 0
    assert name not in cli("sessions", "list", "a", env=servers, cwd=folder).stdout


@pytest.mark.parametrize("store", STORES.values(), ids=STORES)
def test_runs_at_the_same_time_lose_nothing(
    store: str, servers: Mapping[str, str], name: str, write: Write
) -> None:
    folder = project(write, store)
    spec = yamlagents.load(folder / "agents.d" / "a.yaml", environ=servers)
    team = yamlagents.assemble(spec)
    texts = [f"hello {number}" for number in range(8)]

    async def talk() -> list[Any]:
        await yamlagents.run(team, "first", session=name)  # makes the tables
        await asyncio.gather(*(yamlagents.run(team, text, session=name) for text in texts))
        return list((await yamlagents.run(team, "last", session=name)).history)

    said = [item["content"] for item in asyncio.run(talk()) if item.get("role") == "user"]
    assert sorted(said) == sorted([*texts, "first", "last"])


def test_a_session_of_redis_is_forgotten_after_its_ttl(
    servers: Mapping[str, str], name: str, cli: Cli, write: Write
) -> None:
    folder = project(write, "{type: redis, url: '${REDIS}', ttl: 1}")
    cli("run", "a", "hello", "--session", name, env=servers, cwd=folder)
    assert name in cli("sessions", "list", "a", env=servers, cwd=folder).stdout
    asyncio.run(asyncio.sleep(1.2))
    assert name not in cli("sessions", "list", "a", env=servers, cwd=folder).stdout


def test_tables_that_are_missing_are_told(
    servers: Mapping[str, str], cli: Cli, write: Write
) -> None:
    store = "{type: sqlalchemy, url: 'postgresql+asyncpg://${PG}', sessions_table: absent_s,"
    folder = project(write, f"{store} messages_table: absent_m}}")
    result = cli("run", "a", "hello", "--session", "ada", env=servers, cwd=folder)
    assert result.code == 4
    assert "error[session-failed]: the session 'ada' (agents.d/a.yaml:2) failed" in result.stderr
    assert 'relation "absent_m" does not exist' in result.stderr
    assert "hint: add create_tables: true to make them" in result.stderr


@pytest.mark.parametrize("kind", ["asyncpg", "psycopg", "redis"])
@pytest.mark.parametrize("command", [["run", "a", "hello", "--session", "b"], ["sessions", "list"]])
def test_a_password_is_in_no_message(
    kind: str, command: list[str], servers: Mapping[str, str], cli: Cli, write: Write
) -> None:
    folder = project(write, STORES[kind])
    wrong = {key: value.replace("4711", "4712") for key, value in servers.items()}
    result = cli(*command, *(["a"] if command[0] == "sessions" else []), env=wrong, cwd=folder)
    assert result.code == 4
    assert "session-failed" in result.stderr
    assert "swordfish" not in result.stderr


def test_the_same_in_a_database_that_is_off(
    servers: Mapping[str, str], cli: Cli, write: Write
) -> None:
    folder = project(write, STORES["asyncpg"])
    user = urllib.parse.urlsplit(f"x://{servers['PG']}")
    off = {"PG": f"{user.username}:{user.password}@127.0.0.1:1/x"}
    result = cli("run", "a", "hello", "--session", "ada", env=off, cwd=folder)
    assert result.code == 4
    assert "ConnectionRefusedError" in result.stderr
    assert "is the server running" in result.stderr
    assert "swordfish" not in result.stderr
