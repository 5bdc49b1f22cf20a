"""Cases that are run: who answers, what fails them, and what their results say."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

import yamlagents
from tests.openai_server import OpenAIServer
from yamlagents.testing.execution import run_case
from yamlagents.testing.outcomes import CaseResult, TestOptions
from yamlagents.testing.transcript import transcript

Write = Callable[[str, str], Path]

TOOLS = '''\
import time

calls = []

def get_weather(city: str) -> str:
    """Give the weather.

    Args:
        city: The city.
    """
    calls.append(city)
    return f"The weather in {city} is sunny."

async def leave() -> str:
    """End the program."""
    raise SystemExit(0)

def refund(amount: int) -> str:
    """Pay money back."""
    raise RuntimeError("the bank is closed")

def wait() -> str:
    """Wait."""
    time.sleep(5)
    return "done"
'''
TEAM = """\
agents:
  weather:
    name: Weather desk
    instructions: You tell the weather.
    model: offline/match
    tools: [./tools.py:get_weather, {function: ./tools.py:refund, needs_approval: true}]
    handoffs: [billing]
  billing:
    instructions: You bill.
    model: offline/match
    tools: [./tools.py:wait, ./tools.py:leave]
run: {max_turns: 4}
tests:
"""


@pytest.fixture
def ran(write: Write) -> Callable[..., CaseResult]:
    """Run the one case of a file, given as the lines of its mapping."""

    def run(case: str, options: TestOptions | None = None) -> CaseResult:
        write("tools.py", TOOLS)
        lines = "".join(f"    {line}\n" for line in case.strip().splitlines())
        path = write("team.yaml", f"{TEAM}  - name: case\n{lines}")
        spec = yamlagents.load(path, environ={})
        return asyncio.run(run_case(spec, spec.tests[0], options or TestOptions()))

    return run


Ran = Callable[..., CaseResult]


def messages(result: CaseResult) -> list[str]:
    return [failure.message for failure in result.failures]


def test_the_offline_model_answers_where_the_file_names_it(ran: Ran) -> None:
    result = ran(
        "input: Weather in Tokyo?\nexpect: [{tool_called: get_weather}, {contains: sunny}]"
    )
    assert (result.outcome, result.exit, result.failures) == ("passed", 0, ())
    assert (result.file.endswith("team.yaml"), len(result.runs), result.passes) == (True, 1, 1)


SCRIPT = """\
input: Refund me
script:
  - tool_calls: [{name: get_weather, arguments: {city: Oslo}}]
  - handoff: billing
  - text: You owe us nothing.
expect:
"""


def test_a_script_answers_in_order_whoever_is_asked(ran: Ran) -> None:
    asserted = "  - {last_agent: billing}\n  - {handoffs: [billing]}\n  - {turns: 3}\n"
    result = ran(SCRIPT + asserted + "  - {equals: You owe us nothing.}")
    assert messages(result) == []
    lines = [(line.role, line.text) for line in transcript(result.runs[0])]
    assert lines == [
        ("user", "Refund me"),
        ("call", 'get_weather(city="Oslo")'),
        ("result", "The weather in Oslo is sunny."),
        ("handoff", "Weather desk to billing"),
        ("answer", "You owe us nothing."),
    ]


def test_steps_that_are_left_over_fail_by_number_and_place(ran: Ran) -> None:
    script = "script: [{text: a}, {text: b}, {text: c}]"
    result = ran(f"input: x\n{script}\nexpect: [{{equals: a}}]")
    assert messages(result) == [
        "step 2 of the script was not used",
        "step 3 of the script was not used",
    ]
    assert [failure.place.column for failure in result.failures] == [25, 36]


@pytest.mark.parametrize("expected", ["error: script-error", "error: 3", "contains: x"])
def test_a_step_that_is_missing_fails_whatever_is_expected(ran: Ran, expected: str) -> None:
    calls = "tool_calls: [{name: get_weather, arguments: {city: Oslo}}]"
    result = ran(f"input: x\nscript: [{{{calls}}}]\nexpect: [{{{expected}}}]")
    assert result.outcome == "failed"
    assert "asked once more" in messages(result)[0]


def test_the_turns_of_a_conversation_are_one_run(ran: Ran) -> None:
    script = "script: [{text: one}, {handoff: billing}, {text: two}, {text: three}]"
    expected = "[{equals: three}, {turns: 4}, {requests: 4}, {last_agent: billing}]"
    result = ran(f"turns: [a, b, c]\n{script}\nexpect: {expected}")
    assert messages(result) == []
    said = [line.text for line in transcript(result.runs[0]) if line.role in ("user", "answer")]
    assert said == ["a", "one", "b", "two", "c", "three"]


LOOP = "script: [{}]".format(
    ", ".join(["{tool_calls: [{name: get_weather, arguments: {city: Oslo}}]}"] * 4)
)


@pytest.mark.parametrize(
    ("expect", "outcome"),
    [
        ("[{error: max-turns}]", "passed"),
        ("[{error: 5}, {tool_count: 4}]", "passed"),
        ("[{any_of: [{error: max-turns}, {turns: 1}]}]", "passed"),
        ("[{tool_count: 4}]", "failed"),
        ("[{error: 3}]", "failed"),
        ("[{not: {error: 3}}]", "failed"),
        ("[{any_of: [{error: 3}, {tool_count: 4}]}]", "failed"),
    ],
)
def test_a_run_that_fails_has_to_be_expected(ran: Ran, expect: str, outcome: str) -> None:
    result = ran(f"input: x\n{LOOP}\nexpect: {expect}")
    assert result.outcome == outcome
    if outcome == "failed":
        assert messages(result) == ["the run failed: the run did not end within 4 turns"]
        assert (result.failures[0].kind, result.exit) == ("max-turns", 1)


@pytest.mark.parametrize(
    ("expect", "outcome"),
    [("approval: refund", "passed"), ("approval: get_weather", "failed"), ("turns: 1", "failed")],
)
def test_an_approval_ends_the_run_and_can_be_expected(ran: Ran, expect: str, outcome: str) -> None:
    script = "script: [{tool_calls: [{name: refund, arguments: {amount: 5}}]}]"
    result = ran(f"input: x\n{script}\nexpect: [{{{expect}}}]")
    assert (result.outcome, result.runs[0].approvals) == (outcome, ("refund",))


def test_a_case_that_takes_too_long_fails_with_what_it_had_done(ran: Ran) -> None:
    script = "script: [{tool_calls: [{name: wait}]}, {text: x}]"
    result = ran(f"input: x\nagent: billing\ntimeout: 0.2\n{script}\nexpect: [{{equals: x}}]")
    assert messages(result) == ["the run failed: the case did not end within 0.2 seconds"]
    assert result.failures[0].kind == "case-timeout"
    assert [line.role for line in transcript(result.runs[0])] == ["user", "call"]


@pytest.mark.parametrize(("require", "outcome"), [(1, "passed"), (2, "failed")])
def test_of_several_attempts_as_many_as_required_have_to_pass(
    ran: Ran, write: Write, require: int, outcome: str
) -> None:
    write(
        "flaky.py", "seen = []\ndef first(run):\n    seen.append(run)\n    return len(seen) == 1\n"
    )
    again = f"repeat: 4\nrequire: {require}"
    result = ran(
        f"input: x\nscript: [{{text: x}}]\n{again}\nexpect: [{{python: ./flaky.py:first}}]"
    )
    assert (result.outcome, len(result.runs), result.passes) == (outcome, 4, 1)
    assert result.flake_rate == 0.75


@pytest.mark.parametrize(("tools", "output"), [("live", "The weather in"), ("stub", "sample")])
def test_tools_are_called_or_stand_ins_answer(
    ran: Ran, tools: Literal["live", "stub"], output: str
) -> None:
    case = (
        "input: x\nscript: [{tool_calls: [{name: get_weather, arguments: {city: a}}]}, {text: b}]"
    )
    for result in (
        ran(f"{case}\ntools: {tools}\nexpect: [{{equals: b}}]"),
        ran(f"{case}\nexpect: [{{equals: b}}]", TestOptions(tools=tools)),
    ):
        assert result.outcome == "passed"
        run = result.runs[0].result
        assert run is not None
        assert str(run.tool_calls[0].output).startswith(output)


def test_a_tool_cannot_end_the_program(ran: Ran) -> None:
    script = "script: [{tool_calls: [{name: leave}]}, {text: x}]"
    result = ran(f"input: x\nagent: billing\n{script}\nexpect: [{{equals: x}}]")
    assert result.outcome == "passed"
    calls = [call for run in result.runs if run.result for call in run.result.tool_calls]
    assert [call.error for call in calls] == ["RuntimeError: SystemExit: 0"]


def test_a_check_that_breaks_on_import_fails_the_case(ran: Ran, write: Write) -> None:
    write("broken.py", "def check(run):\n    return True\n\nraise RuntimeError('no')\n")
    result = ran("input: x\nscript: [{text: x}]\nexpect: [{python: ./broken.py:check}]")
    assert result.outcome == "failed"
    assert "RuntimeError: no" in messages(result)[0]


RECORDED = "model: openai/gpt-4.1\ninput: What's the weather in Tokyo?\nexpect: [{contains: sunny}]"


def test_what_is_recorded_is_replayed(
    ran: Ran, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "test-key-0123456789")
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    assert messages(ran(RECORDED, TestOptions(record="all"))) == []
    assert (tmp_path / "cassettes" / "team" / "case.yaml").exists()
    asked = len(server.requests)
    monkeypatch.delenv("OPENAI_API_KEY")
    result = ran(RECORDED)
    assert (result.outcome, messages(result), len(server.requests)) == ("passed", [], asked)
    changed = ran(RECORDED.replace("Tokyo", "Oslo"))
    assert (changed.outcome, changed.exit, changed.failures[0].kind) == (
        "error",
        8,
        "cassette-stale",
    )
