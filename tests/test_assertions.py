"""Every kind of assertion: what holds, and what is said when it does not."""

import pytest
import yaml

from tests.case_runs import PLACE, expectation, judged, run_of
from yamlagents.testing.assertions import ASSERTIONS

HOLDING = [
    "equals: It is sunny in Tokyo.",
    "contains: sunny",
    "icontains: SUNNY",
    "contains_any: [rain, sunny]",
    "contains_all: [Tokyo, sunny]",
    "icontains_any: [RAIN, SUNNY]",
    "icontains_all: [TOKYO, SUNNY]",
    "starts_with: It is",
    "matches: '[A-Z]\\w+\\.$'",
    "tool_called: refund",
    "{tool_called: get_weather, arguments: {city: Oslo}}",
    "{tool_called: get_weather, arguments: {city: {matches: '^T'}, days: [1, {type: integer}]}}",
    "{tool_called: get_weather, arguments: {unit: {type: [string, 'null']}}}",
    "{tool_called: get_weather, times: 2}",
    "{tool_called: get_weather, arguments: {city: Tokyo}, times: {min: 1, max: 1}}",
    "{tool_called: refund, arguments: {amount: {type: number}}}",
    "tools_in_order: [get_weather, refund]",
    "tool_count: 3",
    "{tool_count: {max: 1}, tool: refund}",
    "no_tool: delete",
    "no_tool: [delete, drop]",
    "last_agent: billing",
    "handoffs: [billing]",
    "turns: 3",
    "requests: {min: 1, max: 2}",
    "total_tokens: {max: 120}",
    "usd: 0.01",
    "seconds: 2",
    "word_count: 5",
    "not: {contains: rain}",
    "not: {tool_called: refund, arguments: {amount: 6}}",
    "all_of: [{contains: sunny}, {contains: Tokyo}]",
    "any_of: [{contains: rain}, {contains: Tokyo}]",
]


@pytest.mark.parametrize("text", HOLDING)
def test_it_holds_and_its_opposite_does_not(text: str) -> None:
    assert judged(text, run_of()) is None
    failure = judged(text, run_of(), "not")
    assert failure is not None
    assert not failure.unknown


FAILING = [
    ("equals: It is rainy.", "the answer differs from character 7 on", "It is rainy."),
    ("equals: It is", "the answer differs from character 6 on", "It is"),
    ("equals: {city: Tokyo}", "the answer is text, not data", '{"city": "Tokyo"}'),
    ("contains: rain", "the answer does not contain 'rain'", "rain"),
    ("icontains: RAIN", "the answer does not contain 'RAIN', in whatever case", "RAIN"),
    (
        "contains_any: [rain, hail]",
        "the answer does not contain 'rain' or 'hail'",
        "contains any of ['rain', 'hail']",
    ),
    (
        "contains_all: [sunny, hail]",
        "the answer does not contain 'hail'",
        "contains all of ['sunny', 'hail']",
    ),
    ("starts_with: Tokyo", "the answer does not start with 'Tokyo'", "Tokyo"),
    ("matches: ^sunny", "the pattern is not in the answer", "^sunny"),
    ("tool_called: delete", "'delete' was never called", "delete"),
    (
        "{tool_called: get_weather, arguments: {city: Rome}}",
        "'get_weather' was never called with these arguments",
        'get_weather(city="Rome")',
    ),
    (
        "{tool_called: get_weather, times: 1}",
        "'get_weather' was called 2 times",
        "get_weather, 1 times",
    ),
    (
        "{tool_called: refund, arguments: {amount: {type: string}}}",
        "'refund' was never called with these arguments",
        'refund(amount={"type": "string"})',
    ),
    (
        "tools_in_order: [refund, get_weather]",
        "'get_weather' was not called in this order",
        "refund, get_weather",
    ),
    ("tool_count: {max: 2}", "tools were called 3 times", "at most 2 calls"),
    ("no_tool: true", "'get_weather' was called", "no call"),
    ("no_tool: [x, refund]", "'refund' was called", "no call of x, refund"),
    ("last_agent: weather", "the last agent was 'billing'", "weather"),
    ("handoffs: []", "other handoffs", "none"),
    ("turns: {min: 1, max: 2}", "the number of turns is 3", "1 to 2"),
    ("requests: 1", "the number of requests is 2", "1"),
    ("total_tokens: {max: 100}", "the number of tokens is 120", "at most 100"),
    ("usd: 0.001", "the cost in USD is 0.002", "at most 0.001"),
    ("seconds: 1", "the time in seconds is 1.5", "at most 1"),
    ("word_count: {min: 6}", "the number of words is 5", "at least 6"),
    ("error: max-turns", "the run did not fail", "max-turns"),
    ("approval: refund", "no approval of 'refund' was asked for", "refund"),
    ("guardrail: no_pii", "the guardrail 'no_pii' did not stop the run", "no_pii"),
    ("not: {contains: sunny}", "this holds: contains: sunny", "not contains: sunny"),
    (
        "any_of: [{contains: rain}, {turns: 1}]",
        "none of these holds: the answer does not contain 'rain'; the number of turns is 3",
        "contains: rain or turns: 1",
    ),
    ("all_of: [{turns: 3}, {requests: 1}]", "the number of requests is 2", "1"),
]


@pytest.mark.parametrize(("text", "message", "expected"), FAILING, ids=[f[0] for f in FAILING])
def test_it_fails_and_says_what_was_expected(text: str, message: str, expected: str) -> None:
    failure = judged(text, run_of())
    assert failure is not None
    assert (failure.message, failure.expected) == (message, expected)
    assert failure.place == PLACE
    # The opposite of what fails holds, so that `not` cannot pass or fail alone.
    assert judged(text, run_of(), "not") is None


@pytest.mark.parametrize(
    ("text", "actual"),
    [
        ("contains: rain", "It is sunny in Tokyo."),
        (
            "{tool_called: get_weather, arguments: {city: Rome}}",
            'get_weather(city="Tokyo", days=[1, 2])\nget_weather(city="Oslo", unit="C")',
        ),
        ("handoffs: []", "billing"),
        ("error: 5", "the run ended without a failure"),
    ],
    ids=["text", "calls", "handoffs", "error"],
)
def test_what_there_was_is_said_too(text: str, actual: str) -> None:
    failure = judged(text, run_of())
    assert failure is not None
    assert failure.actual == actual


def test_every_kind_is_tested_here() -> None:
    texts = [*HOLDING, *(text for text, *_ in FAILING)]
    tried = {expectation(yaml.safe_load(text)).kind for text in texts}
    assert set(ASSERTIONS) - tried == {"json", "field", "python", "rubric"}
