"""Agents in sandboxes: what is there, what they do, who may, and that nothing is left behind."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import Cli
from tests.openai_server import OpenAIServer
from tests.sandbox_project import FILE, Write, calling, leftovers, project, scripted


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for temporary files of its own, in which nothing is left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield
    assert leftovers() == set()


def run(cli: Cli, file: Path, server: OpenAIServer, *argv: str, **env: str) -> dict[str, object]:
    where = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "dummy", **env}
    result = cli("run", file, "Go.", "--json", *argv, cwd=file.parent, env=where)
    found: dict[str, object] = json.loads(result.stdout)
    return {**found, "exit": result.code, "stderr": result.stderr}


def outputs(found: dict[str, object]) -> list[str]:
    calls = found["tool_calls"]
    assert isinstance(calls, list)
    return [str(call["output"]) for call in calls]


def test_a_workspace_has_what_the_manifest_says(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    command = "cat notes/todo.md room/costs.txt room/deep/sales.txt; echo $GREETING"
    server.behave(calling(command))
    found = run(cli, project(write), server)
    assert found["final_output"] == "done"
    assert outputs(found)[0].splitlines()[-4:] == [
        "- buy ropes",
        "The yard cost 21 million.",
        "46 million",
        "hello",
    ]


def test_commands_get_no_keys_of_ours(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(calling("env"))
    assert "OPENAI_API_KEY" not in outputs(run(cli, project(write), server))[0]
    text = FILE.replace("unix_local", "{type: unix_local, inherit_host_environment: true}")
    found = run(cli, project(write, text), server, SHOWN="seen")
    assert "SHOWN=seen" in outputs(found)[0]


def test_the_model_is_told_of_the_files_and_the_tools(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(calling())
    run(cli, project(write), server)
    body = server.requests[0].body
    assert [tool["function"]["name"] for tool in body["tools"]] == ["exec_command", "write_stdin"]
    told = body["messages"][0]["content"]
    assert "Work in the sandbox." in told
    assert "todo.md" in told


def test_offline_nothing_is_run(cli: Cli, write: Write) -> None:
    file = project(write)
    result = cli(
        "run", file, "exec_command cmd: touch made", "--offline", "--json", cwd=file.parent
    )
    assert result.code == 0, result.stderr
    calls = json.loads(result.stdout)["tool_calls"]
    assert all(call["output"] == "sample" for call in calls)


def test_smoke_calls_stand_ins_for_the_tools(cli: Cli, write: Write) -> None:
    file = project(write)
    result = cli("smoke", file, "--format", "json", cwd=file.parent)
    assert result.code == 0, result.stdout + result.stderr
    assert "exec_command" in result.stdout


def test_tools_are_listed(cli: Cli, write: Write) -> None:
    file = project(write)
    result = cli("tools", file, "--format", "json", cwd=file.parent)
    tools = json.loads(result.stdout)["agents"][0]["tools"]
    assert [(tool["name"], tool["kind"], tool["line"]) for tool in tools] == [
        ("exec_command", "sandbox", 6),
        ("write_stdin", "sandbox", 6),
    ]


def test_a_script_runs_commands_for_real_and_a_stub_does_not(cli: Cli, write: Write) -> None:
    made = Path(write("marks/.keep", "")).parent / "mark"
    file = project(write, scripted(f"echo x > {made}"))
    assert cli("test", file, "--tools", "stub", cwd=file.parent).code == 0
    assert not made.exists()
    result = cli("test", file, cwd=file.parent)
    assert (result.code, made.exists()) == (0, True), result.stdout


def test_a_replay_runs_nothing(cli: Cli, write: Write, server: OpenAIServer) -> None:
    made = Path(write("marks/.keep", "")).parent / "mark"
    file = project(write)
    server.behave(calling(f"echo x > {made}; pwd", "cat notes/todo.md"))
    where = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "dummy"}
    recorded = cli("test", file, "--record", cwd=file.parent, env=where)
    assert (recorded.code, made.exists()) == (0, True), recorded.stdout
    cassette = next(file.parent.glob("cassettes/**/*.yaml"))
    told = yaml.safe_load(cassette.read_text())["agents"]["clerk"]["instructions"]
    assert "/workspace" in told
    assert "sandbox-local-" not in told
    made.unlink()
    replayed = cli("test", file, cwd=file.parent)
    assert (replayed.code, made.exists()) == (0, False), replayed.stdout


def test_a_cassette_knows_the_files_of_the_manifest(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    file = project(write)
    server.behave(calling("ls"))
    where = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "dummy"}
    cli("test", file, "--record", cwd=file.parent, env=where)
    project(write, FILE.replace("notes/todo.md", "notes/done.md"))
    assert cli("test", file, cwd=file.parent).code == 8


def test_a_denied_command_is_not_run(cli: Cli, write: Write, server: OpenAIServer) -> None:
    made = Path(write("marks/.keep", "")).parent / "mark"
    file = project(write)
    server.behave(calling(f"touch {made}"))
    found = run(cli, file, server, "--deny", "exec_command", "--approve", "*")
    assert (found["exit"], made.exists()) == (0, False)
    found = run(cli, file, server, "--deny", "exec_command:cmd=touch *")
    assert (found["exit"], made.exists()) == (0, False)
    found = run(cli, file, server, "--deny", "exec_command:cmd=rm *")
    assert (found["exit"], made.exists()) == (0, True)


def test_a_denied_tool_has_to_be_there(cli: Cli, write: Write) -> None:
    file = project(write)
    result = cli("run", file, "Go.", "--offline", "--deny", "exec_comand", cwd=file.parent)
    assert result.code == 2
    assert "did you mean 'exec_command'" in result.stderr


def test_an_approval_given_at_once_finds_the_workspace_as_it_was(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    text = FILE.replace("[shell]", "[{type: shell, needs_approval: [exec_command]}]")
    server.behave(calling("echo kept > made.txt", "cat made.txt"))
    found = run(cli, project(write, text), server, "--approve", "exec_command")
    assert found["exit"] == 0, found["stderr"]
    assert outputs(found)[1].splitlines()[-1] == "kept"


def test_a_run_that_waits_is_kept_where_its_workspace_is(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    text = FILE.replace("[shell]", "[{type: shell, needs_approval: [exec_command]}]")
    server.behave(calling("cat room/costs.txt", "cat room/costs.txt"))
    found = run(cli, project(write, text), server)
    assert found["exit"] == 7
    assert "give run.sandbox a snapshot" in str(found["stderr"])
    kept = "{client: unix_local, snapshot: {type: local, base_path: kept}}"
    file = project(write, text.replace("{client: unix_local}", kept))
    found = run(cli, file, server)
    state = next((file.parent / ".yamlagents").rglob("*.json"))
    where = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "dummy"}
    result = cli("resume", state, "--approve", "exec_command", "--json", cwd=file.parent, env=where)
    assert result.code == 0, result.stderr
    assert "21 million" in result.stdout


@pytest.mark.parametrize("streamed", ["--stream", "--no-stream"])
def test_a_run_that_fails_leaves_nothing(
    cli: Cli, write: Write, server: OpenAIServer, streamed: str
) -> None:
    server.behave(calling("touch made.txt", "ls", "ls"))
    file = project(write, FILE.replace("run:\n", "run:\n  max_turns: 2\n"))
    assert run(cli, file, server, streamed)["exit"] == 5


def test_a_sandbox_that_does_not_start_is_told_with_its_place(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    file = project(write)
    shutil.rmtree(file.parent / "room")
    (file.parent / "room").mkdir()
    text = FILE.replace("client: unix_local", "client: ./boxes.py:none")
    write("boxes.py", "def none():\n    raise OSError('no room left')\n")
    project(write, text)
    found = run(cli, file, server)
    assert found["exit"] in (2, 4)
    assert "no room left" in str(found["stderr"])


ENV = FILE.replace("{GREETING: hello}", '{WIKI_TOKEN: "${WIKI_TOKEN}"}')


def test_a_variable_of_the_sandbox_matters_once_there_is_one(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    file = project(write, ENV)
    assert cli("smoke", file, cwd=file.parent).code == 0
    server.behave(calling("echo $WIKI_TOKEN"))
    where = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "dummy"}
    result = cli("run", file, "Go.", cwd=file.parent, env=where)
    assert (result.code, "error[unset-variable]" in result.stderr) == (2, True)
    found = run(cli, file, server, WIKI_TOKEN="s3cret-of-the-wiki")
    assert outputs(found)[0].splitlines()[-1] == "<redacted>"


@pytest.mark.parametrize(
    "variable", ["WIKI_TOKEN: abc123def456", "WIKI_TOKEN: {value: abc123def456}"]
)
def test_a_secret_is_not_written_into_a_manifest(cli: Cli, write: Write, variable: str) -> None:
    file = project(write, FILE.replace("GREETING: hello", variable))
    result = cli("validate", file, cwd=file.parent)
    assert (result.code, "error[literal-secret]" in result.stdout) == (2, True)


def test_a_workspace_of_a_name_is_gone_on_with(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    kept = "{client: unix_local, snapshot: {type: local, base_path: kept, id: desk}}"
    file = project(write, FILE.replace("{client: unix_local}", kept))
    server.behave(calling("echo one >> days.txt; cat days.txt"))
    run(cli, file, server)
    assert outputs(run(cli, file, server))[0].splitlines()[-2:] == ["one", "one"]
    assert [path.name for path in (file.parent / "kept").iterdir()] == ["desk.tar"]
