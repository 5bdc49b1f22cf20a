"""A conversation in MongoDB, and a check of what was remembered."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from yamlagents.testing.outcomes import CaseRun


def in_mongodb(session_id: str, uri: str, database: str) -> Any:
    """Make the SDK's session, whose package `pymongo` is imported only here."""
    kind = import_module("agents.extensions.memory.mongodb_session").MongoDBSession
    return kind.from_uri(session_id, uri=uri, database=database)


def everything_was_remembered(run: CaseRun) -> tuple[bool, str]:
    assert run.result is not None
    roles = [item.get("role") for item in run.result.history]
    return roles == ["user", "assistant"] * 3, f"the history is of {roles}"
