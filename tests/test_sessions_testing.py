"""Tests, smoke and replay have sessions of their own, and never touch a user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.openai_server import OpenAIServer
from tests.session_project import Write

NEVER = "raise SystemExit('this store is not for tests')\n\n\ndef store(session_id):\n    pass\n"
TURNS = """\
tests:
  - name: goes on
    turns: [My name is Ada., What is my name?]
    script: [{text: Hello Ada.}, {text: Ada.}]
    expect: [{contains: Ada}, {tool_count: 0}]
"""


def project(write: Write, session: str, tests: str = TURNS, model: str = "offline/match") -> Path:
    write("store.py", NEVER)
    run = f"run: {{session: {session}, session_input_callback: ../merge.py:merged}}\n"
    merge = "def merged(history, new):\n    print('merging', len(history), len(new))\n"
    write("merge.py", f"{merge}    return history + new\n")
    text = f"agents: {{weather: {{model: {model}}}}}\n{run}{tests}"
    return write("agents.d/a.yaml", text).parent.parent


@pytest.mark.parametrize(
    "session",
    ["{use: '../store.py:store', id: ada}", "{id: ada}", "{type: redis, url: '${NOWHERE}'}"],
    ids=["code", "file", "unset"],
)
def test_cases_and_smoke_leave_the_store_alone(session: str, cli: Cli, write: Write) -> None:
    folder = project(write, session)
    assert cli("test", cwd=folder).code == 0
    assert cli("smoke", cwd=folder).code == 0
    assert not (folder / ".yamlagents").exists()


def test_the_turns_of_a_case_go_on_with_a_session(cli: Cli, write: Write) -> None:
    ran = cli("test", cwd=project(write, "{id: ada}"))
    assert ran.code == 0
    # What a tool or a callback prints goes to stderr.
    said = [line for line in ran.stderr.splitlines() if line.startswith("merging")]
    assert said == ["merging 0 1", "merging 2 1"]


def test_a_limit_of_the_session_holds_in_cases(cli: Cli, write: Write) -> None:
    ran = cli("test", cwd=project(write, "{session_settings: {limit: 1}}"))
    said = [line for line in ran.stderr.splitlines() if line.startswith("merging")]
    assert (ran.code, said) == (0, ["merging 0 1", "merging 1 1"])


def test_a_session_is_recorded_and_replayed(cli: Cli, write: Write, server: OpenAIServer) -> None:
    tests = "tests: [{name: goes on, turns: [one, two], expect: [{contains: Hello}]}]\n"
    folder = project(write, "{id: ada}", tests, "openai/gpt-4.1")
    access = {"OPENAI_API_KEY": "sk-of-a-test", "OPENAI_BASE_URL": server.base_url}
    assert cli("test", "--record", cwd=folder, env=access).code == 0
    asked = len(server.requests)
    assert [len(request.body["messages"]) for request in server.requests] == [1, 3]
    assert cli("test", cwd=folder, env={"OPENAI_BASE_URL": "http://127.0.0.1:1"}).code == 0
    assert len(server.requests) == asked
    assert not (folder / ".yamlagents").exists()
