"""A workflow in which a step waits is saved, and goes on in another process."""

from __future__ import annotations

import json
import time

import pytest

from tests.approval_project import (
    QUESTION,
    Write,
    advised,
    ask,
    done,
    process,
    resumed,
    waiting,
)
from tests.conftest import Cli
from tests.workflow_project import AGENTS, flow
from yamlagents.waiting import SavedRun

PARALLEL = "workflow: {parallel: [{agent: till}, {agent: clerk}, {agent: chief}]}\n"
SLOW = AGENTS.replace("tools.py:pay, needs", "tools.py:slow, needs")


def test_it_goes_on_in_the_middle(cli: Cli, write: Write) -> None:
    file = flow(write)
    waits = ask(cli, file)
    assert (waits.code, done(file)) == (7, ["paid 5 to ada"])
    after = process(file, *advised(waits), "--json")
    answer, told = after.communicate(timeout=60)
    assert (after.returncode, done(file)) == (0, 2 * ["paid 5 to ada"]), told
    assert json.loads(answer)["last_agent"] == "tell"
    assert list((file.parent / ".yamlagents" / "state").iterdir()) == []


def test_it_comes_to_the_same_as_without_waiting(cli: Cli, write: Write) -> None:
    file = flow(write)
    at_once = json.loads(ask(cli, file, "--approve", "pay").stdout)
    state = waiting(cli, file)
    in_steps = json.loads(resumed(cli, file, state, "--approve", "pay").stdout)
    for key in set(at_once) - {"seconds"}:
        assert in_steps[key] == at_once[key], key
    assert in_steps["usage"]["requests"] == 5


def test_events_tell_of_what_is_still_to_do(cli: Cli, write: Write) -> None:
    file = flow(write)
    state = waiting(cli, file)
    result = cli("resume", state, "--approve", "pay", "--events", cwd=file.parent)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    steps = [(one["event"], one["step"]) for one in events if one["event"].startswith("step_")]
    assert steps == [
        *(("step_started", "clerk"), ("step_finished", "clerk")),
        *(("step_started", "tell"), ("step_finished", "tell")),
    ]
    assert (events[0]["event"], events[0]["input"]) == ("run_started", QUESTION)
    assert (events[1]["input"], events[-1]["event"]) == (QUESTION, "run_finished")


def test_all_that_waits_side_by_side_is_listed(cli: Cli, write: Write) -> None:
    file = flow(write, PARALLEL)
    result = ask(cli, file)
    document = json.loads(result.stdout)
    assert [one["agent"] for one in document["approvals"]] == ["clerk", "chief"]
    assert result.stderr.count("the tool 'pay' waits for approval of") == 2
    assert (document["usage"]["requests"], done(file)) == (4, ["paid 5 to ada"])
    assert cli(*advised(result), cwd=file.parent).code == 0
    assert len(done(file)) == 3


def test_a_denial_is_told_and_goes_to_the_model(cli: Cli, write: Write) -> None:
    file = flow(write)
    state = waiting(cli, file)
    argv = ("resume", state, "--deny", "pay", "--reason", "The till is empty.", "--events")
    events = [json.loads(line) for line in cli(*argv, cwd=file.parent).stdout.splitlines()]
    given = [one["output"] for one in events if one["event"] == "step_finished"]
    assert "The till is empty." in given[0]
    (returned,) = (one for one in events if one["event"] == "tool_returned")
    assert (returned["agent"], returned["error"]) == ("clerk", "the call was denied")


def test_it_may_wait_more_than_once(cli: Cli, write: Write) -> None:
    steps = "{sequence: [{agent: clerk}, {agent: chief, input: input}]}"
    file = flow(write, f"workflow: {steps}\n")
    state = waiting(cli, file)
    approved = ("--approve", "pay:amount=5")
    # The pattern of the first command stands for all steps after it.
    assert (resumed(cli, file, state).code, done(file)) == (7, [])
    assert (resumed(cli, file, state, *approved).code, len(done(file))) == (0, 2)


def test_the_person_at_the_terminal_is_asked_in_the_middle(cli: Cli, write: Write) -> None:
    file = flow(write, PARALLEL)
    at_once = cli("run", file.name, QUESTION, cwd=file.parent, input="y\ny\n", tty=True)
    assert (at_once.code, len(done(file))) == (0, 3)
    state = waiting(cli, file)
    result = cli("resume", state, cwd=file.parent, input="y\nn\n", tty=True)
    assert (result.code, len(done(file))) == (0, 5)
    for agent in ("clerk", "chief"):
        assert f"{agent} wants to call pay(" in result.stderr


@pytest.mark.parametrize(("limit", "code"), [("requests=4", 5), ("requests=5", 0)])
def test_a_budget_holds_for_all_of_it(cli: Cli, write: Write, limit: str, code: int) -> None:
    file = flow(write)
    state = waiting(cli, file, "--budget", limit)
    assert resumed(cli, file, state, "--approve", "pay").code == code


def test_turns_are_those_of_each_step(cli: Cli, write: Write) -> None:
    file = flow(write)
    state = waiting(cli, file, "--max-turns", "2")
    assert resumed(cli, file, state, "--approve", "pay").code == 0


def test_a_run_of_one_agent_stays_one(cli: Cli, write: Write) -> None:
    file = flow(write)
    state = waiting(cli, file, "--agent", "clerk")
    answer = json.loads(resumed(cli, file, state, "--approve", "pay").stdout)
    assert (answer["last_agent"], done(file)) == ("clerk", ["paid 5 to ada"])


def test_nothing_is_lost_by_a_kill_once_it_waits(write: Write) -> None:
    file = flow(write)
    run = process(
        file, "run", file.name, QUESTION, then="print('ready', flush=True); time.sleep(60)"
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    run.kill()
    run.communicate(timeout=60)
    (state,) = (file.parent / ".yamlagents" / "state").iterdir()
    after = process(file, "resume", str(state), "--approve", "pay:amount=5", "--json")
    answer, _ = after.communicate(timeout=60)
    assert (after.returncode, json.loads(answer)["usage"]["requests"]) == (0, 5)
    assert done(file) == 2 * ["paid 5 to ada"]


def test_a_kill_at_work_is_no_call_made_twice(cli: Cli, write: Write) -> None:
    file = flow(write, agents=SLOW)
    state = waiting(cli, file)
    at_work = process(file, "resume", state, "--approve", "slow")
    while len(done(file)) < 2:
        assert at_work.poll() is None
        time.sleep(0.02)
    at_work.kill()
    at_work.communicate(timeout=60)
    again = resumed(cli, file, state, "--approve", "slow")
    assert json.loads(again.stdout)["error"]["code"] == "state-used"
    assert resumed(cli, file, state, "--deny", "slow", "--again").code == 0
    assert done(file) == ["paid 5 to ada", "slow"]


def test_steps_that_are_all_left_out_give_the_input(cli: Cli, write: Write) -> None:
    file = flow(write, "workflow: {agent: tell, when: {step: input, equals: x}}\n")
    answer = json.loads(ask(cli, file).stdout)
    assert (answer["final_output"], answer["turns"]) == (QUESTION, 0)


def test_what_cannot_be_kept_is_said(cli: Cli, write: Write) -> None:
    tools = (
        "from agents import RunContextWrapper\n\n\ndef spoil(context: RunContextWrapper) -> str:"
    )
    file = flow(write, more="run: {context: {user: ada}}\n")
    path = file.parent / "tools.py"
    path.write_text(f"{path.read_text()}\n\n{tools}\n    context.context['it'] = object()\n")
    file.write_text(file.read_text().replace("[./tools.py:pay]", "[./tools.py:spoil]"))
    result = ask(cli, file, question="spoil. Pay an amount of 5")
    assert (result.code, json.loads(result.stdout)["state"]) == (7, None), result.stdout
    assert "it cannot be kept to go on later: Object of type object" in result.stderr


def test_it_holds_what_is_done_and_what_waits(cli: Cli, write: Write) -> None:
    file = flow(write)
    saved = SavedRun.read(file.parent / waiting(cli, file))
    assert SavedRun.parse(saved.text) == saved
    assert [one["visit"]["step"] for one in saved.workflow["done"]] == ["till"]
    assert [one["visit"]["step"] for one in saved.workflow["waiting"]] == ["clerk"]
