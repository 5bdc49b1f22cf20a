"""What stands for a value: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${params.name}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

_PARAM = r"\{params\.(?P<param>[A-Za-z][A-Za-z0-9_-]*)\}"
_REFERENCE = re.compile(
    rf"\$\$|\${_PARAM}"
    r"|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<kind>:-|:\?)(?P<text>[^}]*))?\}|(?P<bad>\$\{)"
)
_ALONE = re.compile(rf"\${_PARAM}\Z")
# In text that is no YAML, all but params stays as it is written.
_IN_PROSE = re.compile(rf"(?P<dollars>\$+)(?:{_PARAM}|(?P<bad>\{{params\.))")

Value = str | int | float | bool


class Unset(str):
    """A value that names an unset variable: its text as written, standing for a value unknown."""


Keys = tuple[str | int, ...]


def unset(value: Any, keys: Keys, seen: set[int] | None = None) -> Iterator[Keys]:
    """Give the keys of the unset values in the one at `keys`.

    What aliases share is looked through once; `seen` holds what was, if several values share it.
    """
    seen = set() if seen is None else seen
    if isinstance(value, Unset):
        yield keys
    elif isinstance(value, dict | list) and id(value) not in seen:
        seen.add(id(value))
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from unset(below, (*keys, key), seen)


@dataclass(frozen=True)
class Params:
    """The params that files may name, and the values of those that have one.

    Where not all files could be read, and so the params are not `complete`, any may be declared.
    """

    declared: frozenset[str] = frozenset()
    values: Mapping[str, Value] = field(default_factory=dict, repr=False)
    complete: bool = True


@dataclass(frozen=True)
class Variables:
    """What values are made of: the environment and the params, and what an unset variable is.

    Without `params`, values that hang on them stay unknown.
    """

    environ: Mapping[str, str]
    unset: Literal["error", "note"] = "error"
    params: Params | None = None


@dataclass(frozen=True)
class Missing:
    """A variable that has no value: its name, and the message of `${NAME:?message}` if any."""

    name: str
    message: str | None


@dataclass(frozen=True)
class Expansion:
    """What a text became: its value, what it names, and if a `${` is malformed.

    `unknown` are those among the `params` that have no value.
    """

    text: str
    missing: tuple[Missing, ...] = ()
    malformed: bool = False
    params: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def expand(
    text: str, environ: Mapping[str, str], params: Mapping[str, Value] | None = None
) -> Expansion:
    """Replace the references in `text`; a missing or malformed one stays as it is written."""
    missing: list[Missing] = []
    used: list[str] = []
    malformed = False
    known = params or {}

    def value(match: re.Match[str]) -> str:
        nonlocal malformed
        name, kind, param = match["name"], match["kind"], match["param"]
        if param is not None:
            used.append(param)
            return as_text(known[param]) if param in known else match[0]
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

    expanded = _REFERENCE.sub(value, text)
    unknown = tuple(name for name in used if name not in known)
    return Expansion(expanded, tuple(missing), malformed, tuple(used), unknown)


def names(text: str) -> tuple[str, ...]:
    """Give the names of the variables that `text` refers to, in order."""
    return tuple(match["name"] for match in _REFERENCE.finditer(text) if match["name"])


def defaults(text: str) -> tuple[str, ...]:
    """Give the defaults of the references in `text`, in order."""
    return tuple(match["text"] for match in _REFERENCE.finditer(text) if match["kind"] == ":-")


def param_names(text: str) -> tuple[str, ...]:
    """Give the names of the params that the value `text` refers to, in order."""
    return tuple(match["param"] for match in _REFERENCE.finditer(text) if match["param"])


def alone(text: str) -> str | None:
    """Give the name of the param that is all of `text`, if one is."""
    match = _ALONE.match(text)
    return match["param"] if match is not None else None


def as_text(value: Value) -> str:
    """Give the value of a param as it stands within other text: true, not True."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Mention:
    """A param that a prompt names, or (None) what begins like one, from offset to offset."""

    name: str | None
    start: int
    end: int


def mentions(prose: str) -> Iterator[Mention]:
    """Give the params that a prompt names; an even number of dollars before one stands for half."""
    for match in _IN_PROSE.finditer(prose):
        if len(match["dollars"]) % 2:
            yield Mention(match["param"], match.end("dollars") - 1, match.end())


def filled(prose: str, values: Mapping[str, Value]) -> str:
    """Give a prompt with the values of its params; one without a value stays as it is written."""

    def value(match: re.Match[str]) -> str:
        name, count = match["param"], len(match["dollars"])
        if name is None or (count % 2 and name not in values):
            return match[0]
        rest = as_text(values[name]) if count % 2 else match[0][count:]
        return "$" * (count // 2) + rest

    return _IN_PROSE.sub(value, prose)
