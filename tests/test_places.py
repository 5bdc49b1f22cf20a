"""Where agent files are found, and what `init` leaves alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli

Write = Callable[[str, str], Path]
AGENT = "agents: {a: {model: offline/match, instructions: Hi.}}\n"


def test_a_file_in_a_folder_has_one_name_everywhere(cli: Cli, write: Write, tmp_path: Path) -> None:
    write("agents.d/teams/support.yaml", AGENT)
    listed = json.loads(cli("list", "--json", cwd=tmp_path).stdout)
    assert [row["name"] for row in listed] == ["teams/support"]
    assert cli("run", "teams/support", "hi", cwd=tmp_path).code == 0
    missing = cli("run", "team/support", "hi", cwd=tmp_path)
    assert "did you mean 'teams/support'?" in missing.stderr


def test_links_to_folders_are_not_followed(cli: Cli, write: Write, tmp_path: Path) -> None:
    write("agents.d/a.yaml", AGENT)
    (tmp_path / "agents.d" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert cli("validate", cwd=tmp_path).stderr == "1 file checked, no problems\n"


@pytest.mark.parametrize("folder", [".", "teams/mine", "agents.d"])
def test_init_names_the_schema_from_where_the_file_is(
    cli: Cli, tmp_path: Path, folder: str
) -> None:
    assert cli("init", "bot", "--dir", folder, cwd=tmp_path).code == 0
    file = tmp_path / folder / "bot.yaml"
    modeline = file.read_text(encoding="utf-8").splitlines()[0]
    assert (file.parent / modeline.partition("$schema=")[2]).is_file()
    assert cli("validate", file, cwd=tmp_path).code == 0


def test_init_leaves_a_schema_as_it_is(cli: Cli, write: Write, tmp_path: Path) -> None:
    schema = write("schemas/agents.schema.json", "mine")
    assert cli("init", "bot", cwd=tmp_path).code == 0
    assert schema.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("option", ["--input-file", "--env-file"])
def test_a_file_that_is_no_text_is_wrong_usage(
    cli: Cli, write: Write, tmp_path: Path, option: str
) -> None:
    write("agents.d/a.yaml", AGENT)
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe")
    result = cli("run", "a", option, "bad.txt", cwd=tmp_path)
    assert result.code == 2
    assert f"{option}: 'bad.txt' cannot be read: it is not utf-8" in result.stderr


def test_a_file_without_agents_says_so(cli: Cli, write: Write, tmp_path: Path) -> None:
    write("agents.d/models.yaml", "models: {fast: {model: openai/gpt-4.1}}\n")
    result = cli("run", "models", "hi", cwd=tmp_path)
    assert result.code == 2
    assert "agents.d/models.yaml:1:1: error[no-agents]" in result.stderr
