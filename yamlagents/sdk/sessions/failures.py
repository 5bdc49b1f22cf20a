"""What went wrong with a session, in words that say what to do."""

from __future__ import annotations

import re

from yamlagents.result import RunError
from yamlagents.sdk.sessions.files import path_of
from yamlagents.spec.project import shown_name
from yamlagents.spec.secrets.words import without_url_secrets
from yamlagents.spec.sessions.kinds import SQLITE_KINDS
from yamlagents.spec.sessions.records import SessionSpec

STORE = 4
_LONGEST = 300
# SQLAlchemy puts the driver's class before what it says.
_CLASS = re.compile(r"^<class '[^']*'>: ")
_NO_TABLE = re.compile(r"no such table|relation \S+ does not exist|table \S+ doesn't exist", re.I)


def session_failure(error: Exception, layer: SessionSpec, name: str | None) -> RunError:
    """Give the failure that `error` is, of one layer of the store that a session `name` is in."""
    place = layer.place
    said, hint = _told(error, layer)
    what = f"the session '{name}'" if name else "the store of sessions"
    message = f"{what} ({place.file}:{place.line}) failed: {said}"
    return RunError("session-failed", message, exit=STORE, hint=hint)


def _told(error: Exception, layer: SessionSpec) -> tuple[str, str | None]:
    if isinstance(error, ModuleNotFoundError) and layer.kind == "sqlalchemy":
        return f"the driver {error.name} is not installed", f"pip install {error.name}"
    text = _text(error)
    address = without_url_secrets(str(layer.options.get("url", "")))
    if layer.kind in SQLITE_KINDS:
        path = path_of(layer)
        where = shown_name(path) if path is not None else "memory"
        return f"{where}: {text}", "check db_path, and who may write there"
    if _NO_TABLE.search(text):
        return f"{address}: {text}", "add create_tables: true to make them"
    if address:
        return f"{address}: {text}", "is the server running, and url right?"
    return text, None


def _text(error: Exception) -> str:
    """Give what the driver says, without the statement and what was written with it."""
    driver = getattr(error, "orig", None) or error
    reason = getattr(driver, "strerror", None) or str(driver)
    line = _CLASS.sub("", reason).partition("\n")[0].strip()[:_LONGEST]
    kind = type(driver).__name__
    return f"{kind}: {line}" if line else kind
