"""`yamlagents smoke` over agents, files and folders: handoffs, coverage, formats, exit codes."""

import json

import pytest

from tests.conftest import Cli
from tests.smoke_tools import TOOLS, Write, notes
from tests.workflow_commands import commands

NAMED = """\
agents:
  desk: {model: m/a, handoffs: [billing, refunds, weather], tools: ["./tools.py:plain"]}
  billing: {model: m/a, name: Billing, handoffs: [desk, refunds]}
  refunds:
    model: m/a
    name: Billing refunds
    handoff_description: Refunds only.
    handoffs: [desk, billing, weather]
    tools: ["./tools.py:plain", "./tools.py:later"]
  weather: {model: m/b, handoffs: [weather], tools: ["./tools.py:later"]}
  apart: {model: m/b, handoffs: [desk]}
  alone: {model: m/b}
run: {max_turns: 1}
"""
COVERED = """\
agents.d/team.yaml
  desk     1 of 1 tools, 3 of 3 handoffs
  billing  0 of 0 tools, 2 of 2 handoffs
  refunds  2 of 2 tools, 3 of 3 handoffs
  weather  1 of 1 tools, 1 of 1 handoffs
  apart    0 of 0 tools, 1 of 1 handoffs
  alone    0 of 0 tools, 0 of 0 handoffs
"""


@pytest.fixture
def place(write: Write) -> Write:
    """Write agent files beside the tools."""
    write("agents.d/tools.py", TOOLS)
    return lambda name, text: write(f"agents.d/{name}", text).parent.parent


def one(tool: str) -> str:
    return f'agents:\n  solo: {{model: m/a, tools: ["./tools.py:{tool}"]}}\n'


def test_every_handoff_is_taken_in_circles_too_and_every_tool_called_once(
    cli: Cli, place: Write
) -> None:
    project = place("team.yaml", NAMED)
    result = cli("smoke", cwd=project)
    assert (result.code, result.stdout) == (0, COVERED)
    assert "1 file, 4 of 4 tools, 10 of 10 handoffs: passed" in result.stderr
    assert sorted(notes(project)) == ["later 'sample'"] * 2 + ["plain 'sample'"] * 2


def test_agents_that_all_hand_off_to_each_other_are_covered(cli: Cli, place: Write) -> None:
    keys = [f"a{number}" for number in range(8)]
    text = "agents:\n" + "".join(
        f"  {key}: {{model: m/a, tools: ['./tools.py:plain'], handoffs: [{', '.join(others)}]}}\n"
        for key in keys
        for others in [[other for other in keys if other != key]]
    )
    project = place("team.yaml", text)
    result = cli("smoke", "-q", cwd=project)
    assert (result.code, result.stdout, len(notes(project))) == (0, "", 8)


def test_what_fails_is_told_beside_what_passes(cli: Cli, place: Write) -> None:
    place("a.yaml", one("broken"))
    project = place("b.yaml", one("plain"))
    result = cli("smoke", cwd=project)
    assert result.code == 1
    lines = [line for line in result.stdout.splitlines() if "of" in line]
    assert lines[:2] == ["  solo  1 of 1 tools, 0 of 0 handoffs"] * 2
    assert lines[2].startswith("agents.d/a.yaml:2:30: error[smoke-failed]: 'broken' of 'solo'")
    assert "2 files, 2 of 2 tools, 0 of 0 handoffs: 1 failure" in result.stderr


def test_quiet_tells_failures_only(cli: Cli, place: Write) -> None:
    project = place("a.yaml", one("broken"))
    result = cli("smoke", "-q", cwd=project)
    assert result.stdout.startswith("agents.d/a.yaml:2:30: error[smoke-failed]")
    assert "1 file, 1 of 1 tools, 0 of 0 handoffs: 1 failure" in result.stderr
    place("a.yaml", one("plain"))
    passed = cli("smoke", "-q", cwd=project)
    assert (passed.code, passed.stdout, passed.stderr) == (0, "", "")


def test_json_has_the_coverage_and_the_failures(cli: Cli, place: Write) -> None:
    rule = "{function: ./tools.py:later, smoke: {skip: late}}"
    text = f"agents:\n  solo: {{model: m/a, handoffs: [b], tools: [./tools.py:off, {rule}]}}\n"
    project = place("a.yaml", f"{text}  b: {{model: m/a}}\n")
    result = cli("smoke", "--format", "json", cwd=project)
    document = json.loads(result.stdout)
    solo, b = document["files"][0]["agents"]
    assert (result.code, result.stderr, document["files"][0]["file"]) == (1, "", "agents.d/a.yaml")
    assert solo["tools"] == {"off": False, "later": False}
    assert (solo["handoffs"], solo["excused"]) == ({"b": True}, {"later": "skip: late"})
    assert b == {"agent": "b", "tools": {}, "handoffs": {}, "excused": {}}
    (failure,) = document["failures"]
    assert (failure["code"], failure["line"], failure["column"]) == ("not-covered", 2, 45)


def test_github_has_the_coverage_and_an_annotation_for_each_failure(cli: Cli, place: Write) -> None:
    place("a.yaml", one("broken"))
    project = place("b.yaml", one("off"))
    result = cli("smoke", "--format", "github", cwd=project)
    assert result.code == 1
    assert "agents.d/b.yaml\n  solo  0 of 1 tools, 0 of 0 handoffs\n" in result.stdout
    told = [(c.properties["file"], c.properties["title"]) for c in commands(result.stdout)]
    assert told == [
        ("agents.d/a.yaml", "yamlagents smoke-failed"),
        ("agents.d/b.yaml", "yamlagents not-covered"),
    ]


BROKEN = {
    "no YAML": ("agents: [", "error[syntax]"),
    "unknown key": ("agents: {a: {model: m/a, tols: []}}", "error[unknown-key]"),
    "unset variable": ("agents: {a: {model: m/a, instructions: '${NO_NAME}'}}", "error[unset-v"),
    "tests alone": ("tests: [{name: a, input: x, expect: [{turns: 1}]}]", "error[no-agents]"),
    "cannot be imported": (one("nowhere"), "error[missing-name]"),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_file_among_others_exits_with_2_and_nothing_is_called(
    cli: Cli, place: Write, text: str, said: str
) -> None:
    place("a.yaml", one("plain"))
    project = place("b.yaml", text)
    result = cli("smoke", cwd=project)
    assert (result.code, result.stdout, notes(project)) == (2, "", [])
    assert "agents.d/b.yaml:" in result.stderr
    assert said in result.stderr


def test_what_only_imports_show_is_told_of_all_files(cli: Cli, place: Write) -> None:
    for name in ("a", "b"):
        place(f"{name}.yaml", one("plain").replace("tools.py", f"{name}.py"))
        project = place(f"{name}.py", "def plain() -> str: ...\nraise OSError('gone')\n")
    result = cli("smoke", cwd=project)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.count("error[import-failed]") == 2


def test_no_key_is_needed(cli: Cli, place: Write) -> None:
    models = "models: {m: {model: openai/x, api_key: '${NO_KEY}', base_url: '${NO_URL}'}}\n"
    project = place("a.yaml", models + one("plain").replace("m/a", "m"))
    assert cli("smoke", cwd=project).code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "There are no agent files at 'agents.d'"),
        (["empty"], "There are no agent files at 'empty'"),
        (["nowhere.yaml"], "There are no agent files at 'nowhere.yaml'"),
        (["--dir", "empty"], "There are no agent files at 'empty'"),
        (["models.yaml"], "There are no agents in these files"),
        (["--format", "junit"], "'junit' is not one of"),
    ],
    ids=["default", "folder", "file", "dir", "models", "format"],
)
def test_nothing_to_exercise_is_a_failure(
    cli: Cli, write: Write, arguments: list[str], said: str
) -> None:
    project = write("models.yaml", "models: {m: {model: m/a}}\n").parent
    (project / "empty").mkdir()
    (project / "agents.d").mkdir()
    result = cli("smoke", *arguments, cwd=project)
    assert (result.code, result.stdout) == (2, "")
    assert said in result.stderr


def test_files_and_folders_are_exercised_once_each(cli: Cli, place: Write) -> None:
    place("teams/tools.py", TOOLS)
    place("teams/a.yaml", one("plain"))
    project = place("b.yaml", one("plain"))
    result = cli("smoke", "agents.d/b.yaml", "agents.d", "agents.d/teams/*.yaml", cwd=project)
    files = [line for line in result.stdout.splitlines() if line.startswith("agents.d")]
    assert files == ["agents.d/b.yaml", "agents.d/teams/a.yaml"]
