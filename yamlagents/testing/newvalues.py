"""What an assertion would say if it were made from a run: its new value, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yamlagents.spec.cases.records import Expectation
from yamlagents.testing.answers import NoAnswer, answer, as_text, parsed, same
from yamlagents.testing.conduct import calls, handoffs, holds, key_of
from yamlagents.testing.limits import LIMITS, number_of
from yamlagents.testing.outcomes import CaseRun

# The key beside or at the kind, and what it is to hold.
New = tuple[str, Any]


class NoValue(Exception):
    """An assertion that no value is evident for; the text says why."""


def new_value(expectation: Expectation, run: CaseRun) -> New:
    """Give the key of an assertion whose value `run` replaces, and the new value as plain data.

    Raises `NoValue` where a person has to choose.
    """
    kind = expectation.kind
    try:
        if kind in _NEW:
            return _NEW[kind](expectation, run)
        if kind in LIMITS and kind not in _REASONS:
            return kind, _number(expectation, number_of(kind, run))
    except NoAnswer as error:
        raise NoValue(str(error)) from error
    raise NoValue(_REASONS.get(kind, "what it expects is not a value of the run"))


def _equals(expectation: Expectation, run: CaseRun) -> New:
    expected, actual = expectation.value, answer(run)
    if isinstance(expected, str):
        return "equals", as_text(actual)
    try:
        return "equals", blended(expected, parsed(actual))
    except ValueError:  # text where data was expected
        return "equals", actual


def blended(old: Any, new: Any) -> Any:
    """Give `new`, in which what equals `old` is written as it was, and keys keep their order."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = [key for key in old if key in new] + [key for key in new if key not in old]
        return {key: blended(old[key], new[key]) if key in old else new[key] for key in keys}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return list(map(blended, old, new))
    return old if same(old, new) else new


def _tool_called(expectation: Expectation, run: CaseRun) -> New:
    name, options = expectation.value, expectation.options
    named = [call.arguments for call in calls(run) if call.name == name]
    arguments = options.get("arguments")
    found = [given for given in named if arguments is None or holds(arguments, given)]
    if not named:
        raise NoValue(f"'{name}' was never called")
    if found and "times" in options:
        return "times", _number_of(options["times"], len(found))
    if arguments is None:
        raise NoValue(f"'{name}' was called")
    if any(not same(given, named[0]) for given in named):
        raise NoValue(f"'{name}' was called with several arguments")
    return "arguments", _updated(arguments, named[0], "")


def _updated(expected: Any, actual: Any, path: str) -> Any:
    """Give `expected` with the values that differ in `actual`, which may hold more."""
    if holds(expected, actual):
        return expected
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping) or not expected.keys() <= actual.keys():
            missing = "is a pattern, or names what the call did not have"
            raise NoValue(f"'{path}' {missing}" if path else f"it {missing}")
        below = ((key, f"{path}.{key}" if path else key) for key in expected)
        return {key: _updated(expected[key], actual[key], name) for key, name in below}
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        items = enumerate(zip(expected, actual, strict=True))
        return [_updated(old, new, f"{path}[{index}]") for index, (old, new) in items]
    return actual


def _tools_in_order(expectation: Expectation, run: CaseRun) -> New:
    names = [call.name for call in calls(run)]
    if not names:
        raise NoValue("no tool was called")
    return "tools_in_order", names


def _tool_count(expectation: Expectation, run: CaseRun) -> New:
    tool = expectation.options.get("tool")
    counted = [call for call in calls(run) if tool in (None, call.name)]
    return "tool_count", _number_of(expectation.value, len(counted))


def _last_agent(expectation: Expectation, run: CaseRun) -> New:
    if run.result is None:
        raise NoValue("the run has no result")
    return "last_agent", key_of(run, run.result.last_agent)


def _handoffs(expectation: Expectation, run: CaseRun) -> New:
    return "handoffs", handoffs(run)


def _number(expectation: Expectation, number: float | None) -> Any:
    if number is None:
        raise NoValue("the number is not known")
    return _number_of(expectation.value, number)


def _number_of(limits: Any, number: float) -> float:
    if isinstance(limits, Mapping):
        raise NoValue("how wide a range is cannot be read off a run")
    return number


_NEW: Mapping[str, Callable[[Expectation, CaseRun], New]] = {
    "equals": _equals,
    "tool_called": _tool_called,
    "tools_in_order": _tools_in_order,
    "tool_count": _tool_count,
    "last_agent": _last_agent,
    "handoffs": _handoffs,
}
_TEXTS = "many parts of the answer would do"
_REASONS: Mapping[str, str] = {
    "contains": _TEXTS,
    "icontains": _TEXTS,
    "contains_any": _TEXTS,
    "contains_all": _TEXTS,
    "icontains_any": _TEXTS,
    "icontains_all": _TEXTS,
    "starts_with": _TEXTS,
    "matches": "many patterns would do",
    "json": "many schemas would do",
    "usd": "how high a limit is cannot be read off a run",
    "seconds": "how high a limit is cannot be read off a run",
    "not": "many changes would do",
    "any_of": "many changes would do",
    "python": "a function judges it",
    "rubric": "a model judges it",
}
