"""The schema's part about tests: it has what the spec has, and refuses what is wrong."""

from dataclasses import fields
from typing import Any

import pytest

from tests.test_schema import DEFINITIONS, EXACT, FITS, Place
from yamlagents.spec.cases.kinds import ASSERTIONS, ON_VALUES, OPTIONS
from yamlagents.spec.cases.records import CaseSpec, ScriptCall, ScriptStep


def case(**keys: Any) -> dict[str, Any]:
    return {"tests": [{"name": "t", "input": "hi", "expect": [{"contains": "a"}], **keys}]}


def expect(*assertions: Any) -> dict[str, Any]:
    return case(expect=list(assertions))


CASE: Place = ["tests", 0]
EXPECT: Place = [*CASE, "expect"]

GOOD: dict[str, Any] = {
    "case": case(agent="a", context={}, repeat=3, require=2, tags=["a"], timeout=0.5, tools="stub"),
    "case-script": case(script=[{"text": ""}, {"tool_calls": [{"name": "a"}]}, {"output": []}]),
    "case-ranges": expect({"turns": 0}, {"usd": 0.5}, {"tool_count": {"min": 1}, "tool": "a"}),
    "case-no-tool": expect({"no_tool": True}, {"no_tool": "a"}, {"no_tool": ["a", "b"]}),
    "case-nested": expect({"not": {"any_of": [{"field": {"path": "a", "word_count": 2}}]}}),
    "case-x-keys": expect({"tool_called": "a", "arguments": {}, "times": {"max": 2}, "x-a": 1}),
}

# Each is wrong once, at the place given.
BAD: dict[str, tuple[Any, Place]] = {
    "tests-5": ({"tests": 5}, ["tests"]),
    "no-tests": ({"tests": []}, ["tests"]),
    "case-nothing-expected": (case(expect=[]), EXPECT),
    "case-asert": (case(asert=[]), CASE),
    "case-params": (case(params={"city": []}), [*CASE, "params", "city"]),
    "case-turns-text": (case(turns="hi"), [*CASE, "turns"]),
    "case-repeat-0": (case(repeat=0), [*CASE, "repeat"]),
    "case-tools": (case(tools="fake"), [*CASE, "tools"]),
    "assertion-typo": (expect({"contians": "a"}), [*EXPECT, 0]),
    "assertion-empty": (expect({}), [*EXPECT, 0]),
    "assertion-text": (expect("sunny"), [*EXPECT, 0]),
    "assertion-nested": (expect({"not": {"contians": "a"}}), [*EXPECT, 0, "not"]),
    "contains-nothing": (expect({"contains": ""}), [*EXPECT, 0, "contains"]),
    "option-alone": (expect({"contains": "a", "times": 1}), [*EXPECT, 0]),
    "no-tool-false": (expect({"no_tool": False}), [*EXPECT, 0, "no_tool"]),
    "turns-half": (expect({"turns": 1.5}), [*EXPECT, 0, "turns"]),
    "range-empty": (expect({"usd": {}}), [*EXPECT, 0, "usd"]),
    "any-schema": (expect({"json": {}}), [*EXPECT, 0, "json"]),
    "field-without-path": (expect({"field": {"equals": 1}}), [*EXPECT, 0, "field"]),
    "field-tool": (expect({"field": {"path": "a", "no_tool": True}}), [*EXPECT, 0, "field"]),
    "script-call": (case(script=[{"tool_calls": [{}]}]), [*CASE, "script", 0, "tool_calls", 0]),
}


def test_assertions_have_the_kinds_and_options_of_the_spec() -> None:
    pairs = [(key, kind) for kind, keys in OPTIONS.items() for key in keys]
    options = {key: [kind for other, kind in pairs if other == key] for key, _ in pairs}
    assertion = DEFINITIONS["assertion"]
    assert len(set(ASSERTIONS)) == len(ASSERTIONS)
    assert set(DEFINITIONS["assertion"]["properties"]) == {*ASSERTIONS, *options}
    assert set(DEFINITIONS["field"]["properties"]) == {"path", *ON_VALUES}
    assert assertion["if"] == {"not": {"required": ["approval"]}}
    assert assertion["then"] == {"dependencies": {"arguments": ["tool_called"]}}
    assert options.pop("arguments") == ["tool_called", "approval"]
    assert assertion["dependencies"] == options


def test_cases_and_steps_have_the_keys_of_the_spec() -> None:
    case_fields = {field.name for field in fields(CaseSpec)} - {"inputs", "place"}
    assert set(DEFINITIONS["case"]["properties"]) == case_fields | {"input", "turns"}
    step_fields = {field.name for field in fields(ScriptStep)} - {"place"}
    assert set(DEFINITIONS["script_step"]["properties"]) == step_fields
    call_fields = {field.name for field in fields(ScriptCall)}
    assert set(DEFINITIONS["script_call"]["properties"]) == call_fields


@pytest.mark.parametrize("document", GOOD.values(), ids=GOOD)
def test_good_tests_pass_both_validators(document: Any) -> None:
    assert [error.message for error in EXACT.iter_errors(document)] == []
    assert FITS(document)


@pytest.mark.parametrize(("document", "place"), BAD.values(), ids=BAD)
def test_bad_tests_fail_both_validators_at_their_place(document: Any, place: Place) -> None:
    places = {tuple(error.absolute_path) for error in EXACT.iter_errors(document)}
    assert places == {tuple(place)}
    assert not FITS(document)
