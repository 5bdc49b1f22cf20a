"""Assertions on data, on failed runs, in Python and by rubric; and those that cannot be judged."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.case_runs import PLACE, expectation, judged, run_of
from yamlagents.result import Cost, RunError, Usage
from yamlagents.spec.cases.records import Expectation
from yamlagents.spec.code.records import EntryPoint
from yamlagents.testing.assertions import judge
from yamlagents.testing.outcomes import Asked, Verdict

DATA = {"city": "Tokyo", "temps": [20, 21.5], "open": True, "a.b": None}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("equals: {city: Tokyo, temps: [20, 21.5], open: true, a.b: null}", True),
        ("equals: {city: Tokyo}", False),
        ("equals: {city: Tokyo, temps: [20, 21.5], open: 1, a.b: null}", False),
        ('contains: \'"city": "Tokyo"\'', True),
        ("json: {required: [city], properties: {temps: {items: {maximum: 25}}}}", True),
        ("json: {required: [country]}", False),
        ("json: {properties: {temps: {items: {maximum: 20}}}}", False),
        ("field: {path: city, equals: Tokyo}", True),
        ("field: {path: 'temps[-1]', equals: 21.5}", True),
        ("field: {path: open, equals: 1}", False),
        ("field: {path: '[\"a.b\"]', matches: ^null$}", True),
        ("field: {path: temps, field: {path: '[0]', equals: 20}}", True),
        ("field: {path: country, equals: Japan}", False),
        ("field: {path: city.name, equals: Tokyo}", False),
        ("field: {path: 'temps[7]', equals: 1}", False),
    ],
)
def test_structured_output_is_data_and_as_text_it_is_json(text: str, holds: bool) -> None:
    assert (judged(text, run_of(DATA)) is None) == holds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("field: {path: country, equals: x}", "the answer has no 'country'; it has city, open"),
        ("field: {path: city, equals: Oslo}", "city: the answer differs from character 1 on"),
        ("field: {path: city.name, equals: x}", "'city' is not an object: Tokyo"),
        ("json: {required: [country]}", "the answer: 'country' is a required property"),
        ("json: {properties: {open: {type: string}}}", "open: True is not of type 'string'"),
    ],
    ids=["missing", "other", "deeper", "schema", "within"],
)
def test_failures_of_structured_output_say_where(text: str, message: str) -> None:
    failure = judged(text, run_of({"city": "Tokyo", "open": True}))
    assert failure is not None
    assert failure.message == message


def test_a_field_that_is_not_there_is_told_with_its_path() -> None:
    failure = judged("field: {path: country, equals: x}", run_of({"city": "Tokyo"}))
    assert failure is not None
    assert failure.expected == "field country: equals: x"


def test_text_that_is_json_can_be_looked_into() -> None:
    assert judged("field: {path: city, equals: Tokyo}", run_of('{"city": "Tokyo"}')) is None
    assert judged("equals: [1, 2]", run_of("[1, 2]")) is None
    failure = judged("json: {type: object}", run_of("no JSON"))
    assert failure is not None
    assert failure.message.startswith("the answer is not JSON: ")


@pytest.mark.parametrize(
    "text",
    [
        "matches: '['",
        "json: {type: nonsense}",
        "json: {$ref: 'https://example.com/schema.json'}",
        "{tool_called: refund, arguments: {amount: {matches: '['}}}",
        "usd: {max: 1}",
        "total_tokens: {max: 1000}",
        "rubric: is polite",
        "no_tool: false",
        "nonsense: 1",
    ],
)
@pytest.mark.parametrize("around", ["", "not", "any_of"])
def test_what_cannot_be_judged_passes_neither_way(text: str, around: str) -> None:
    result = run_of().result
    assert result is not None
    unpriced = replace(result, cost=Cost(None, "no price"), usage=Usage(requests=2))
    failure = judged(text, run_of(result=replace(unpriced, final_output="{}", output="{}")), around)
    assert failure is not None
    assert failure.unknown


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("error: guardrail", True),
        ("error: 6", True),
        ("error: max-turns", False),
        ("guardrail: no_pii", True),
        ("guardrail: pii", False),
        ("approval: refund", True),
        ("contains: sunny", False),
        ("tool_called: refund", True),
    ],
)
def test_a_failed_run_has_an_error_and_no_answer(text: str, holds: bool) -> None:
    message = "the guardrail 'no_pii' stopped the run: {'pii': True}"
    error = RunError("guardrail", message, exit=6)
    run = run_of(None, error=error, asked=(Asked("Billing", "refund", {"amount": 5}, "waiting"),))
    failure = judged(text, run)
    assert (failure is None) == holds
    if text.startswith("contains"):
        assert failure is not None
        assert failure.message == "no answer: the run failed with guardrail"


CHECKS = """\
def yes(run): return run.result.turns == 3
def no(run): return False
def why(run): return False, "too few"
def asserts(run):
    assert run.result.turns == 4, "four turns"
def nothing(run): run.result.turns == 4
def breaks(run): return 1 / 0
def leaves(run): raise SystemExit(0)
"""


@pytest.mark.parametrize(
    ("name", "message", "unknown"),
    [
        ("yes", None, False),
        ("no", "'checks.py:no' returned False", False),
        ("why", "too few", False),
        ("asserts", "four turns", False),
        ("nothing", "'checks.py:nothing' returned None, not True or False", True),
        ("breaks", "it raised ZeroDivisionError: division by zero", True),
        ("leaves", "it raised SystemExit: 0", True),
        ("absent", "has no 'absent' once it is imported", True),
    ],
)
def test_python_decides_and_only_true_passes(
    tmp_path: Path, name: str, message: str | None, unknown: bool
) -> None:
    path = tmp_path / "checks.py"
    path.write_text(CHECKS)
    point = EntryPoint(f"checks.py:{name}", name, path, None, PLACE)
    failure = judge(Expectation("python", point, {}, (), PLACE), run_of())
    if message is None:
        assert failure is None
    else:
        assert failure is not None
        assert failure.message.endswith(message.split(":")[-1])
        assert failure.unknown == unknown


@pytest.mark.parametrize(
    ("verdict", "message"),
    [
        (Verdict(2, 1, ("a", "b", "c")), None),
        (Verdict(1, 2, ("a", "b", "c")), "1 of 3 votes for it"),
        (Verdict(1, 0, ("PASS", "hm", "hm")), "1 of 3 votes for it"),
        (Verdict(0, 0, ("hm",)), "the judge said neither PASS nor FAIL"),
    ],
    ids=["majority", "minority", "most-unreadable", "unreadable"],
)
def test_a_rubric_needs_more_than_half_of_all_votes(verdict: Verdict, message: str | None) -> None:
    asked = expectation({"rubric": "is polite", "votes": 3})
    failure = judge(asked, run_of(verdicts={id(asked): verdict}))
    assert (failure.message if failure is not None else None) == message
