"""The kinds of stores of sessions, by name, and what each of them needs."""

from __future__ import annotations

from collections.abc import Iterator

from yamlagents.spec.problem import Place, Problem, Severity
from yamlagents.spec.text.document import Document, Keys
from yamlagents.spec.variables import unset

KEYS: Keys = ("run", "session")
RESPONSES = "openai_responses"
DEFAULT_KIND, CODE_KIND = "sqlite", "code"
SQLITE_KINDS = ("sqlite", "async_sqlite", "advanced_sqlite")
WRAPPERS = ("encrypted", "compaction")
KINDS = (*SQLITE_KINDS, "sqlalchemy", "redis", *WRAPPERS)
MEMORY = ":memory:"
# The folder that yamlagents keeps its own things in, and the database in it.
OWN_FOLDER, OWN_FILE = ".yamlagents", "sessions.db"
# The module that a kind needs besides what is always there, and the extra that brings it.
PACKAGES = {
    "async_sqlite": ("aiosqlite", "async-sqlite"),
    "sqlalchemy": ("sqlalchemy", "sqlalchemy"),
    "redis": ("redis", "redis"),
    "encrypted": ("cryptography", "encrypt"),
}


def missing_package(kind: str, place: Place, severity: Severity = "error") -> Problem:
    """Give the problem of a kind whose package is not installed."""
    module, extra = PACKAGES[kind]
    message = f"sessions of type '{kind}' need the package {module}, which is not installed"
    hint = f"pip install 'yamlagents[{extra}]'"
    return Problem(place, severity, "missing-package", message, hint)


def needs_responses(agent: str, place: Place) -> Problem:
    """Give the problem of compaction where another API answers for an agent."""
    message = (
        f"compaction does nothing for the agent '{agent}': its model is not asked by OpenAI's "
        "Responses API, which alone can shorten a history"
    )
    hint = f"give all models provider: {RESPONSES}, or keep 'underlying_session' alone"
    return Problem(place, "error", "needs-responses", message, hint)


def waiting(document: Document) -> Iterator[Place]:
    """Give the places in `run.session`, and in those of tools, that hang on an unset variable.

    They do not matter before a session is opened, which tests and smoke never do.
    """
    for keys in unset(document.get(*KEYS), KEYS):
        yield document.place(*keys)
    for section in ("agents", "tools"):
        for keys in unset(document.get(section), (section,)):
            if "tools" in keys and "session" in keys:
                yield document.place(*keys)
