"""Assertions about the final output: its text, its data, and the fields of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema.validators
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable

from yamlagents.spec.cases.records import Expectation
from yamlagents.spec.paths import steps
from yamlagents.testing.outcomes import CaseRun, Failure

LONGEST = 2000


class NoAnswer(Exception):
    """A run without a final output; its text says why."""


def answer(run: CaseRun) -> Any:
    """Give the final output as plain data. Raises `NoAnswer` if the run did not end with one."""
    if run.error is not None:
        raise NoAnswer(f"no answer: the run failed with {run.error.code}")
    if run.result is None:
        raise NoAnswer("no answer")
    return run.result.output


def as_text(value: Any) -> str:
    """Give a text as it is, and anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def shown(value: Any) -> str:
    """Give a value for a failure: whole, unless it is very long."""
    text = as_text(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters)"


def failed(expectation: Expectation, message: str, expected: str, actual: str) -> Failure:
    """Give the failure of an assertion that was judged."""
    return Failure(expectation.place, message, expected, actual, expectation.kind)


def unknown(expectation: Expectation, message: str, expected: str, actual: str) -> Failure:
    """Give the failure of an assertion that cannot be judged."""
    return Failure(expectation.place, message, expected, actual, expectation.kind, unknown=True)


def same(left: Any, right: Any) -> bool:
    """Tell whether two pieces of JSON data are equal; unlike in Python, true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def parsed(value: Any) -> Any:
    """Give data as it is, and a text as the JSON it holds. Raises `ValueError` if it holds none."""
    return json.loads(value) if isinstance(value, str) else value


def at(value: Any, path: str) -> Any:
    """Give what lies at `path` in `value`.

    Raises `LookupError`, saying what there is instead, and `ValueError` if `path` is no path.
    """
    here = "the answer"
    for step in steps(path):
        fits = isinstance(value, dict if isinstance(step, str) else list)
        if not fits:
            wanted = "an object" if isinstance(step, str) else "a list"
            raise LookupError(f"{here} is not {wanted}: {shown(value)}")
        try:
            value = value[step]
        except LookupError:
            has = ", ".join(value) if isinstance(value, dict) else f"{len(value)} items"
            raise LookupError(f"{here} has no {step!r}; it has {has or 'nothing'}") from None
        here = f"{step!r}"
    return value


def _equals(expectation: Expectation, run: CaseRun) -> Failure | None:
    expected, actual = expectation.value, answer(run)
    if isinstance(expected, str):
        text = as_text(actual)
        if text == expected:
            return None
        pairs = enumerate(zip(expected, text, strict=False), 1)
        short = min(len(expected), len(text)) + 1
        first = next((index for index, (left, right) in pairs if left != right), short)
        message = f"the answer differs from character {first} on"
        return failed(expectation, message, shown(expected), shown(text))
    try:
        data = parsed(actual)
    except ValueError:
        message = "the answer is text, not data"
        return failed(expectation, message, shown(expected), shown(actual))
    if same(data, expected):
        return None
    return failed(expectation, "the answer is another", shown(expected), shown(data))


def _words(expectation: Expectation) -> list[str]:
    value = expectation.value
    return [as_text(item) for item in (value if isinstance(value, list | tuple) else [value])]


def _holding(*, fold: bool, any_: bool) -> Callable[[Expectation, CaseRun], Failure | None]:
    """Make the check that an answer contains all words, or any; `fold` ignores their case."""

    def check(expectation: Expectation, run: CaseRun) -> Failure | None:
        text, words = as_text(answer(run)), _words(expectation)
        within = text.casefold() if fold else text
        missing = [word for word in words if (word.casefold() if fold else word) not in within]
        if not words:
            return unknown(expectation, "there is no text to look for", "a text", "none")
        if not missing or (any_ and len(missing) < len(words)):
            return None
        named = (" or " if any_ else " and ").join(map(repr, missing))
        case = ", in whatever case" if fold else ""
        message = f"the answer does not contain {named}{case}"
        expected = f"contains {'any' if any_ else 'all'} of {words}" if len(words) > 1 else words[0]
        return failed(expectation, message, shown(expected), shown(text))

    return check


def _starts_with(expectation: Expectation, run: CaseRun) -> Failure | None:
    text, start = as_text(answer(run)), as_text(expectation.value)
    if text.startswith(start):
        return None
    message = f"the answer does not start with {start!r}"
    return failed(expectation, message, shown(start), shown(text))


def _matches(expectation: Expectation, run: CaseRun) -> Failure | None:
    text, pattern = as_text(answer(run)), str(expectation.value)
    try:
        found = re.search(pattern, text)
    except re.error as error:
        return unknown(expectation, f"not a regular expression: {error}", pattern, "")
    if found is not None:
        return None
    return failed(expectation, "the pattern is not in the answer", pattern, shown(text))


def _json(expectation: Expectation, run: CaseRun) -> Failure | None:
    actual, schema = answer(run), expectation.value
    kind = jsonschema.validators.validator_for(
        schema, default=jsonschema.validators.Draft202012Validator
    )
    try:
        kind.check_schema(schema)
        data = parsed(actual)
        # An empty registry: a schema takes nothing from the network.
        worst = best_match(kind(schema, registry=Registry()).iter_errors(data))
    except (SchemaError, Unresolvable) as error:
        said = error.message if isinstance(error, SchemaError) else str(error)
        return unknown(expectation, f"not a usable JSON Schema: {said}", shown(schema), "")
    except ValueError as error:
        return failed(expectation, f"the answer is not JSON: {error}", "JSON", shown(actual))
    if worst is None:
        return None
    return failed(expectation, _said(worst), shown(worst.schema), shown(worst.instance))


def _said(error: ValidationError) -> str:
    where = error.json_path.removeprefix("$").removeprefix(".")
    return f"{where}: {error.message}" if where else f"the answer: {error.message}"


ANSWERS: dict[str, Callable[[Expectation, CaseRun], Failure | None]] = {
    "equals": _equals,
    "contains": _holding(fold=False, any_=False),
    "icontains": _holding(fold=True, any_=False),
    "contains_any": _holding(fold=False, any_=True),
    "contains_all": _holding(fold=False, any_=False),
    "icontains_any": _holding(fold=True, any_=True),
    "icontains_all": _holding(fold=True, any_=False),
    "starts_with": _starts_with,
    "matches": _matches,
    "json": _json,
}
