"""Short texts for common regular expressions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = _LETTERS + _LETTERS.upper() + _DIGITS + "_"
_PRINTABLE = _WORD + " -.,:;!?@#$%&*+/=<>()[]{}'\"|~^"
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": " "}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}
_REPEAT = re.compile(r"\{(\d+)(,(\d*))?\}")
_MOST_REPEATS = 64
_LONGEST = 10_000


class NotUnderstood(ValueError):
    """The expression uses something that this generator does not know."""


def texts_for(pattern: str) -> Iterator[str]:
    """Yield texts that `pattern` is found in, short ones first; none if it is not understood.

    Known: literals, escapes, classes, groups, alternatives, repeats, and the anchors at the ends.
    Each text is checked with `re.search`, so what is yielded does match.
    """
    try:
        wanted = re.compile(pattern)
        for extra in range(_MOST_REPEATS):
            for pick in range(6 if extra < 2 else 1):
                reader = _Reader(pattern, extra=extra, pick=pick)
                text = reader.alternatives()
                if reader.at == len(pattern) and wanted.search(text):
                    yield text
    except (NotUnderstood, re.error, IndexError):
        return


@dataclass
class _Reader:
    """Reads an expression once, writing a text on the way."""

    pattern: str
    extra: int
    """How many more times than needed an open repeat is written."""
    pick: int
    """Which alternative and which character of a class is taken."""
    at: int = 0

    def alternatives(self) -> str:
        branches = [self.sequence()]
        while self._next() == "|":
            self.at += 1
            branches.append(self.sequence())
        return branches[self.pick % len(branches)]

    def sequence(self) -> str:
        text = ""
        while self._next() not in ("", "|", ")"):
            piece = self.atom()
            least, most = self.repeat()
            text += piece * min(least + self.extra, most)
            if len(text) > _LONGEST:
                raise NotUnderstood(self.pattern)
        return text

    def atom(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        if char == "(":
            return self.group()
        if char == "[":
            return self._take(self.char_class())
        if char == "\\":
            return self._take(self.escape())
        if char == ".":
            return self._take(_LETTERS)
        return "" if char in "^$" else char

    def group(self) -> str:
        if self._next() == "?":
            match = re.compile(r"\?(?::|P?<[A-Za-z_]\w*>)").match(self.pattern, self.at)
            if match is None:
                raise NotUnderstood(self.pattern)
            self.at = match.end()
        text = self.alternatives()
        if self._next() != ")":
            raise NotUnderstood(self.pattern)
        self.at += 1
        return text

    def escape(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        if char in "bBAZz":
            return ""
        if char.lower() in _CLASSES:
            known = _CLASSES[char.lower()]
            return known if char.islower() else "".join(c for c in _PRINTABLE if c not in known)
        if char.isalnum() and char not in _CONTROLS:
            raise NotUnderstood(self.pattern)
        return _CONTROLS.get(char, char)

    def char_class(self) -> str:
        negated = self._next() == "^"
        self.at += negated
        chars = ""
        start = self.at
        while self._next() != "]" or self.at == start:
            chars += self.class_part()
        self.at += 1
        if negated:
            return "".join(c for c in _PRINTABLE if c not in chars)
        return chars

    def class_part(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        low = self.escape() if char == "\\" else char
        follows = self.pattern[self.at : self.at + 2]
        if len(low) != 1 or len(follows) < 2 or follows[0] != "-" or follows[1] == "]":
            return low
        high = follows[1]
        self.at += 2
        if high == "\\":
            high = self.escape()
        last = min(ord(high), ord(low) + 128)
        return "".join(chr(code) for code in range(ord(low), last + 1))

    def repeat(self) -> tuple[int, int]:
        char = self._next()
        bounds = {"*": (0, _MOST_REPEATS), "+": (1, _MOST_REPEATS), "?": (0, 1)}.get(char)
        if bounds is not None:
            self.at += 1
        else:
            match = _REPEAT.match(self.pattern, self.at)
            if match is None:
                return 1, 1
            self.at = match.end()
            least = int(match[1])
            most = least if match[2] is None else int(match[3] or least + _MOST_REPEATS)
            bounds = least, most
        if self._next() in ("?", "+"):
            self.at += 1
        return bounds

    def _take(self, chars: str) -> str:
        return chars[self.pick % len(chars)] if chars else ""

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]
