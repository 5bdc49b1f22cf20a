"""`--format github`: read as GitHub's runner reads it, it says what the other formats say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.workflow_commands import commands

Write = Callable[[str, str], Path]
AGENT = "agents:\n  solo:\n    model: offline/match\n    instructions: Be brief.\n"
KINDS = {"error": "error", "warning": "warning", "note": "notice"}


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("plain.yaml", "    modle: x"),
        ("a,b=c, 100%.yaml", "    handoffs: [nobody]"),
        ("c:d%0A%3A%25.yaml", '    "%0A%0D%25 100% ::error::x, a:b": 1'),
        ("tokyo \u6771\u4eac.yaml", "    tools: ['./no::such%2Cfile.py:x']"),
        ("several.yaml", "    handoffs:\n      - nobody\n      - nobody"),
        ("note.yaml", "    handoff_description: ${NO_SUCH_VARIABLE}"),
    ],
    ids=lambda text: text.strip().split("\n")[0],
)
def test_annotations_say_what_json_says(cli: Cli, write: Write, file: str, line: str) -> None:
    folder = write(f"agents.d/{file}", f"{AGENT}{line}\n").parent.parent
    problems = json.loads(cli("validate", "--format", "json", cwd=folder).stdout)
    found = commands(cli("validate", "--format", "github", cwd=folder).stdout)
    assert problems
    assert [command.name for command in found] == [KINDS[one["severity"]] for one in problems]
    for command, problem in zip(found, problems, strict=True):
        hint = "" if problem["hint"] is None else f"\n{problem['hint']}"
        assert command.data == problem["message"] + hint
        said = command.properties
        assert said["title"] == f"yamlagents {problem['code']}"
        assert said["file"] == problem["file"]
        assert (said["line"], said["endLine"]) == (str(problem["line"]), str(problem["end_line"]))


MANY = "".join(f"    key_{number}: ${{UNSET_{number}}}\n" for number in range(12))


def test_github_shows_ten_of_a_kind_and_is_told_of_the_others(cli: Cli, write: Write) -> None:
    folder = write("agents.d/many.yaml", AGENT + MANY).parent.parent
    summary = folder / "summary.md"
    env = {"GITHUB_STEP_SUMMARY": str(summary)}
    result = cli("validate", "--format", "github", cwd=folder, env=env)
    found = commands(result.stdout)
    kinds = [command.name for command in found]
    assert (kinds.count("error"), kinds.count("notice")) == (10, 10)
    assert found[-1].data == "2 errors, 3 notes more: all are in the log of this step"
    # Nothing is lost: the log has all of them as text, and so has the summary.
    for place in (f"agents.d/many.yaml:{5 + number}:5: error[" for number in range(12)):
        assert f"\n{place}" in f"\n{result.stdout}"
    rows = summary.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "### yamlagents validate: 1 file checked: 12 errors, 12 notes"
    assert sum(row.startswith("| agents.d/many.yaml:") for row in rows) == 24


def test_ten_of_a_kind_are_ten(cli: Cli, write: Write) -> None:
    ten = "".join(f"    key_{number}: 1\n" for number in range(10))
    folder = write("agents.d/ten.yaml", AGENT + ten).parent.parent
    found = commands(cli("validate", "--format", "github", cwd=folder).stdout)
    assert [command.name for command in found] == ["error"] * 10


@pytest.mark.parametrize("named", ["agents.d/a.yaml", "../sub/agents.d/a.yaml"])
def test_paths_are_those_of_the_checkout(cli: Cli, write: Write, named: str) -> None:
    root = write("sub/agents.d/a.yaml", f"{AGENT}    modle: x\n").parents[2]
    link = root / "link"
    link.symlink_to(root)
    env = {"GITHUB_WORKSPACE": str(link)}
    result = cli("validate", named, "--format", "github", cwd=root / "sub", env=env)
    assert commands(result.stdout)[0].properties["file"] == "sub/agents.d/a.yaml"


HOSTILE = """\
tests:
  - name: commands
    input: Hello
    script:
      - text: |-
          ::error::injected
            ::add-mask::e
          ::stop-commands::x
          ::debug::y
    expect: [{equals: Hello.}]
"""


def test_what_a_model_says_is_no_command(cli: Cli, write: Write) -> None:
    folder = write("agents.d/a.yaml", AGENT + HOSTILE).parent.parent
    result = cli("test", "--format", "github", cwd=folder)
    assert "::add-mask::e" in result.stdout
    (command,) = commands(result.stdout)
    assert command.properties["line"] == "14"
    assert "actual: ::error::injected\n  ::add-mask::e\n" in command.data


def test_smoke_tells_its_coverage_and_failures(cli: Cli, write: Write) -> None:
    write("agents.d/t.py", 'def broken(city: str) -> str:\n    """Break."""\n    raise OSError\n')
    folder = write("agents.d/a.yaml", f"{AGENT}    tools: [./t.py:broken]\n").parent.parent
    summary = folder / "summary.md"
    env = {"GITHUB_STEP_SUMMARY": str(summary)}
    result = cli("smoke", "--format", "github", cwd=folder, env=env)
    (command,) = commands(result.stdout)
    assert (result.code, command.properties["title"]) == (1, "yamlagents smoke-failed")
    assert "1 file, 1 of 1 tools, 0 of 0 handoffs: 1 failure" in result.stderr
    assert "| error | 'broken' of 'solo': " in summary.read_text(encoding="utf-8")


def test_a_summary_that_cannot_be_written_is_told(cli: Cli, write: Write) -> None:
    folder = write("agents.d/a.yaml", AGENT).parent.parent
    env = {"GITHUB_STEP_SUMMARY": str(folder)}
    result = cli("validate", "--format", "github", cwd=folder, env=env)
    assert result.code == 2
    assert f"'{folder}': is a directory" in result.stderr
