"""Values of assertions: patterns have to compile, schemas to be valid, ranges to hold a number."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator

from yamlagents.spec.cases.shape import kinds
from yamlagents.spec.paths import steps
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.run.codes import EXITS, UNEXPECTED
from yamlagents.spec.schema.jsonschemas import json_schema_problems
from yamlagents.spec.scope import Field
from yamlagents.spec.variables import Unset

# What a mapping in expected arguments may have to stand for any value that fits.
_PATTERN = frozenset(("matches", "type"))


def value_problems(assertion: Field) -> Iterator[Problem]:
    """Give what is wrong with the values of an assertion, whose kind is checked elsewhere."""
    for kind in kinds(assertion.value):
        check = _CHECKS.get(kind)
        if check is not None:
            yield from check(assertion.part(kind))
    yield from _range(assertion.part("times"))
    yield from _votes(assertion.part("votes"))
    yield from _patterns(assertion.part("arguments"))


def _regex(field: Field) -> Iterator[Problem]:
    if not isinstance(field.value, str) or isinstance(field.value, Unset):
        return
    try:
        with warnings.catch_warnings():
            # Python's doubts about a pattern that works are not the file's problem.
            warnings.simplefilter("ignore")
            re.compile(field.value)
    except (re.error, OverflowError, RecursionError) as error:
        yield field.problem("bad-value", f"this is not a regular expression: {error}")


def _path(field: Field) -> Iterator[Problem]:
    path = field.part("path")
    if not isinstance(path.value, str) or isinstance(path.value, Unset):
        return
    try:
        steps(path.value)
    except ValueError as error:
        hint = """a key with a dot or a bracket in it stands in quotes: hosts["a.b"]"""
        yield path.problem("bad-value", shortened(str(error)), hint)


def _range(field: Field) -> Iterator[Problem]:
    low, high = field.part("min"), field.part("max")
    numbers = isinstance(low.value, int | float) and isinstance(high.value, int | float)
    if numbers and low.value > high.value:
        message = f"no number is at least {low.value} and at most {high.value}"
        yield low.problem("out-of-range", message)


def _votes(field: Field) -> Iterator[Problem]:
    if isinstance(field.value, int) and field.value > 0 and field.value % 2 == 0:
        message = f"{field.value} votes may end in a tie; the number must be odd"
        yield field.problem("out-of-range", message)


def _patterns(field: Field) -> Iterator[Problem]:
    """Check the patterns that stand for a value, at whatever depth."""
    waiting = [field]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner.value, dict):
            if inner is not field and inner.value and inner.value.keys() <= _PATTERN:
                yield from _regex(inner.part("matches"))
            waiting += [inner.part(key) for key in inner.value]
        waiting += inner.items()


_CODES = tuple(code for code in EXITS if code not in UNEXPECTED)
_EXITS = tuple(sorted({EXITS[code] for code in _CODES}))


def _error(field: Field) -> Iterator[Problem]:
    """Check that a run of a test can fail so; under `not` another code would always hold."""
    value = field.value
    if isinstance(value, Unset) or not value or isinstance(value, bool):
        return
    if isinstance(value, int) and value not in _EXITS:
        known = f"the exit codes of runs that fail are {_EXITS[0]} to {_EXITS[-1]}"
        yield field.problem("bad-value", f"no test ends with the exit code {value}", known)
    elif isinstance(value, str) and value in UNEXPECTED:
        hint = "a test can expect that its run fails, and not that it cannot be judged"
        yield field.problem("bad-value", f"no test can expect '{value}'", hint)
    elif isinstance(value, str) and value not in _CODES:
        near = suggestion(value, _CODES)
        listed = "the codes are listed in docs/problems.md, for example tool-failed"
        message = f"no run fails with '{shortened(value)}'{near}"
        yield field.problem("bad-value", message, None if near else listed)


_CHECKS: dict[str, Callable[[Field], Iterator[Problem]]] = {
    "matches": _regex,
    "json": json_schema_problems,
    "field": _path,
    "error": _error,
    **dict.fromkeys(
        ("tool_count", "turns", "requests", "total_tokens", "usd", "seconds", "word_count"), _range
    ),
}
