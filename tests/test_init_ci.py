"""`yamlagents init --ci`: a workflow and hooks that fit the repository, and nothing overwritten."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.conftest import Cli

Write = Callable[[str, str], Path]
AGENT = "agents: {solo: {model: offline/match, instructions: Hi.}}\n"
WORKFLOW = ".github/workflows/agents.yml"
HOOKS = ".pre-commit-config.yaml"


def runs(project: Path) -> list[str]:
    """The command lines of the workflow."""
    text = (project / WORKFLOW).read_text(encoding="utf-8")
    return [
        step["run"] for step in yaml.safe_load(text)["jobs"]["agents"]["steps"] if "run" in step
    ]


def test_an_empty_folder_gets_an_agent_that_passes(cli: Cli, tmp_path: Path) -> None:
    result = cli("init", "--ci", cwd=tmp_path)
    assert result.code == 0
    assert "wrote agents.d/assistant.yaml\n" in result.stdout
    assert result.stdout.endswith(f"wrote {WORKFLOW}\nwrote {HOOKS}\n")
    assert "1 passed" in cli("test", cwd=tmp_path).stderr


def test_agents_that_are_there_get_the_files_alone(cli: Cli, write: Write, tmp_path: Path) -> None:
    write("agents.d/mine.yaml", AGENT)
    result = cli("init", "--ci", cwd=tmp_path)
    assert result.stdout == f"wrote {WORKFLOW}\nwrote {HOOKS}\n"
    tried = result.stderr.partition("Try it:  ")[2].strip()
    assert tried == "yamlagents validate && yamlagents smoke && yamlagents test"
    named = cli("init", "other", "--ci", cwd=tmp_path)
    assert (named.code, named.stdout) == (2, "")


@pytest.mark.parametrize("folder", ["teams", "my agents", "it's: odd #1", 'a"b\\c', "-x"])
def test_the_files_are_for_the_folder_that_is_said(
    cli: Cli, write: Write, tmp_path: Path, folder: str
) -> None:
    write(f"{folder}/mine.yaml", AGENT)
    assert cli("init", "--ci", f"--dir={folder}", cwd=tmp_path).code == 0
    (repository,) = yaml.safe_load((tmp_path / HOOKS).read_text(encoding="utf-8"))["repos"]
    calls = [*runs(tmp_path)[1:3], *(hook["entry"] for hook in repository["hooks"])]
    for call in calls:
        assert cli(*shlex.split(call)[1:], cwd=tmp_path).code == 0, call
    for hook in repository["hooks"]:
        assert re.search(hook["files"], f"{folder}/mine.yaml")
        assert not re.search(hook["files"], "other/mine.yaml")


@pytest.mark.parametrize(
    ("files", "installed"),
    [
        ({}, "yamlagents"),
        ({"pyproject.toml": "[tool.x]\n"}, "yamlagents"),
        ({"pyproject.toml": "not toml"}, "yamlagents"),
        ({"pyproject.toml": "[project]\nname = 'x'\n"}, ". yamlagents"),
        ({"pyproject.toml": "[build-system]\n", "requirements.txt": ""}, ". yamlagents"),
        ({"requirements.txt": "yamlagents==0.1\n"}, "-r requirements.txt yamlagents"),
    ],
    ids=["nothing", "tools", "broken", "project", "both", "requirements"],
)
def test_one_call_installs_the_project_and_yamlagents(
    cli: Cli, tmp_path: Path, files: dict[str, str], installed: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert cli("init", "--ci", cwd=tmp_path).code == 0
    assert runs(tmp_path)[0] == f"python -m pip install {installed}"


def test_a_workflow_that_is_there_stays(cli: Cli, write: Write, tmp_path: Path) -> None:
    write("agents.d/mine.yaml", AGENT)
    write(WORKFLOW, "mine")
    result = cli("init", "--ci", cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert f"Nothing was written: {WORKFLOW} exists already." in result.stderr
    assert not (tmp_path / HOOKS).exists()


def test_hooks_that_are_there_stay_and_what_to_add_is_said(
    cli: Cli, write: Write, tmp_path: Path
) -> None:
    write("agents.d/mine.yaml", AGENT)
    mine = "repos:\n  - repo: meta\n    hooks: [{id: identity}]\n"
    path = write(HOOKS, mine)
    result = cli("init", "--ci", cwd=tmp_path)
    assert (result.code, result.stdout, path.read_text()) == (2, "", mine)
    assert "Nothing was written: .pre-commit-config.yaml exists already." in result.stderr
    added = result.stderr.partition("again:\n\n")[2]
    # What is said can be added as it is; then the workflow is all that is missing.
    path.write_text(mine + added)
    assert len(yaml.safe_load(path.read_text())["repos"]) == 2
    assert cli("init", "--ci", cwd=tmp_path).stdout == f"wrote {WORKFLOW}\n"


@pytest.mark.parametrize("folder", ["/elsewhere", "../agents.d"])
def test_a_folder_outside_of_the_repository_is_refused(
    cli: Cli, tmp_path: Path, folder: str
) -> None:
    result = cli("init", "bot", "--ci", "--dir", folder, cwd=tmp_path)
    assert result.code == 2
    assert f"'{folder}' is no folder of the repository" in result.stderr


def test_files_nobody_would_read_are_not_written(cli: Cli, write: Write, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    folder = write("sub/agents.d/mine.yaml", AGENT).parent.parent
    result = cli("init", "--ci", cwd=folder)
    assert result.code == 2
    assert f"'{tmp_path}'" in result.stderr
    assert not (folder / ".github").exists()
    assert cli("init", "--ci", "--dir", "sub/agents.d", cwd=tmp_path).code == 0
