"""One thing wrong at a place in a text: the value that every check returns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning", "note"]

# Excerpts are copies of the user's text, so they are the one way a secret written into a file
# could reach a log. Values of secret-bearing keys and strings of well-known key shapes go dark.
_SECRET_VALUE = re.compile(
    r"""(?ix)
    (?: \b (?:[\w-]*api[_-]?key | [\w-]*token | [\w-]*secret | password | authorization | cookie)
        \b ["']? \s* [:=] \s* )
    (?P<value> .+ )
    | (?P<shape> \b (?: sk-[\w-]{8,} | gh[pousr]_\w{16,} | AKIA[0-9A-Z]{16} | xox[abprs]-[\w-]{10,}
        | AIza[\w-]{30,} ) )
    """
)
_VARIABLE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True)
class Source:
    """A text with the name it is known by: a path as the user wrote it, or `<stdin>`."""

    name: str
    text: str = field(repr=False)

    def line(self, number: int) -> str:
        """Give line `number` (1-based) without its line end; '' past the end."""
        lines = self.text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""


@dataclass(frozen=True)
class Place:
    """A span of a source, 1-based; the end is exclusive."""

    source: Source = field(repr=False)
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def file(self) -> str:
        return self.source.name

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where, how bad, which kind (a slug of docs/problems.md), and what to do."""

    place: Place
    severity: Severity
    code: str
    message: str
    hint: str | None = None

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        return (self.place.file, self.place.line, self.place.column, self.message)


class SpecError(Exception):
    """Files that cannot be run, with every problem found in them (errors, warnings and notes)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda problem: problem.sort_key))
        super().__init__(
            "\n".join(f"{p.place}: {p.severity}[{p.code}]: {p.message}" for p in self.problems)
        )


def suggestion(name: str, known: Iterable[str]) -> str:
    """Give `; did you mean 'x'?` for the nearest of `known`, or '' when none is near."""
    names = [str(item) for item in known]
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if not near:
        lowered = {item.lower(): item for item in names}
        near = [lowered[name.lower()]] if name.lower() in lowered else []
    return f"; did you mean '{near[0]}'?" if near else ""


def masked(line: str) -> str:
    """Give `line` with what looks like a secret replaced, character for character, by `*`."""

    def hide(match: re.Match[str]) -> str:
        group = "value" if match.group("value") is not None else "shape"
        secret = match.group(group)
        return match.group(0)[: match.start(group) - match.start(0)] + _stars(secret)

    return _SECRET_VALUE.sub(hide, line)


def _stars(secret: str) -> str:
    """Hide everything but references to variables, which are names and not secrets."""
    kept = [match.span() for match in _VARIABLE.finditer(secret) if ":-" not in match.group()]
    inside = {index for start, end in kept for index in range(start, end)}
    return "".join(
        char if index in inside or char in " \t{}[],\"'#" else "*"
        for index, char in enumerate(secret)
    )
