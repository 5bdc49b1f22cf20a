"""Assertions about what a run did: the tools it called, where control went, how it ended."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from yamlagents.events import HandedOff
from yamlagents.result import ToolCall
from yamlagents.spec.cases.records import Expectation
from yamlagents.testing.answers import as_text, failed, same, shown, unknown
from yamlagents.testing.limits import bounds, within
from yamlagents.testing.outcomes import CaseRun, Failure
from yamlagents.waiting import DENIED

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_PATTERN = frozenset(("matches", "type"))


def calls(run: CaseRun) -> tuple[ToolCall, ...]:
    """Give the tool calls of a run, of one that failed as well, but for those that were denied."""
    told = run.result.tool_calls if run.result is not None else ()
    return tuple(call for call in told if call.error != DENIED)


def told(called: Iterable[ToolCall]) -> str:
    """Give tool calls as text, one a line."""
    lines = [f"{call.name}({_arguments(call.arguments)})" for call in called]
    return "\n".join(lines) or "no call"


def _arguments(arguments: Any) -> str:
    if not isinstance(arguments, dict):
        return as_text(arguments)
    pairs = arguments.items()
    return ", ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in pairs)


def holds(expected: Any, actual: Any) -> bool:
    """Tell whether `actual` has all that `expected` has; raises `re.error` for a bad pattern.

    Mappings may have more keys, lists are compared item by item. `{matches: regex}` and
    `{type: string}` stand for any value that fits, unless the value itself has these keys.
    """
    if isinstance(expected, Mapping):
        keys = expected.keys()
        own = isinstance(actual, Mapping) and keys <= actual.keys()
        if keys and keys <= _PATTERN and not own:
            return _fits(expected, actual)
        return own and all(holds(expected[key], actual[key]) for key in keys)
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(holds, expected, actual))
    return same(expected, actual)


def _fits(pattern: Mapping[str, Any], actual: Any) -> bool:
    if "type" in pattern:
        names = pattern["type"] if isinstance(pattern["type"], list) else [pattern["type"]]
        if not any(_is(actual, str(name)) for name in names):
            return False
    return "matches" not in pattern or bool(re.search(str(pattern["matches"]), as_text(actual)))


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES.get(name, ()))


def _tool_called(expectation: Expectation, run: CaseRun) -> Failure | None:
    name, times = expectation.value, expectation.options.get("times", {"min": 1})
    arguments = expectation.options.get("arguments")
    named = [call for call in calls(run) if call.name == name]
    try:
        found = [call for call in named if arguments is None or holds(arguments, call.arguments)]
    except re.error as error:
        return unknown(expectation, f"not a regular expression: {error}", shown(arguments), "")
    if within(len(found), times):
        return None
    wanted = name if arguments is None else f"{name}({_arguments(arguments)})"
    if "times" in expectation.options:
        message = f"'{name}' was called {_times(len(found))}" + (" so" if arguments else "")
        return failed(expectation, message, f"{wanted}, {bounds(times)} times", told(calls(run)))
    message = f"'{name}' was never called" + (" with these arguments" if named else "")
    return failed(expectation, message, wanted, told(named or calls(run)))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _tools_in_order(expectation: Expectation, run: CaseRun) -> Failure | None:
    names = [call.name for call in calls(run)]
    rest = iter(names)
    for wanted in expectation.value:
        if wanted not in rest:
            missed = f"'{wanted}' was not called in this order"
            return failed(expectation, missed, ", ".join(expectation.value), _listed(names))
    return None


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _tool_count(expectation: Expectation, run: CaseRun) -> Failure | None:
    tool = expectation.options.get("tool")
    counted = [call for call in calls(run) if tool is None or call.name == tool]
    if within(len(counted), expectation.value):
        return None
    subject = "tools were" if tool is None else f"'{tool}' was"
    message = f"{subject} called {_times(len(counted))}"
    return failed(expectation, message, f"{bounds(expectation.value)} calls", told(counted))


def _no_tool(expectation: Expectation, run: CaseRun) -> Failure | None:
    value = expectation.value
    if value is False:
        return unknown(expectation, "no_tool is true, or names tools", "true", "false")
    names = value if isinstance(value, list | tuple) else [value]
    wrong = [call for call in calls(run) if value is True or call.name in names]
    if not wrong:
        return None
    expected = "no call" if value is True else f"no call of {_listed(names)}"
    return failed(expectation, f"'{wrong[0].name}' was called", expected, told(wrong))


def key_of(run: CaseRun, name: str) -> str:
    """Give the key of the agent that is shown as `name`; the name itself if it is no agent's."""
    return next((key for key, agent in run.spec.agents.items() if agent.name == name), name)


def _last_agent(expectation: Expectation, run: CaseRun) -> Failure | None:
    last = key_of(run, run.result.last_agent) if run.result is not None else "none"
    if last == expectation.value:
        return None
    return failed(expectation, f"the last agent was '{last}'", str(expectation.value), last)


def handoffs(run: CaseRun) -> list[str]:
    """Give the keys of the agents that control passed to; runs inside the run do not count."""
    taken = (e for e in run.events if isinstance(e, HandedOff) and not e.nested)
    return [key_of(run, event.to) for event in taken]


def _handoffs(expectation: Expectation, run: CaseRun) -> Failure | None:
    taken = handoffs(run)
    if taken == list(expectation.value):
        return None
    return failed(expectation, "other handoffs", _listed(expectation.value), _listed(taken))


def ending(run: CaseRun) -> str:
    """Say how a run ended."""
    if run.error is not None:
        return f"{run.error.code} (exit code {run.error.exit}): {run.error.message}"
    return "the run ended without a failure"


def _guardrail(expectation: Expectation, run: CaseRun) -> Failure | None:
    error = run.error
    tripped = error is not None and error.code == "guardrail"
    # What the guardrail found may be told after that, and may name others.
    said = f"the guardrail '{expectation.value}' stopped the run"
    if tripped and error is not None and error.message.startswith(said):
        return None
    message = f"the guardrail '{expectation.value}' did not stop the run"
    return failed(expectation, message, str(expectation.value), ending(run))


def _approval(expectation: Expectation, run: CaseRun) -> Failure | None:
    name, options = expectation.value, expectation.options
    arguments, answer = options.get("arguments"), options.get("answer")
    named = [one for one in run.asked if one.tool == name]
    try:
        so = [one for one in named if arguments is None or holds(arguments, one.arguments)]
    except re.error as error:
        return unknown(expectation, f"not a regular expression: {error}", shown(arguments), "")
    if any(answer in (None, one.answer) for one in so):
        return None
    wanted = name if arguments is None else f"{name}({_arguments(arguments)})"
    message = f"no approval of '{name}' was asked for" + (" with these arguments" if named else "")
    if so:
        message = f"'{name}' was {' and '.join(dict.fromkeys(_ANSWERS[one.answer] for one in so))}"
    asked = [f"{one.tool}({_arguments(one.arguments)}): {one.answer}" for one in named or run.asked]
    expected = wanted if answer is None else f"{wanted}: {answer}"
    return failed(expectation, message, expected, "\n".join(asked) or "none")


_ANSWERS = {"approved": "approved", "denied": "denied", "waiting": "left waiting"}


def _error(expectation: Expectation, run: CaseRun) -> Failure | None:
    wanted = expectation.value
    if run.error is not None and wanted in (run.error.code, run.error.exit):
        return None
    message = "the run did not fail" if run.error is None else "the run failed with something else"
    return failed(expectation, message, str(wanted), ending(run))


CONDUCT: dict[str, Callable[[Expectation, CaseRun], Failure | None]] = {
    "tool_called": _tool_called,
    "tools_in_order": _tools_in_order,
    "tool_count": _tool_count,
    "no_tool": _no_tool,
    "last_agent": _last_agent,
    "handoffs": _handoffs,
    "guardrail": _guardrail,
    "approval": _approval,
    "error": _error,
}
