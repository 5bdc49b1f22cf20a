"""Calls that the person at the terminal decides on, and what patterns leave to them."""

from __future__ import annotations

import json

import pytest

from tests.approval_project import (
    PAY,
    Write,
    ask,
    done,
    nested,
    project,
    rules_of,
    scripted,
)
from tests.conftest import Cli
from yamlagents.cli.approvals import approver, enforce
from yamlagents.result import RunError
from yamlagents.runtime.runner import run_sync


def test_the_model_is_told_the_reason(cli: Cli, write: Write) -> None:
    file = project(write)
    told = ask(cli, file, "--deny", "pay", "--reason", "The till is empty.")
    plain = ask(cli, file, "--deny", "pay")
    assert "The till is empty." in json.loads(told.stdout)["final_output"]
    assert "not approved" in json.loads(plain.stdout)["final_output"]


@pytest.mark.parametrize(("answer", "paid"), [("y", True), ("n", False), ("", False)])
def test_on_a_terminal_the_rest_is_asked(cli: Cli, write: Write, answer: str, paid: bool) -> None:
    file = project(write)
    options = ("--approve", "pay:amount=6")
    result = ask(cli, file, *options, input=f"{answer}\n", tty=True)
    assert (result.code, bool(done(file))) == (0, paid)
    assert 'clerk wants to call pay({"amount":5,"to":"ada"}). Allow it? [y/N]' in result.stderr


def test_what_patterns_decide_is_not_asked(cli: Cli, write: Write) -> None:
    result = ask(cli, project(write), "--deny", "pay", tty=True)
    assert (result.code, "Allow it?" in result.stderr) == (0, False)


@pytest.mark.parametrize(
    ("hidden", "seen"),
    [
        ("\u200b", "\\u200b"),
        ("\u202e", "\\u202e"),
        ("\x1b[2K", "\\u001b"),
        ("\n", "\\n"),
        ("\u3164", "\\u3164"),
    ],
    ids=["no width", "other direction", "escape", "new line", "a letter"],
)
def test_the_question_hides_nothing(cli: Cli, write: Write, hidden: str, seen: str) -> None:
    file = project(write, "{function: ./tools.py:look, needs_approval: true}")
    result = ask(cli, file, question=f'Look up what is "a{hidden}b"', input="n\n", tty=True)
    asked = next(line for line in result.stderr.splitlines() if "Allow it?" in line)
    assert (seen in asked, hidden in asked) == (True, False)


def test_a_nested_agent_asks_by_its_own_name(write: Write) -> None:
    team = scripted(
        nested(write), [("ask", {"input": "x"})], [("pay", {"amount": 5})], "inner", "outer"
    )
    result = run_sync(team, "go", approve=lambda call: call.agent == "The Clerk")
    assert result.final_output == "outer"
    assert [call.output for call in result.tool_calls if call.name == "pay"] == ["paid 5 to ada"]


@pytest.mark.parametrize(
    ("deny", "left"), [("ask", []), ("pay:to=eve", ["paid 5 to ada"]), ("pay", [])]
)
def test_a_denial_holds_inside_agents_as_tools(write: Write, deny: str, left: list[str]) -> None:
    file = nested(write)
    calls = [("pay", {"amount": 5, "to": "ada"}), ("pay", {"amount": 7, "to": "Eve"})]
    inner = (calls, "inner") if deny != "ask" else ()
    team = scripted(file, [("ask", {"input": "x"})], *inner, "outer")
    denial = rules_of(approve=("*",), deny=(deny,))
    enforce(denial, team)
    assert run_sync(team, "go", approve=approver(denial)).final_output == "outer"
    assert done(file) == left


def test_what_is_decided_goes_on_while_the_rest_waits(write: Write) -> None:
    file = project(write, f"{PAY}, {{function: ./tools.py:look, needs_approval: true}}")
    team = scripted(file, [("look", {"what": "x"}), ("pay", {"amount": 5})], "done")
    some = approver(rules_of(approve=("look",)))
    with pytest.raises(RunError, match="'pay' waits") as waits:
        run_sync(team, "go", approve=some)
    error = waits.value
    assert error.result is not None
    assert [call.output for call in error.result.tool_calls] == ["saw x"]


def test_nobody_is_asked_inside_a_guardrail(write: Write) -> None:
    output = "{type: object, properties: {bad: {type: boolean}}, required: [bad]}"
    checker = (
        f"  checker:\n    model: offline/match\n    tools: [{PAY}]\n    output_type: {output}\n"
    )
    guard = "    input_guardrails: [{agent: checker, tripwire: bad, run_in_parallel: false}]\n"
    file = project(write, more=f"{guard}{checker}")
    team = scripted(file, [("pay", {"amount": 5})], "done")
    with pytest.raises(RunError, match="'pay' of 'checker' needs approval inside a guardrail"):
        run_sync(team, "go", approve=lambda _: True)
