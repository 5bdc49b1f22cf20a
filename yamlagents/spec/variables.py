"""Environment variables in values: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `$$`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_REFERENCE = re.compile(
    r"\$\$|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<kind>:-|:\?)(?P<text>[^}]*))?\}|(?P<bad>\$\{)"
)


class Unset(str):
    """A value that names an unset variable: its text as written, standing for a value unknown."""


@dataclass(frozen=True)
class Missing:
    """A variable that has no value: its name, and the message of `${NAME:?message}` if any."""

    name: str
    message: str | None


@dataclass(frozen=True)
class Expansion:
    """What a text became: its value, the missing variables, and if a `${` is malformed."""

    text: str
    missing: tuple[Missing, ...] = ()
    malformed: bool = False


def expand(text: str, environ: Mapping[str, str]) -> Expansion:
    """Replace the references in `text`; a missing or malformed one stays as it is written."""
    missing: list[Missing] = []
    malformed = False

    def value(match: re.Match[str]) -> str:
        nonlocal malformed
        name, kind = match["name"], match["kind"]
        if name is None:
            malformed = malformed or match["bad"] is not None
            return "$" if match[0] == "$$" else match[0]
        found = environ.get(name)
        # As in a shell, the colon forms treat an empty value like an unset one.
        if found or (found is not None and kind is None):
            return found
        if kind == ":-":
            return str(match["text"])
        missing.append(Missing(name, match["text"] if kind else None))
        return match[0]

    return Expansion(_REFERENCE.sub(value, text), tuple(missing), malformed)


def names(text: str) -> tuple[str, ...]:
    """Give the names of the variables that `text` refers to, in order."""
    return tuple(match["name"] for match in _REFERENCE.finditer(text) if match["name"])


def defaults(text: str) -> tuple[str, ...]:
    """Give the defaults of the references in `text`, in order."""
    return tuple(match["text"] for match in _REFERENCE.finditer(text) if match["kind"] == ":-")
