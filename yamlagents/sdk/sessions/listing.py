"""Which sessions a store holds."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from importlib import import_module
from typing import Any

from yamlagents.result import RunError
from yamlagents.sdk.sessions.failures import session_failure
from yamlagents.sdk.sessions.files import path_of
from yamlagents.sdk.sessions.opening import maker, opening
from yamlagents.spec.sessions.kinds import SQLITE_KINDS
from yamlagents.spec.sessions.records import SessionSpec


@dataclass(frozen=True)
class Kept:
    """One session of a store: how many items it has, and when it last grew, in ISO 8601."""

    name: str
    items: int
    updated: str | None


async def sessions_in(spec: SessionSpec) -> list[Kept]:
    """Give the sessions of a store by name.

    Raises as `opening`, `RunError` if the store cannot be read, and LookupError for one of the
    project's own code, which only knows a session by its name.
    """
    store = replace(spec.store, id="")
    maker(store)
    if store.kind in SQLITE_KINDS:
        found = await _told(store, asyncio.to_thread(_in_sqlite, store))
    elif store.kind == "sqlalchemy":
        found = await _told(store, _in_database(store))
    elif store.kind == "redis":
        found = await _told(store, _in_redis(store))
    else:
        raise LookupError("a store of the project's own code cannot be asked for its sessions")
    return sorted(found, key=lambda kept: kept.name)


async def _told(store: SessionSpec, work: Awaitable[list[Kept]]) -> list[Kept]:
    try:
        return await work
    except RunError:
        raise
    except Exception as error:  # a store raises whatever its driver does
        raise session_failure(error, store, None) from error


def _tables(store: SessionSpec) -> tuple[str, str]:
    given = store.options
    sessions = given.get("sessions_table", "agent_sessions")
    return sessions, given.get("messages_table", "agent_messages")


def _in_sqlite(store: SessionSpec) -> list[Kept]:
    path = path_of(store)
    if path is None or not path.is_file() or not path.stat().st_size:
        return []
    sessions, messages = _tables(store)
    # Names of tables are checked to be plain words.
    query = (
        f"SELECT s.session_id, count(m.id), s.updated_at FROM {sessions} s"
        f" LEFT JOIN {messages} m ON m.session_id = s.session_id GROUP BY s.session_id"
    )
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        known = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if (sessions,) not in known.fetchall():
            return []
        rows = connection.execute(query).fetchall()
    return [Kept(name, count, _utc(updated)) for name, count, updated in rows]


def _utc(text: str) -> str:
    """Give a time of SQLite, which is in UTC, as ISO 8601."""
    return f"{text.replace(' ', 'T')}Z"


async def _in_database(store: SessionSpec) -> list[Kept]:
    async with opening(store, whole=True) as session:
        alchemy = import_module("sqlalchemy")
        names = [alchemy.column(name) for name in ("session_id", "updated_at")]
        sessions = alchemy.table(_tables(store)[0], *names)
        messages = alchemy.table(_tables(store)[1], *map(alchemy.column, ("session_id", "id")))
        counted = alchemy.func.count(messages.c.id)
        query = (
            alchemy.select(sessions.c.session_id, counted, sessions.c.updated_at)
            .select_from(sessions)
            .outerjoin(messages, messages.c.session_id == sessions.c.session_id)
            .group_by(sessions.c.session_id, sessions.c.updated_at)
        )
        made: Any = session  # of the SDK's kind that has an engine
        async with made.engine.connect() as connection:
            rows = (await connection.execute(query)).all()
    return [Kept(name, count, str(updated).replace(" ", "T")) for name, count, updated in rows]


async def _in_redis(store: SessionSpec) -> list[Kept]:
    prefix = str(store.options.get("key_prefix", "agents:session"))
    url, options = store.options["url"], store.options.get("redis_kwargs") or {}
    client = import_module("redis.asyncio").from_url(url, **{**options, "decode_responses": True})
    try:
        return [kept async for kept in _redis_sessions(client, prefix)]
    finally:
        await client.aclose()


async def _redis_sessions(client: Any, prefix: str) -> AsyncIterator[Kept]:
    plain = re.sub(r"([\\*?\[\]])", r"\\\1", prefix)
    async for key in client.scan_iter(match=f"{plain}:*", _type="hash"):
        name, updated = await client.hmget(key, "session_id", "updated_at")
        if name is None or key != f"{prefix}:{name}":
            continue
        count = await client.llen(f"{key}:messages")
        when = datetime.fromtimestamp(int(updated), timezone.utc) if updated else None
        stamp = when.isoformat().replace("+00:00", "Z") if when is not None else None
        yield Kept(name, count, stamp)
