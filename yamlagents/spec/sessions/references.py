"""What `run.session` names is there, and what it asks for can be done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path, PurePath

from yamlagents.spec.code import coderefs
from yamlagents.spec.models.references import line, model_of_agent
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.project import target_of
from yamlagents.spec.run.fields import CONVERSATION
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.sessions.kinds import (
    CODE_KIND,
    DEFAULT_KIND,
    PACKAGES,
    RESPONSES,
    SQLITE_KINDS,
    WRAPPERS,
    missing_package,
    needs_responses,
)

# Drivers that block, each with one that does not.
_BLOCKING = {
    **dict.fromkeys(("psycopg2", "pg8000", "psycopg2cffi"), "asyncpg"),
    **dict.fromkeys(("mysqldb", "pymysql", "mysqlconnector"), "asyncmy"),
    **dict.fromkeys(("pysqlite", "pysqlcipher"), "aiosqlite"),
}
_DRIVER = re.compile(r"(?P<database>[A-Za-z0-9]+)\+(?P<driver>[A-Za-z0-9_]+)://")
# As the SDK tells the models that can shorten a history.
_COMPACTING = re.compile(r"(?:.*/)?(?:ft:)?(?:gpt-|o\d)")


def session_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each thing that `run.session` names and that is not there."""
    for document in scope.documents:
        field = Field(document, ("run", "session"), document.get("run", "session"))
        if field.value is not None:
            yield from store_problems(field, scope)
    nearest = scope.setting("run", "session")
    if nearest is not None:
        yield from _conversation(scope)
        yield from _workflow(nearest.part("id"), scope)


def store_problems(field: Field, scope: Scope) -> Iterator[Problem]:
    """Give what is wrong with the store of sessions that is written at `field`."""
    kind = field.value
    if isinstance(field.value, dict):
        kind = CODE_KIND if "use" in field.value else field.value.get("type", DEFAULT_KIND)
    yield from coderefs.code_problem(field, scope)
    yield from _package(field, kind)
    if not isinstance(field.value, dict):
        return
    if kind == CODE_KIND:
        yield from _arguments(field)
    elif kind == "sqlalchemy":
        yield from _driver(field.part("url"))
    elif kind == "compaction":
        yield from _compaction(field, scope)
    elif kind in SQLITE_KINDS:
        yield from _database(field.part("db_path"))
    below = field.part("underlying_session")
    if kind in WRAPPERS and below.value is not None:
        if below.part("id").value is not None:
            message = "a session that is wrapped has the name of the one around it"
            place = below.part("id").key_place
            hint = "write the id there, outside 'underlying_session'"
            yield field.document.problem(place, "conflicting-keys", message, hint=hint)
        yield from store_problems(below, scope)


def _package(field: Field, kind: object) -> Iterator[Problem]:
    """Note a package that is not here: where the file is checked it may not have to be."""
    known = isinstance(kind, str) and kind in PACKAGES
    if known and find_spec(PACKAGES[str(kind)][0]) is None:
        place = field.part("type").place if isinstance(field.value, dict) else field.place
        yield missing_package(str(kind), place, "note")


def _arguments(field: Field) -> Iterator[Problem]:
    given = field.part("with").part("session_id")
    if given.value is not None:
        message = "'session_id' is given to the code by itself: it is the session's name"
        hint = "write id: beside 'use', or remove it"
        yield field.document.problem(given.key_place, "conflicting-keys", message, hint=hint)


def _driver(url: Field) -> Iterator[Problem]:
    match = _DRIVER.match(url.text or "")
    other = _BLOCKING.get(match["driver"].lower()) if match is not None else None
    if match is not None and other is not None:
        message = f"'{match['driver']}' is a driver that holds up everything else while it waits"
        hint = f"write {match['database']}+{other}://..."
        yield url.problem("bad-value", message, hint)


def _database(field: Field) -> Iterator[Problem]:
    if field.text is None:
        return
    shown = shortened(field.text)
    try:
        target = target_of(field.folder, str(Path(field.text).expanduser()))
    except (RuntimeError, ValueError):  # no such user, and no such name of one
        home = PurePath(field.text).parts[0]
        yield field.problem("bad-value", f"'{home}' is no one's home folder here")
        return
    if target is None:
        yield field.problem("bad-value", f"'{shown}' cannot be the path of a file")
    elif target.is_dir():
        yield field.problem("bad-value", f"'{shown}' is a folder", "name a file in it")


def _compaction(field: Field, scope: Scope) -> Iterator[Problem]:
    yield from coderefs.code_problem(field.part("should_trigger_compaction"), scope)
    model = field.part("model")
    if model.text is not None and not _COMPACTING.match(model.text.strip()):
        message = f"'{model.text}' cannot shorten a history: only OpenAI's models do"
        near = suggestion(model.text, ("gpt-4.1", "gpt-4.1-mini"))
        yield model.problem("bad-value", f"{message}{near}", "for example model: gpt-4.1-mini")
    agent = next((name for name in scope.agents if not _answered_by_openai(name, scope)), None)
    if agent is not None:
        yield needs_responses(agent, field.part("type").place)


def _answered_by_openai(agent: str, scope: Scope) -> bool:
    field = model_of_agent(scope.agent(agent), scope)
    models = line(field, scope) if field is not None else ()
    return all(model.backend(scope) in (None, RESPONSES) for model in models)


def _conversation(scope: Scope) -> Iterator[Problem]:
    for key in CONVERSATION:
        other = scope.setting("run", key)
        if other is not None and other.value is not False:
            message = f"'session' and '{key}' exclude each other: both keep the conversation"
            place = other.key_place
            yield other.document.problem(
                place, "conflicting-keys", message, hint="keep one of them"
            )


def _workflow(name: Field, scope: Scope) -> Iterator[Problem]:
    if name.value is not None and scope.setting("workflow") is not None:
        message = "a workflow goes on with no session: its steps are conversations of their own"
        hint = "remove this, and name a session where you run an agent alone"
        yield name.document.problem(name.key_place, "conflicting-keys", message, hint=hint)
