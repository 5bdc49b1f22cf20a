"""Agents in sandboxes: what is there, what they do, who may, and that nothing is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import yaml

from tests.conftest import Cli
from tests.openai_server import OpenAIServer
from tests.sandbox_project import (
    FILE,
    Write,
    calling,
    leftovers,
    outputs,
    project,
    run,
    scripted,
)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for temporary files of its own, in which nothing is left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield
    assert leftovers() == set()


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[None]]:
    """Nowhere to make a workspace, for as long as a block lasts."""

    @contextmanager
    def block() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr("tempfile.tempdir", "/nowhere")
            yield

    return block


Nowhere = Callable[[], AbstractContextManager[None]]


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


def test_a_file_is_copied_wherever_we_are(
    cli: Cli, write: Write, server: OpenAIServer, tmp_path: Path
) -> None:
    text = FILE.replace("room: {type: local_dir, src: room}", "a: {type: local_file, src: a.txt}")
    write("a.txt", "The yard.\n")
    server.behave(calling("cat a"))
    env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "dummy"}
    (tmp_path / "elsewhere").mkdir()
    file = project(write, text)
    result = cli("run", file, "Go.", "--json", cwd=tmp_path / "elsewhere", env=env)
    assert "The yard." in outputs(json.loads(result.stdout))[0], result.stderr


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


def test_offline_nothing_is_run(cli: Cli, write: Write, nowhere: Nowhere) -> None:
    file = project(write)
    with nowhere():
        result = cli(
            "run", file, "exec_command cmd: touch made", "--offline", "--json", cwd=file.parent
        )
    assert result.code == 0, result.stderr
    calls = json.loads(result.stdout)["tool_calls"]
    assert all(call["output"] == "sample" for call in calls)


def test_smoke_calls_stand_ins_for_the_tools(cli: Cli, write: Write, nowhere: Nowhere) -> None:
    file = project(write)
    with nowhere():
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


def test_a_replay_runs_nothing(
    cli: Cli, write: Write, server: OpenAIServer, nowhere: Nowhere
) -> None:
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
    with nowhere():
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


@pytest.mark.parametrize("streamed", ["--stream", "--no-stream"])
def test_a_run_that_fails_leaves_nothing(
    cli: Cli, write: Write, server: OpenAIServer, streamed: str
) -> None:
    server.behave(calling("touch made.txt", "ls", "ls"))
    file = project(write, FILE.replace("run:\n", "run:\n  max_turns: 2\n"))
    assert run(cli, file, server, streamed)["exit"] == 5


def test_a_client_that_cannot_be_made_is_a_problem(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    write("boxes.py", "def none():\n    raise OSError('no room left')\n")
    file = project(write, FILE.replace("client: unix_local", "client: ./boxes.py:none"))
    found = run(cli, file, server)
    assert found["exit"] == 2
    assert "error[call-failed]: calling './boxes.py:none' failed" in str(found["stderr"])


def test_a_workspace_that_cannot_be_filled_is_told_with_its_place(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    text = FILE.replace("src: room}", "src: room, group: nobody-is-in-this}")
    found = run(cli, project(write, text), server)
    assert found["exit"] == 4
    assert "error[sandbox-failed]: a sandbox (office.yaml:5) failed: " in str(found["stderr"])


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
