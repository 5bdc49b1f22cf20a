"""One thing wrong at a place in a text: the value that every check returns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Literal

from yamlagents.spec.secrets.words import KEY_SHAPES, SECRET_WORDS, USERINFO

Severity = Literal["error", "warning", "note"]

# Excerpts are copies of the user's text, so they are the one way a secret written into a file
# could reach a log. Values of secret-bearing keys and strings of well-known key shapes go dark.
_SECRET_VALUE = re.compile(
    rf"""(?ix)
    (?: (?: (?: {SECRET_WORDS} [-_]?\d* | -key | \b auth ) \b ["']? \s* [:=] \s* )
      | (?: -- [\w-]*? {SECRET_WORDS} ["']? (?: \s*,\s* | \s+ ) ) )  # an option on a command line
    (?P<value> .+ )
    | (?P<shape> (?-ix:{KEY_SHAPES}|{USERINFO}) )
    """
)
# The name of a variable is no secret; a default after it may well be one.
_VARIABLE = re.compile(r"\$\{\w+(?:\}|:-|:\?)")
# Where YAML, and so every place, sees the end of a line.
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class Source:
    """A text with the name it is known by: a path as the user wrote it, or `<stdin>`."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def _ends(self) -> list[tuple[int, int]]:
        return [match.span() for match in _LINE_END.finditer(self.text)]

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(end for _, end in self._ends)]

    def line(self, number: int) -> str:
        """Give line `number` (1-based) without its line end; '' past the end."""
        if not 0 < number <= len(self._starts):
            return ""
        end = self._ends[number - 1][0] if number <= len(self._ends) else len(self.text)
        return self.text[self._starts[number - 1] : end]

    def place(self, start: int, end: int) -> Place:
        """Give the place of the characters from offset `start` to `end` (exclusive)."""
        line, end_line = bisect_right(self._starts, start), bisect_right(self._starts, end)
        column, end_column = start - self._starts[line - 1], end - self._starts[end_line - 1]
        return Place(self, line, column + 1, end_line, end_column + 1)


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

    def holds(self, place: Place) -> bool:
        """Tell whether `place` starts within this one."""
        start, end = (self.line, self.column), (self.end_line, self.end_column)
        return self.source is place.source and start <= (place.line, place.column) < end

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

    def __reduce__(self) -> tuple[Any, ...]:
        # What is raised in a worker process has to cross to its parent.
        return type(self), (self.problems,), self.__dict__


def suggestion(name: str, known: Iterable[str]) -> str:
    """Give `; did you mean 'x'?` for the nearest of `known`, or '' when none is near."""
    if len(name) > 60:
        return ""
    names = [str(item) for item in known]
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if not near:
        lowered = {item.lower(): item for item in names}
        near = [lowered[name.lower()]] if name.lower() in lowered else []
        near = near or [item for item in names if name and item.startswith(f"{name}_")][:1]
    return f"; did you mean '{near[0]}'?" if near else ""


def shortened(text: str) -> str:
    """Give `text` fit for a message: short, and with what looks like a secret hidden."""
    text = masked(text)
    return text if len(text) <= 60 else f"{text[:57]}..."


def masked(line: str) -> str:
    """Give `line` with what looks like a secret replaced, character for character, by `*`."""

    def hide(match: re.Match[str]) -> str:
        group = "value" if match.group("value") is not None else "shape"
        secret = match.group(group)
        return match.group(0)[: match.start(group) - match.start(0)] + _stars(secret)

    return _SECRET_VALUE.sub(hide, line)


def _stars(secret: str) -> str:
    """Hide everything but references to variables, which are names and not secrets."""
    kept = [match.span() for match in _VARIABLE.finditer(secret)]
    inside = {index for start, end in kept for index in range(start, end)}
    return "".join(
        char if index in inside or char in " \t{}[],\"'#" else "*"
        for index, char in enumerate(secret)
    )
