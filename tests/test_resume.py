"""A run that waits is saved, and goes on in another process: the command line."""

from __future__ import annotations

import json
import stat
from typing import Any

import pytest

from tests.approval_project import (
    PAY,
    QUESTION,
    Write,
    advised,
    ask,
    done,
    outputs,
    project,
    resumed,
    waiting,
)
from tests.conftest import Cli
from yamlagents.waiting import SavedRun


def test_the_run_goes_on_by_the_command_that_is_told(cli: Cli, write: Write) -> None:
    file = project(write)
    waits = ask(cli, file)
    assert (waits.code, done(file)) == (7, [])
    argv = advised(waits)
    assert argv[0] == "resume"
    assert argv[2:] == ["--approve", "pay:amount=5,to=ada"]
    ended = cli(*argv, cwd=file.parent)
    assert (ended.code, ended.stdout) == (0, "pay returned paid 5 to ada.\n")
    assert done(file) == ["paid 5 to ada"]


def test_what_waits_is_told_as_text_and_as_json(cli: Cli, write: Write) -> None:
    file = project(write)
    told = 'the tool \'pay\' waits for approval of {"amount":5,"to":"ada"} (agent \'clerk\')'
    result = ask(cli, file)
    document = json.loads(result.stdout)
    assert f"error[needs-approval]: {told}\n" in result.stderr
    assert document["error"]["message"].startswith(f"{told}; yamlagents resume .yamlagents/")
    assert document["approvals"] == [
        {"agent": "clerk", "tool": "pay", "arguments": '{"amount":5,"to":"ada"}'}
    ]
    assert (file.parent / document["state"]).is_file()


def test_events_tell_it_as_well(cli: Cli, write: Write) -> None:
    file = project(write)
    result = cli("run", file.name, QUESTION, "--events", cwd=file.parent)
    last = json.loads(result.stdout.splitlines()[-1])
    assert (last["event"], last["error"]["exit"]) == ("run_failed", 7)
    assert last["state"].startswith(".yamlagents/state/")


def test_the_state_is_for_its_owner_and_not_for_git(cli: Cli, write: Write) -> None:
    file = project(write)
    state = file.parent / waiting(cli, file)
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert stat.S_IMODE(state.parent.stat().st_mode) == 0o700
    assert (file.parent / ".yamlagents" / ".gitignore").read_text().endswith("\n*\n")
    assert [path.name for path in state.parent.iterdir()] == [state.name]


def test_a_state_that_is_used_up_is_removed(cli: Cli, write: Write) -> None:
    file = project(write)
    state = waiting(cli, file)
    assert resumed(cli, file, state, "--approve", "pay").code == 0
    assert list((file.parent / state).parent.iterdir()) == []
    again = resumed(cli, file, state, "--approve", "pay")
    assert (again.code, f"There is no file '{state}'" in again.stderr) == (2, True)
    assert done(file) == ["paid 5 to ada"]


def test_a_run_that_still_waits_is_saved_again(cli: Cli, write: Write) -> None:
    file = project(write)
    state = waiting(cli, file)
    for options in ((), ("--approve", "pay:amount=6"), ("--deny", "pay:to=eve")):
        assert (resumed(cli, file, state, *options).code, done(file)) == (7, [])
    assert len(list((file.parent / state).parent.iterdir())) == 1
    assert outputs(resumed(cli, file, state, "--approve", "pay:amount=5")) == ["paid 5 to ada"]


def test_patterns_hold_for_the_rest_of_the_run(cli: Cli, write: Write) -> None:
    file = project(write)
    state = waiting(cli, file, "--deny", "pay:amount=5,to=eve", "--approve", "pay:to=bob")
    assert resumed(cli, file, state, "--deny", "pay:amount=5").code == 0
    assert done(file) == []
    state = waiting(cli, file, "--approve", "pay:amount=7")
    saved = SavedRun.read(file.parent / state)
    assert saved.command["approve"] == ["pay:amount=7"]


def test_what_no_pattern_approves_is_not_advised(cli: Cli, write: Write) -> None:
    file = project(write, "{function: ./tools.py:look, needs_approval: true}")
    # A letter of another script, which looks like the one that is denied.
    result = ask(cli, file, "--deny", "look:what=evil", question='Look up what is "\u13acvil"')
    state = json.loads(result.stdout)["state"]
    assert f"hint: yamlagents resume {state}, on a terminal: --deny look:what=evil" in result.stderr
    assert resumed(cli, file, state, "--approve", "look").code == 7


def test_a_denial_reaches_the_model_with_its_reason(cli: Cli, write: Write) -> None:
    file = project(write)
    state = waiting(cli, file)
    result = resumed(cli, file, state, "--deny", "pay", "--reason", "The till is empty.")
    assert "The till is empty." in json.loads(result.stdout)["final_output"]


def test_the_person_at_the_terminal_is_asked(cli: Cli, write: Write) -> None:
    file = project(write)
    state = waiting(cli, file)
    result = cli("resume", state, cwd=file.parent, input="y\n", tty=True)
    assert (result.code, done(file)) == (0, ["paid 5 to ada"])
    assert "clerk wants to call pay(" in result.stderr


def test_a_question_that_is_broken_off_leaves_the_state(cli: Cli, write: Write) -> None:
    file = project(write)
    state = waiting(cli, file)
    assert cli("resume", state, cwd=file.parent, input="", tty=True).code == 130
    assert resumed(cli, file, state, "--approve", "pay").code == 0


def test_usage_cost_turns_and_calls_add_up(cli: Cli, write: Write) -> None:
    file = project(write, f"./tools.py:look, {PAY}")
    at_once = json.loads(ask(cli, file, "--approve", "pay").stdout)
    state = waiting(cli, file)
    resumed(cli, file, state)
    in_steps = json.loads(resumed(cli, file, state, "--approve", "pay").stdout)
    for key in ("usage", "cost", "turns", "tool_calls", "last_agent", "definition"):
        assert in_steps[key] == at_once[key], key


@pytest.mark.parametrize(
    ("limit", "code"), [("requests=1", 5), ("requests=2", 0), ("total_tokens=30", 5)]
)
def test_a_budget_holds_for_the_whole_run(cli: Cli, write: Write, limit: str, code: int) -> None:
    file = project(write)
    state = waiting(cli, file, "--budget", limit)
    assert resumed(cli, file, state, "--approve", "pay").code == code


def test_turns_are_counted_over_the_whole_run(cli: Cli, write: Write) -> None:
    file = project(write)
    state = waiting(cli, file, "--max-turns", "1")
    result = resumed(cli, file, state, "--approve", "pay")
    assert json.loads(result.stdout)["error"]["code"] == "max-turns"


def test_the_state_goes_where_it_is_told(cli: Cli, write: Write) -> None:
    file = project(write)
    assert waiting(cli, file, "--state", "waiting.json") == "waiting.json"
    twice = ask(cli, file, "--state", "waiting.json")
    assert (twice.code, "is there already" in twice.stderr) == (2, True)
    nowhere = ask(cli, file, "--state", "none/waiting.json")
    assert (nowhere.code, "there is no folder 'none'" in nowhere.stderr) == (2, True)
    assert resumed(cli, file, "waiting.json", "--approve", "pay").code == 0
    assert not (file.parent / "waiting.json").exists()


def test_a_state_that_cannot_be_saved_is_said(cli: Cli, write: Write) -> None:
    file = project(write)
    write(".yamlagents", "a file in the way")
    result = ask(cli, file)
    assert (result.code, json.loads(result.stdout)["state"]) == (7, None)
    assert "it cannot be saved: " in result.stderr


@pytest.mark.parametrize("form", [(), ("--stream",), ("--no-stream",)], ids=["", "stream", "no"])
def test_it_goes_on_streamed_and_whole(cli: Cli, write: Write, form: tuple[str, ...]) -> None:
    file = project(write)
    state = waiting(cli, file, *form)
    result = cli("resume", state, "--approve", "pay", *form, cwd=file.parent)
    assert (result.code, result.stdout) == (0, "pay returned paid 5 to ada.\n")


def test_its_events_go_on(cli: Cli, write: Write) -> None:
    file = project(write)
    state = waiting(cli, file)
    result = cli("resume", state, "--approve", "pay", "--events", cwd=file.parent)
    events: list[dict[str, Any]] = [json.loads(line) for line in result.stdout.splitlines()]
    kinds = [event["event"] for event in events if event["event"] != "text_delta"]
    assert kinds == [
        *("run_started", "tool_called", "tool_returned", "agent_started"),
        *("model_replied", "run_finished"),
    ]
    assert (events[0]["input"], events[4]["turn"]) == (QUESTION, 2)


def test_a_folder_that_is_closed_is_told_before_the_run(cli: Cli, write: Write) -> None:
    file = project(write)
    # What is no folder is closed to root as well.
    (file.parent / "closed").touch()
    assert ask(cli, file, "--state", "closed/waiting.json").code == 2
