"""Patterns of tool calls, `tool` or `tool:argument=glob,...`: read, and held against calls.

Who approves by a pattern means what it says, to the letter. Who denies means all that comes to the
same: case, spaces, and letters that only look different do not count, and what cannot be told for
sure is told apart from a plain no.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from yamlagents.spec.approvals.arguments import is_text, number_of, parsed, text_of, written_out
from yamlagents.spec.approvals.globs import SEEN, glob
from yamlagents.spec.approvals.lookalikes import folded, letter

_TOOL = re.compile(r"[\w.*/-]+")
_NAME = re.compile(r"[\w$-]+(?:\.[\w$-]+)*")
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
_BARE = re.compile(r'[^,"]*')


class BadPattern(ValueError):
    """A pattern that is none, or about nothing: the reason, and the place, counted from 0."""

    def __init__(self, reason: str, at: int, text: str) -> None:
        super().__init__(reason)
        self.reason, self.at, self.text = reason, at, text


class Match(Enum):
    """Whether a call is one of a pattern's; PERHAPS where that cannot be told."""

    NO = 0
    PERHAPS = 1
    YES = 2


@dataclass(frozen=True)
class Condition:
    """What one argument has to be: a glob, or a text that is meant literally."""

    path: tuple[str, ...]
    value: str
    is_literal: bool
    at: int

    @property
    def is_any(self) -> bool:
        """Whether every value will do."""
        return self.value == "*" and not self.is_literal

    def excludes(self, other: Condition) -> bool:
        """Tell whether this is one text, and `other` is about others."""
        is_one = self.is_literal or "*" not in self.value
        return is_one and glob(list(map(re.escape, other._pieces))).fullmatch(self.value) is None

    @cached_property
    def exactly(self) -> re.Pattern[str]:
        """What the text of a value is to approve it."""
        return glob(list(map(re.escape, self._pieces)), SEEN)

    @cached_property
    def loosely(self) -> re.Pattern[str]:
        """What the folded text of a value is to deny it."""
        return self._loosely(doubts=False)

    @cached_property
    def doubtfully(self) -> re.Pattern[str]:
        """What the folded text of a value is, with its doubts, to deny it perhaps."""
        return self._loosely(doubts=True)

    def _loosely(self, *, doubts: bool) -> re.Pattern[str]:
        return glob(
            [
                "".join(letter(char, doubts=doubts) for char in folded(piece))
                for piece in self._pieces
            ]
        )

    @property
    def _pieces(self) -> list[str]:
        return [self.value] if self.is_literal else self.value.split("*")


@dataclass(frozen=True)
class Pattern:
    """The calls of the tools that the glob `tool` names whose arguments meet all conditions."""

    text: str
    tool: str
    conditions: tuple[Condition, ...] = ()

    def names(self, tool: str) -> bool:
        """Tell whether this is about the tool called `tool`."""
        named = glob(list(map(re.escape, self.tool.split("*"))))
        return named.fullmatch(tool) is not None

    def approves(self, tool: str, arguments: str) -> bool:
        """Tell whether this call, with its arguments as JSON text, is plainly one of these."""
        if not self.names(tool) or not self.conditions:
            return self.names(tool)
        data = parsed(arguments)
        return data is not None and all(_is_met(one, data) for one in self.conditions)

    def denies(self, tool: str, arguments: str) -> Match:
        """Tell whether this call is one of these, or may come to the same."""
        return self.denies_arguments(arguments) if self.names(tool) else Match.NO

    def denies_arguments(self, arguments: str) -> Match:
        """Tell the same of a call of one of these tools, whatever it is called."""
        if not self.conditions:
            return Match.YES
        data = parsed(arguments)
        if data is None:
            return Match.PERHAPS
        found = [_is_loosely_met(one, data) for one in self.conditions]
        return min(found, key=lambda match: match.value)


def pattern(text: str) -> Pattern:
    """Read a pattern. Raises `BadPattern`."""
    tool = _TOOL.match(text)
    if tool is None:
        raise BadPattern("a tool's name comes first", 0, text)
    at = tool.end()
    conditions: list[Condition] = []
    if at < len(text):
        if text[at] != ":":
            raise BadPattern("after the tool's name comes a colon, or nothing", at, text)
        while True:
            condition, at = _condition(text, at + 1)
            _check(condition, conditions, text)
            conditions.append(condition)
            if at == len(text):
                break
            if text[at] != ",":
                raise BadPattern("after a value comes a comma, or nothing", at, text)
    return Pattern(text, tool.group(), tuple(conditions))


def _check(condition: Condition, before: Iterable[Condition], text: str) -> None:
    """Raise `BadPattern` for a value that none of those before it can be as well."""
    same = (one for one in before if one.path == condition.path)
    if any(one.excludes(condition) or condition.excludes(one) for one in same):
        reason = f"'{'.'.join(condition.path)}' has another value already, and all have to hold"
        raise BadPattern(f"{reason}; write two patterns", condition.at, text)


def _condition(text: str, start: int) -> tuple[Condition, int]:
    name = _NAME.match(text, start)
    if name is None:
        raise BadPattern("here comes the name of an argument", start, text)
    at = name.end()
    if at == len(text) or text[at] != "=":
        hint = " (a value with a comma in it is put in quotes)" if "," in text[:start] else ""
        raise BadPattern(f"after the name of an argument comes '='{hint}", at, text)
    at += 1
    path = tuple(name.group().split("."))
    if text.startswith('"', at):
        quoted = _LITERAL.match(text, at)
        if quoted is None:
            raise BadPattern("this quote is not closed", at, text)
        try:
            value = json.loads(quoted.group())
        except ValueError as error:
            raise BadPattern("this is not a text as JSON writes it", at, text) from error
        return Condition(path, value, True, start), quoted.end()
    bare = _BARE.match(text, at)
    value = bare.group() if bare is not None else ""
    if not value:
        raise BadPattern('a value is missing; write "" for an empty text', at, text)
    if value != value.strip():
        raise BadPattern("a value that begins or ends with a space is put in quotes", at, text)
    return Condition(path, value, False, start), at + len(value)


def _is_met(condition: Condition, data: Mapping[str, Any]) -> bool:
    value: Any = data
    for name in condition.path:
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    if condition.is_any:
        return True
    if isinstance(value, dict | list) or (condition.is_literal and not is_text(value)):
        return False
    return condition.exactly.fullmatch(text_of(value)) is not None


def _is_loosely_met(condition: Condition, data: Mapping[str, Any]) -> Match:
    found = [_compared(condition, value) for value in _reached(data, condition.path)]
    # What is left out may have a default that comes to the same.
    return max(found, key=lambda match: match.value, default=Match.PERHAPS)


def _reached(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Give all values at the path, in all items of lists; in the end single values only."""
    if isinstance(value, list):
        for item in value:
            yield from _reached(item, path)
    elif path:
        if isinstance(value, dict):
            # As it is written, or as a careless reader takes it.
            names = [name for name in value if folded(name) == folded(path[0])]
            for name in names:
                yield from _reached(value[name], path[1:])
    elif isinstance(value, dict):
        for item in value.values():
            yield from _reached(item, ())
    else:
        yield value


def _compared(condition: Condition, value: Any) -> Match:
    if condition.is_any:
        return Match.YES
    texts = [text_of(value), *written_out(value)]
    if any(condition.loosely.fullmatch(folded(text)) for text in texts):
        return Match.YES
    wanted, given = number_of(condition.value), number_of(value)
    if wanted is not None and given is not None and wanted == given:
        return Match.YES
    # What a tool takes for true, it may be given as a word, or as a number.
    is_switch = condition.value.strip().lower() in ("true", "false")
    if isinstance(value, bool) != is_switch and (is_switch or wanted is not None):
        return Match.PERHAPS
    doubted = folded(text_of(value), doubts=True)
    return Match.PERHAPS if condition.doubtfully.fullmatch(doubted) else Match.NO
