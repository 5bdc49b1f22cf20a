"""The small commands: schema, doctor, completion, version and list."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

import yamlagents
from tests.conftest import ROOT, Cli
from tests.tested_project import AGENT, TOOLS, Write

KEY = "sk-proj-canary0123456789abcdefghij"


@pytest.fixture
def project(write: Write) -> Path:
    write("agents.d/tools.py", TOOLS)
    return write("agents.d/solo.yaml", AGENT).parent.parent


def test_schema_prints_the_schema_of_the_project(cli: Cli) -> None:
    result = cli("schema")
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout == (ROOT / "schemas" / "agents.schema.json").read_text(encoding="utf-8")


def test_what_schema_prints_takes_a_good_file_and_no_misspelt_one(cli: Cli) -> None:
    schema = jsonschema.Draft7Validator(json.loads(cli("schema").stdout))
    assert schema.is_valid(yaml.safe_load(AGENT))
    assert not schema.is_valid(yaml.safe_load(AGENT.replace("model:", "modle:")))


@pytest.mark.parametrize("argument", ["version", "--version"])
def test_version_prints_name_and_version(cli: Cli, argument: str) -> None:
    result = cli(argument)
    assert (result.code, result.stdout) == (0, f"yamlagents {yamlagents.__version__}\n")


@pytest.mark.parametrize("command", ["schema", "version", "completion"])
def test_a_word_too_many_is_wrong_usage(cli: Cli, command: str) -> None:
    result = cli(command, "bash", "more")
    assert (result.code, result.stdout) == (2, "")
    assert "unexpected extra argument" in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(cli: Cli, shell: str) -> None:
    result = cli("completion", shell)
    assert (result.code, result.stderr) == (0, "")
    assert f"_YAMLAGENTS_COMPLETE={shell}_complete" in result.stdout


def test_completion_knows_three_shells(cli: Cli) -> None:
    result = cli("completion", "tcsh")
    assert (result.code, result.stdout) == (2, "")
    assert "'bash', 'zsh', 'fish'" in result.stderr


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("yamlagents smo", "plain,smoke"),
        ("yamlagents run so", "plain,solo"),
        ("yamlagents smoke --stu", "plain,--stub-tools"),
        ("yamlagents completion f", "plain,fish"),
    ],
)
def test_completion_completes(cli: Cli, project: Path, words: str, completed: str) -> None:
    asked = {
        "_YAMLAGENTS_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    result = cli(cwd=project, env=asked)
    assert (result.code, result.stdout.splitlines()[0]) == (0, completed)


def test_the_script_for_bash_works_in_bash(cli: Cli, project: Path) -> None:
    (project / "complete.sh").write_text(cli("completion", "bash").stdout)
    (project / "yamlagents").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m yamlagents "$@"\n')
    (project / "yamlagents").chmod(0o755)
    ask = "COMP_WORDS=(yamlagents smo) COMP_CWORD=1; _yamlagents_completion yamlagents smo"
    done = subprocess.run(
        ["bash", "-c", f'. ./complete.sh; {ask}; echo "${{COMPREPLY[@]}}"'],
        cwd=project,
        env={"PATH": f"{project}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("smoke\n", "")


def test_doctor_names_keys_and_never_shows_them(cli: Cli, project: Path) -> None:
    result = cli("doctor", cwd=project, env={"OPENAI_API_KEY": KEY})
    assert result.code == 0
    assert "ok    keys" in result.stdout
    assert "OPENAI_API_KEY" in result.stdout
    assert KEY not in result.stdout + result.stderr
    assert "ok    agents.d/solo.yaml" in result.stdout


def test_doctor_exits_with_2_for_a_file_that_does_not_load(cli: Cli, project: Path) -> None:
    (project / "agents.d" / "bad.yaml").write_text(AGENT.replace("model:", "modle:"))
    result = cli("doctor", cwd=project)
    assert result.code == 2
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("bad")]
    assert "agents.d/bad.yaml" in line
    assert "first: agents.d/bad.yaml:" in line


def test_doctor_notes_what_is_not_there(cli: Cli, tmp_path: Path) -> None:
    result = cli("doctor", cwd=tmp_path)
    assert result.code == 0
    notes = [line.split()[1] for line in result.stdout.splitlines() if line.startswith("note")]
    assert notes == ["keys", "agents.d/"]


def install(folder: Path, name: str, version: str) -> None:
    """Put the records of an installed package into `folder`."""
    place = folder / f"{name}-{version}.dist-info"
    place.mkdir()
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


@pytest.mark.parametrize("version", ["1.82.7", "1.82.8"])
def test_doctor_finds_a_litellm_that_steals(
    cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    install(project, "litellm", version)
    monkeypatch.syspath_prepend(project)
    result = cli("doctor", cwd=project)
    assert result.code == 2
    assert f"{version} steals credentials: remove it, and change every key" in result.stdout


def test_list_shows_each_file(cli: Cli, project: Path) -> None:
    result = cli("list", cwd=project)
    assert (result.code, result.stdout) == (
        0,
        "NAME  AGENTS  MODEL          TOOLS\nsolo  solo    offline/match  1\n",
    )


def test_list_as_json_has_every_field(cli: Cli, project: Path) -> None:
    (project / "agents.d" / "models.yaml").write_text("models: {m: {model: openai/x}}\n")
    (project / "agents.d" / "bad.yaml").write_text("agents: [\n")
    result = cli("list", "--json", cwd=project)
    bad, models, solo = json.loads(result.stdout)
    assert result.code == 2
    assert (bad["name"], bad["errors"], bad["agents"]) == ("bad", 1, [])
    assert (models["name"], models["errors"], models["entry"]) == ("models", 0, None)
    assert solo == {
        "name": "solo",
        "params": [],
        "overlays": [],
        "file": "agents.d/solo.yaml",
        "agents": ["solo"],
        "entry": "solo",
        "model": "offline/match",
        "tools": 1,
        "description": None,
        "errors": 0,
    }


@pytest.mark.parametrize(("options", "printed"), [((), ""), (("--json",), "[]\n")])
def test_list_of_an_empty_folder_is_empty(
    cli: Cli, tmp_path: Path, options: tuple[str, ...], printed: str
) -> None:
    (tmp_path / "agents.d").mkdir()
    result = cli("list", *options, cwd=tmp_path)
    assert result.code == 0
    assert result.stdout == (printed or "no agent files; write one with: yamlagents init NAME\n")


def test_list_of_no_folder_is_wrong_usage(cli: Cli, tmp_path: Path) -> None:
    result = cli("list", cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert "There is no folder 'agents.d'; try yamlagents init." in result.stderr
