"""Commands in sandboxes that are for people to decide, and those that are denied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.openai_server import OpenAIServer
from tests.sandbox_project import FILE, Write, calling, leftovers, outputs, project, run


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder for temporary files of its own, in which nothing is left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield
    assert leftovers() == set()


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
