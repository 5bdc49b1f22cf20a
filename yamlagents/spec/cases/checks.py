"""Test cases that are well-formed and still cannot be meant as they are written."""

from __future__ import annotations

from collections.abc import Iterator

from yamlagents.spec.cases.calls import form_problems
from yamlagents.spec.cases.kinds import ON_VALUES, slug
from yamlagents.spec.cases.shape import assertions, cases, kinds
from yamlagents.spec.cases.values import value_problems
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.scope import Field
from yamlagents.spec.text.document import Document
from yamlagents.spec.variables import Unset

_STEPS = ("text", "tool_calls", "handoff", "output", "error")


def case_problems(document: Document) -> Iterator[Problem]:
    """Give what is wrong with the tests of a file, as far as the file alone can tell."""
    yield from _names(document)
    for case in cases(document):
        yield from _inputs(case)
        yield from _answers(case)
        yield from _attempts(case)
        yield from form_problems(case)
        for step in case.part("script").items():
            yield from _step(step)
        for assertion, on_field in assertions(case):
            yield from _kind(assertion, on_field=on_field)
            yield from value_problems(assertion)


def _names(document: Document) -> Iterator[Problem]:
    """Tell of tests that share a name, or the cassette that is named after it."""
    first: dict[str, Field] = {}
    told: set[str] = set()
    for case in cases(document):
        name = case.part("name")
        if not isinstance(name.value, str) or not name.value or isinstance(name.value, Unset):
            continue
        short = slug(name.value) or name.value
        other = first.setdefault(short, name)
        if other is name:
            continue
        if short not in told:
            yield _twice(other, name, short)
        told.add(short)
        yield _twice(name, other, short)


def _twice(here: Field, there: Field, short: str) -> Problem:
    if here.value == there.value:
        message = f"the test '{shortened(here.value)}' is also defined at {there.place}"
        return here.problem("duplicate-test", message)
    message = f"the test at {there.place} has nearly this name"
    return here.problem("duplicate-test", message, f"both would have the cassette {short}.yaml")


def _inputs(case: Field) -> Iterator[Problem]:
    if "input" in case.value and "turns" in case.value:
        yield _conflict(case.part("turns"), "'input' and 'turns'", "keep one of them")
    elif "input" not in case.value and "turns" not in case.value:
        if any(suggestion(key, ("input", "turns")) for key in case.value):
            return  # it is misspelt, which is told
        message = "a test needs the key 'input', or 'turns'"
        yield case.problem("required-key", message, "for example input: Weather in Tokyo?")


def _answers(case: Field) -> Iterator[Problem]:
    if "script" not in case.value:
        return
    if "model" in case.value:
        hint = "a script answers instead of a model; keep one of them"
        yield _conflict(case.part("model"), "'script' and 'model'", hint)
    if case.value.get("tools") == "replay":
        message = "'script' and 'tools: replay' exclude each other"
        hint = "a test with a script has no recording; write tools: live, or tools: stub"
        yield case.part("tools").problem("conflicting-keys", message, hint)


def _conflict(field: Field, keys: str, hint: str) -> Problem:
    message = f"{keys} exclude each other"
    return field.document.problem(field.key_place, "conflicting-keys", message, hint=hint)


def _attempts(case: Field) -> Iterator[Problem]:
    repeat, require = case.value.get("repeat", 1), case.part("require")
    if isinstance(repeat, int) and isinstance(require.value, int) and require.value > repeat:
        times = "once" if repeat == 1 else f"{repeat} times"
        message = f"{require.value} runs cannot pass; the test is run {times}"
        yield require.problem("out-of-range", message, f"add repeat: {require.value}, or more")


def _step(step: Field) -> Iterator[Problem]:
    if not isinstance(step.value, dict) or not step.value:
        return
    found = [key for key in step.value if key in _STEPS]
    if len(found) > 1:
        hint = "one step is one turn of the model; write each as an item of its own"
        yield _conflict(step.part(found[1]), f"'{found[0]}' and '{found[1]}'", hint)
    elif not found and _only_x(step):
        message = f"a script step needs one of the keys {', '.join(_STEPS)}"
        yield step.problem("required-key", message)


def _kind(assertion: Field, *, on_field: bool) -> Iterator[Problem]:
    found = kinds(assertion.value)
    if len(found) > 1:
        hint = "write each as an item of its own"
        both = f"'{found[0]}' and '{found[1]}' are two assertions"
        place = assertion.part(found[1]).key_place
        yield assertion.document.problem(place, "conflicting-keys", both, hint=hint)
    elif not found and assertion.value and _only_x(assertion, "path"):
        yield assertion.problem(
            "required-key", "this asserts nothing", "for example contains: sunny"
        )
    elif found and on_field and found[0] not in ON_VALUES:
        message = f"'{found[0]}' is an assertion about the run, not about a field"
        place = assertion.part(found[0]).key_place
        yield assertion.document.problem(place, "unknown-assertion", message)


def _only_x(field: Field, *others: str) -> bool:
    return all(key.startswith("x-") or key in others for key in field.value)
