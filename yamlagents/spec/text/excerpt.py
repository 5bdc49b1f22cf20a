"""Problems as text for people: the place, what is wrong, and the line with a caret below it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from yamlagents.spec.problem import Problem, masked
from yamlagents.spec.text.visible import VISIBLE, visible

WIDTH = 100
# A problem is one line, and no text of a file reaches a terminal as a command to it.
_BLANK = dict.fromkeys(VISIBLE, " ")
_COLORS = {"error": "red", "warning": "yellow", "note": "cyan"}

# Colors words: called with them and, by name, with `fg`, the color, and `bold`.
Paint = Callable[..., str]


def plain(words: str, *, fg: str | None = None, bold: bool = False) -> str:
    """Give `words` as they are: the paint that has no color."""
    return words


def problem_text(problem: Problem, paint: Paint = plain) -> str:
    """Give a problem as `file:line:column: severity[code]: message` with its line and a caret."""
    head = paint(f"{problem.severity}[{problem.code}]", fg=_COLORS[problem.severity], bold=True)
    message = visible(problem.message)
    lines = [f"{paint(str(problem.place), bold=True)}: {head}: {message}"]
    excerpt = _excerpt(problem)
    if excerpt is not None:
        number, line, caret = excerpt
        lines += [f"{number:>5} | {line}", f"      | {paint(caret, fg=_COLORS[problem.severity])}"]
    if problem.hint:
        lines.append(f"      = {visible(problem.hint)}")
    return "\n".join(lines)


def _excerpt(problem: Problem) -> tuple[int, str, str] | None:
    """Give the line's number, the line and the caret below it; a long line is cut around it."""
    place = problem.place
    source = place.source.line(place.line)
    if not source.strip():
        return None
    line = masked(source).translate(_BLANK)
    start = min(place.column - 1, len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    end = max(min(end, len(line.rstrip())), start + 1)
    if problem.code == "literal-secret":
        line = line[:start] + "*" * (end - start) + line[end:]
    cut = max(0, start - WIDTH // 2) if len(line) > WIDTH else 0
    shown = line[cut : cut + WIDTH]
    before, marked = shown[: start - cut], shown[start - cut : end - cut]
    return place.line, shown.rstrip(), " " * _width(before) + "^" * max(_width(marked), 1)


def _width(text: str) -> int:
    """Give the columns that `text` takes up on a terminal: two for a wide character."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)
