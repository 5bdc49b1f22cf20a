"""A run that waits, from Python: what it is, how it goes on, and what it does not forget."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agents import SQLiteSession

import yamlagents
from tests.approval_project import PAY, Write, done, nested, project, scripted
from yamlagents import Approval, Later, RunError, SavedRun

PAY_5 = [("pay", {"amount": 5, "to": "ada"})]
TWO = [("pay", {"amount": 5, "to": "ada"}), ("pay", {"amount": 7, "to": "bob"})]


def yes(asked: Approval) -> bool:
    return True


def waits(team: yamlagents.Team, input: str | SavedRun = "go", **options: Any) -> RunError:
    """Run a team that waits."""
    with pytest.raises(RunError) as failed:
        yamlagents.run_sync(team, input, **options)
    assert failed.value.code == "needs-approval"
    return failed.value


def saved(error: RunError) -> SavedRun:
    """Give the run of an error as it comes back from text."""
    assert error.state is not None, error.hint
    return SavedRun.parse(error.state.text)


@pytest.fixture
def file(write: Write) -> Path:
    file = project(write)
    return file


def test_a_run_that_waits_goes_on_with_another_team(file: Path) -> None:
    error = waits(scripted(file, PAY_5))
    assert error.approvals == (Approval("clerk", "pay", '{"amount":5,"to":"ada"}'),)
    result = yamlagents.run_sync(scripted(file, "paid"), saved(error), approve=yes)
    assert (result.final_output, result.usage.requests, result.turns) == ("paid", 2, 2)
    assert [call.output for call in result.tool_calls] == ["paid 5 to ada"]
    assert len(result.history) == 4


@pytest.mark.parametrize(
    ("answer", "told"),
    [(False, "not approved"), ("The till is empty.", "The till is empty."), ("", "not approved")],
)
def test_a_no_goes_to_the_model_with_its_reason(file: Path, answer: bool | str, told: str) -> None:
    error = waits(scripted(file, PAY_5))
    result = yamlagents.run_sync(scripted(file, "ok"), saved(error), approve=lambda _: answer)
    output = next(item["output"] for item in result.history if "output" in item)
    assert told in output


def test_who_puts_it_off_waits_on(file: Path) -> None:
    error = waits(scripted(file, PAY_5), approve=lambda _: Later.LATER)
    again = waits(scripted(file), saved(error), approve=lambda _: Later.LATER)
    assert again.approvals == error.approvals
    assert again.result is not None
    assert again.result.usage.requests == 1
    assert yamlagents.run_sync(scripted(file, "paid"), saved(again), approve=yes)


def only(amount: int) -> Callable[[Approval], bool | Later]:
    return lambda asked: True if f'"amount":{amount}' in asked.arguments else Later.LATER


def test_some_of_several_calls_go_on(file: Path) -> None:
    error = waits(scripted(file, TWO), approve=only(7))
    assert ([one.arguments for one in error.approvals], done(file)) == (
        ['{"amount":5,"to":"ada"}'],
        ["paid 7 to bob"],
    )
    result = yamlagents.run_sync(scripted(file, "paid"), saved(error), approve=yes)
    assert done(file) == ["paid 7 to bob", "paid 5 to ada"]
    assert len(result.tool_calls) == 2


def test_a_run_may_wait_more_than_once(file: Path) -> None:
    first = waits(scripted(file, PAY_5))
    second = waits(scripted(file, [TWO[1]]), saved(first), approve=only(5))
    assert [one.arguments for one in second.approvals] == ['{"amount":7,"to":"bob"}']
    result = yamlagents.run_sync(scripted(file, "paid"), saved(second), approve=yes)
    assert (result.turns, done(file)) == (3, ["paid 5 to ada", "paid 7 to bob"])


def test_runs_inside_go_on(write: Write) -> None:
    file = nested(write)
    error = waits(scripted(file, [("ask", {"input": "x"})], TWO))
    assert [one.agent for one in error.approvals] == ["The Clerk", "The Clerk"]
    some = waits(scripted(file), saved(error), approve=only(5))
    result = yamlagents.run_sync(scripted(file, "inner", "outer"), saved(some), approve=yes)
    assert (result.final_output, result.usage.requests, result.turns) == ("outer", 4, 2)
    assert [(call.name, call.error) for call in result.tool_calls] == [
        *(("ask", None), ("pay", None), ("pay", None))
    ]
    assert sorted(done(file)) == ["paid 5 to ada", "paid 7 to bob"]


def test_an_agent_as_a_tool_may_need_approval_itself(write: Write) -> None:
    file = nested(write)
    text = file.read_text().replace("tool_name: ask", "tool_name: ask, needs_approval: true")
    file.write_text(text)
    error = waits(scripted(file, [("ask", {"input": "x"})]))
    assert [(one.agent, one.tool) for one in error.approvals] == [("boss", "ask")]
    result = yamlagents.run_sync(scripted(file, "inner", "outer"), saved(error), approve=yes)
    assert result.final_output == "outer"


def test_a_run_that_was_handed_over_goes_on(write: Write) -> None:
    project(write)
    boss = "  boss:\n    model: offline/match\n    handoffs: [clerk]\n"
    clerk = f"  clerk:\n    model: offline/match\n    tools: [{PAY}]\n"
    file = write("shop.yaml", f"agents:\n{boss}{clerk}")
    error = waits(scripted(file, [("transfer_to_clerk", {})], PAY_5))
    result = yamlagents.run_sync(scripted(file, "paid"), saved(error), approve=yes)
    assert (result.last_agent, result.turns) == ("clerk", 3)


CONTEXT = """
def visit(context: RunContextWrapper, amount: int) -> str:
    context.context["seen"] = context.context.get("seen", 0) + amount
    shop = context.context.get("shop", {})
    return f"{context.context['seen']} {shop.get('name')} {len(shop.get('key', ''))}"
"""


def test_the_context_goes_on_without_its_secrets(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "very-secret")
    write("tools.py", f"from agents import RunContextWrapper\n{CONTEXT}")
    tool = "{function: ./tools.py:visit, needs_approval: true}"
    file = write(
        "shop.yaml",
        f"agents: {{clerk: {{model: offline/match, tools: [{tool}]}}}}\n"
        "run: {context: {token: '${TOKEN}', shop: {key: '${TOKEN}', name: A}}}\n",
    )
    first = waits(scripted(file, [("visit", {"amount": 1})]))
    second = waits(scripted(file, [("visit", {"amount": 2})]), saved(first), approve=only(1))
    assert "very-secret" not in saved(second).text
    result = yamlagents.run_sync(scripted(file, "ok"), saved(second), approve=yes)
    assert result.tool_calls[-1].output == "3 A 11"


def test_a_context_that_is_no_data_cannot_be_kept(write: Write) -> None:
    text = CONTEXT.replace("    shop =", "    context.context['it'] = object()\n    shop =")
    write("tools.py", f"from agents import RunContextWrapper\n{text}")
    tools = (
        "[./tools.py:visit, {function: ./tools.py:visit, name_override: go, needs_approval: true}]"
    )
    agents = f"agents: {{clerk: {{model: offline/match, tools: {tools}}}}}\n"
    file = write("shop.yaml", f"{agents}run: {{context: {{user: ada}}}}\n")
    error = waits(scripted(file, [("visit", {"amount": 1})], [("go", {"amount": 1})]))
    assert error.state is None
    assert "object is not JSON serializable" in str(error.hint)


def test_a_context_of_the_caller_is_given_again(file: Path) -> None:
    error = waits(scripted(file, PAY_5), context=object())
    assert saved(error).context == {}
    result = yamlagents.run_sync(scripted(file, "ok"), saved(error), approve=yes, context=object())
    assert result.final_output == "ok"


def test_a_session_of_the_caller_goes_on(file: Path) -> None:
    session = SQLiteSession("ada")
    error = waits(scripted(file, PAY_5), session=session)
    yamlagents.run_sync(scripted(file, "ok"), saved(error), approve=yes, session=session)
    team = scripted(file, "again")
    assert len(yamlagents.run_sync(team, "more", session=session).history) == 6
    session.close()


def test_another_model_is_another_agent(file: Path) -> None:
    error = waits(scripted(file, PAY_5))
    text = file.read_text().replace("offline/match", "openai/gpt-4.1")
    file.write_text(text)
    with pytest.raises(RunError, match="model of `clerk` changed") as stale:
        yamlagents.run_sync(scripted(file, "x"), saved(error), approve=yes)
    assert (stale.value.code, stale.value.exit) == ("state-stale", 2)
    changed = saved(error).accepting_changes()
    assert yamlagents.run_sync(scripted(file, "x"), changed, approve=yes).final_output == "x"


def test_the_error_crosses_processes_with_its_run(file: Path) -> None:
    error = waits(scripted(file, PAY_5))
    other = pickle.loads(pickle.dumps(error))
    assert (other.approvals, other.state) == (error.approvals, error.state)
