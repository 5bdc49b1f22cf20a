"""Text that is no YAML: what the parser met, and the usual cause of it, in people's words."""

from __future__ import annotations

import re

import yaml
from yaml.reader import Reader

from yamlagents.spec.problem import Place, Problem, Source

_QUOTE = "put the text in quotes"
_IN_LINES = "put it in quotes; if it is no text, write what is inside {} or [] in lines of its own"
_WORD = re.compile(r"^\s*[\w-]+\s*$")
_NO_SPACE = re.compile(r"^\s*(?:- +)?[\w-]+:[^\s/]")
_ALIAS = re.compile(r"\*([^\s,\]}]+)")


def control_character(source: Source) -> Problem | None:
    """Give the problem of the first control character in `source`, if there is one."""
    # What is not printable the parser refuses itself, at a place counted in bytes.
    found = Reader.NON_PRINTABLE.search(source.text)
    if found is None:
        return None
    message = f"the control character 0x{ord(found[0]):02x} may not stand in a file"
    hint = f'remove it, or write it as an escape in double quotes: "\\x{ord(found[0]):02x}"'
    return _problem(source.place(*found.span()), message, hint if ord(found[0]) < 256 else None)


def syntax_problem(source: Source, error: yaml.YAMLError) -> Problem:
    """Give the problem that the parser's `error` stands for, at the place that needs a change."""
    if not isinstance(error, yaml.MarkedYAMLError):
        reason = str(getattr(error, "reason", error)).split("\n")[0]
        return _problem(Place(source, 1, 1, 1, 1), f"not YAML: {reason}", None)
    met = _place(source, error.problem_mark or error.context_mark)
    began = _place(source, error.context_mark) if error.context_mark is not None else met
    said, context = str(error.problem or ""), str(error.context or "")
    if "flow" in context or "quoted scalar" in context:
        return _unclosed(source, met, began, said, context)
    return _misplaced(source, met, began, said)


def _unclosed(source: Source, met: Place, began: Place, said: str, context: str) -> Problem:
    opener = source.line(began.line)[began.column - 1 : began.column]
    if "end of stream" in said or "document indicator" in said:
        inside = '\\"' if opener == '"' else "''"
        hint = f"close it; inside it, this quote is written {inside}"
        return _problem(began, "this quote is not closed", hint)
    if "expected ',' or" not in said:
        return _problem(met, f"not YAML: {said}, {context}", None)
    if source.line(met.line)[: met.column].endswith("${"):
        return _problem(met, "a '${' may not stand here without quotes", _IN_LINES)
    closer = "]" if opener == "[" else "}"
    hint = f"close it with '{closer}'"
    if source.line(met.line).strip():
        hint += f", or put a ',' before line {met.line}, column {met.column}"
    return _problem(began, f"this '{opener}' is not closed", hint)


def _misplaced(source: Source, met: Place, began: Place, said: str) -> Problem:
    line = source.line(met.line)
    char = line[met.column - 1 : met.column]
    if "cannot start any token" in said or line[: met.column].strip(" ") == "\t":
        if char == "\t" or line.lstrip(" ").startswith("\t"):
            return _problem(met, "a tab may not indent a line", "indent with spaces")
        return _problem(met, f"a value may not start with '{char}'", _QUOTE)
    if "mapping values are not allowed" in said:
        return _problem(met, "a ': ' may not stand here", _colon_hint(source, met))
    if "expected key" in said and line[: met.column - 1].strip():
        return _problem(met, "the value has ended before this", "put all of it in quotes")
    if "expected key" in said:
        message = f"a key of the mapping that starts in line {began.line} is expected here"
        return _problem(met, message, f"its keys start in column {began.column}")
    if "expected '-' indicator" in said:
        message = f"an item of the list that starts in line {began.line} is expected here"
        return _problem(met, message, f"its items start with '-' in column {began.column}")
    if "could not find expected ':'" in said:
        hint = "write 'key: value', or '- ' before an item of a list"
        return _problem(began, "a ':' is missing after this", hint)
    if "alphabetic or numeric" in said:
        return _problem(began, "this is no alias '*name' and no anchor '&name'", _QUOTE)
    if "undefined alias" in said:
        alias = _ALIAS.match(line, met.column - 1)
        name = alias[1] if alias is not None else "name"
        hint = f"an alias follows its anchor; text that starts with '*' needs quotes: '*{name}'"
        return _problem(met, f"there is no anchor '&{name}' above", hint)
    if "another document" in said:
        hint = "write one document a file; remove the '---'"
        return _problem(met, "a second document starts here", hint)
    return _problem(met, f"not YAML: {said}", None)


def _colon_hint(source: Source, met: Place) -> str:
    for number in (met.line, met.line - 1):
        if number > 0 and _NO_SPACE.match(source.line(number)):
            return f"write a space after the ':' in line {number}"
    if _WORD.match(source.line(met.line - 1)):
        return f"write a ':' at the end of line {met.line - 1}"
    return f"{_QUOTE} if the ':' belongs to it"


def _place(source: Source, mark: yaml.Mark | None) -> Place:
    if mark is None:
        return Place(source, 1, 1, 1, 1)
    return Place(source, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)


def _problem(place: Place, message: str, hint: str | None) -> Problem:
    return Problem(place, "error", "syntax", message, hint)
