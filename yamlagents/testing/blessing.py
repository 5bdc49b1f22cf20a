"""Which values in an agent file are to say what its cases came to, and which cannot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from yamlagents.runtime.redaction import Redaction
from yamlagents.spec.cases.records import CaseSpec, Expectation
from yamlagents.spec.cases.shape import cases, children
from yamlagents.spec.problem import Place
from yamlagents.spec.scope import Field
from yamlagents.spec.text.document import Document, Keys
from yamlagents.spec.text.reader import FILE
from yamlagents.testing.answers import same
from yamlagents.testing.assertions import judge, within_field
from yamlagents.testing.execution import expected
from yamlagents.testing.newvalues import New, NoValue, new_value
from yamlagents.testing.outcomes import CaseResult, CaseRun


@dataclass(frozen=True)
class Change:
    """A value of an assertion that is to be another: where it stands, what it was, what it is."""

    expectation: Expectation
    keys: Keys
    old: Any
    new: Any


@dataclass(frozen=True)
class Blessing:
    """What can be changed in one file, and why the other assertions that failed stay so."""

    changes: tuple[Change, ...] = ()
    reasons: Mapping[Place, str] = field(default_factory=dict)


def blessing(document: Document, results: Iterable[CaseResult]) -> Blessing:
    """Give what can be changed in `document`, one agent file, whose cases gave `results`."""
    # By their places: a name with a param in it is another in each test's own params.
    fields = {case.part("name").place: case for case in cases(document)}
    changes: list[Change] = []
    reasons: dict[Place, str] = {}
    for result in results:
        if result.outcome not in ("failed", "error"):
            continue
        if any(run.error is not None and not expected(result.case, run) for run in result.runs):
            reasons |= {failure.place: "the run failed" for failure in result.failures}
            continue
        for one in _of_case(fields[result.case.place], result):
            if isinstance(one, Change):
                changes.append(one)
            else:
                reasons[one[0]] = one[1]
    return Blessing(tuple(changes), reasons)


def _of_case(case: Field, result: CaseResult) -> Iterator[Change | tuple[Place, str]]:
    if not result.runs:
        return
    redaction = Redaction(result.runs[0].spec)
    for assertion, expectation in zip(case.part("expect").items(), result.case.expect, strict=True):
        for found in _of(assertion, expectation, result.runs):
            if isinstance(found, Change) and redaction(found.new) != found.new:
                yield found.expectation.place, "a secret is in the new value"
            else:
                yield found


def _of(
    assertion: Field, expectation: Expectation, runs: Sequence[CaseRun]
) -> Iterator[Change | tuple[Place, str]]:
    if not any(judge(expectation, run) for run in runs):
        return
    below = zip(children(assertion), expectation.children, strict=True)
    try:
        if expectation.kind == "all_of":
            for inner, child in below:
                yield from _of(inner, child, runs)
        elif expectation.kind == "field":
            within = [within_field(str(expectation.value), run) for run in runs]
            for inner, child in below:
                yield from _of(inner, child, within)
        else:
            yield _change(assertion, expectation, runs)
    except (NoValue, LookupError, ValueError) as error:
        yield expectation.place, str(error.args[0])


def _change(assertion: Field, expectation: Expectation, runs: Sequence[CaseRun]) -> Change:
    (key, new), *others = [new_value(expectation, run) for run in runs]
    if _is_deep(new):
        raise NoValue(f"it is nested more than {FILE.depth} levels deep")
    if any(name != key or not same(other, new) for name, other in others):
        raise NoValue("the attempts differ")
    value = assertion.part(key)
    return Change(expectation, value.keys, value.value, new)


def _is_deep(value: Any) -> bool:
    """Tell whether data is nested deeper than any file may be, however deep that is."""
    level = [value]
    for _ in range(FILE.depth):
        level = [
            part
            for item in level
            if isinstance(item, dict | list)
            for part in (item.values() if isinstance(item, dict) else item)
        ]
    return bool(level)


def blessed(case: CaseSpec, changes: Iterable[Change]) -> CaseSpec:
    """Give `case` with the new values; assertions that have none are the same objects."""
    values: dict[int, New] = {
        id(change.expectation): (str(change.keys[-1]), change.new) for change in changes
    }
    return replace(case, expect=tuple(_renewed(one, values) for one in case.expect))


def _renewed(expectation: Expectation, values: Mapping[int, New]) -> Expectation:
    if id(expectation) in values:
        key, new = values[id(expectation)]
        if key == expectation.kind:
            return replace(expectation, value=new)
        options = MappingProxyType({**expectation.options, key: new})
        return replace(expectation, options=options)
    below = tuple(_renewed(child, values) for child in expectation.children)
    if all(new is old for new, old in zip(below, expectation.children, strict=True)):
        return expectation
    return replace(expectation, children=below)
