"""A run that waits is saved, and goes on in another process: the command line."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests import mcp_project
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


MORE = """\
params: {greeting: {type: string}, house: {type: file}}
overlays: {loud: {agents: {clerk: {instructions: "PAY ${params.greeting}"}}}}
"""


def test_it_goes_on_with_the_same_options(cli: Cli, write: Write) -> None:
    file = project(write, more=MORE, instructions="${params.greeting} ${params.house}")
    write("sub/house.txt", "blue")
    write("sub/vars", "NAME=ada\n")
    state = waiting(
        *(cli, file, "--param", "greeting=hi", "--param", "house=sub/house.txt"),
        *("--overlay", "loud", "--set", "agents.clerk.name=Ann", "--env-file", "sub/vars"),
    )
    argv = ("resume", str(file.parent / state), "--approve", "pay", "--json")
    result = cli(*argv, cwd=file.parent / "sub")
    assert (result.code, json.loads(result.stdout)["last_agent"]) == (0, "Ann")


def test_a_project_that_was_moved_goes_on(cli: Cli, write: Write) -> None:
    file = project(write)
    state = waiting(cli, file)
    moved = file.parent / "moved"
    moved.mkdir()
    for path in [path for path in file.parent.iterdir() if path != moved]:
        path.rename(moved / path.name)
    assert resumed(cli, moved / file.name, state, "--approve", "pay").code == 0


def test_keys_are_not_saved(cli: Cli, write: Write) -> None:
    file = project(write, more="run: {context: {token: '${TOKEN}', user: ada}}\n")
    env = {"TOKEN": "very-secret-token"}
    options = ("--api-key", "very-secret-key", "--offline")
    result = ask(cli, file, *options, env=env)
    text = (file.parent / json.loads(result.stdout)["state"]).read_text()
    assert ('"user": "ada"' in text, "very-secret" in text) == (True, False)


def test_secrets_are_not_told(cli: Cli, write: Write) -> None:
    file = project(write, "{function: ./tools.py:look, needs_approval: true}")
    env = {"MY_API_KEY": "very-secret-key"}
    result = ask(cli, file, question='Look up what is "very-secret-key"', env=env)
    assert (result.code, "very-secret-key" in result.stderr) == (7, False)
    assert advised(result)[2:] == ["--approve", "look"]


def test_a_call_of_an_mcp_server_goes_on(cli: Cli, write: Write, tmp_path: Path) -> None:
    server = mcp_project.server(tmp_path, require_approval="always")
    agents = "agents: {clerk: {model: offline/match, mcp_servers: [near]}}"
    file = write("shop.yaml", f"mcp_servers: {{near: {server}}}\n{agents}\n")
    state = waiting(cli, file, question="Add a 2 and b 3")
    assert outputs(resumed(cli, file, state, "--approve", "add:a=2,b=3")) == ["5"]
    assert mcp_project.left(tmp_path) == []


def test_a_run_in_a_session_goes_on_in_it(cli: Cli, write: Write) -> None:
    file = project(write)
    state = waiting(cli, file, "--session", "ada")
    assert resumed(cli, file, state, "--approve", "pay").code == 0
    shown = cli("sessions", "show", file.name, "ada", cwd=file.parent).stdout.splitlines()
    assert [line.split(" ")[0] for line in shown] == ["user:", "calls", "returns", "assistant:"]


def test_a_message_of_a_chat_goes_on(cli: Cli, write: Write) -> None:
    file = project(write)
    told = cli("chat", file.name, cwd=file.parent, input=f"{QUESTION}\n")
    assert told.code == 7
    assert cli(*advised(told), cwd=file.parent).stdout == "pay returned paid 5 to ada.\n"


def test_a_workflow_that_waits_cannot_be_saved(cli: Cli, write: Write) -> None:
    file = project(write, more="workflow: {sequence: [{agent: clerk}]}\n")
    result = ask(cli, file)
    document = json.loads(result.stdout)
    assert (result.code, document["state"], len(document["approvals"])) == (7, None, 1)
    assert "a step of a workflow" in result.stderr
    assert "--approve or --deny" in result.stderr
    assert ask(cli, file, "--approve", "pay").code == 0


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_closed_is_told_before_the_run(cli: Cli, write: Write) -> None:
    file = project(write)
    closed = file.parent / "closed"
    closed.mkdir(mode=0o500)
    assert ask(cli, file, "--state", "closed/waiting.json").code == 2
