"""A run that goes on is the same run: its options, sessions, servers and secrets."""

from __future__ import annotations

import json
from pathlib import Path

from tests import mcp_project
from tests.approval_project import (
    QUESTION,
    Write,
    advised,
    ask,
    outputs,
    project,
    resumed,
    waiting,
)
from tests.conftest import Cli

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
