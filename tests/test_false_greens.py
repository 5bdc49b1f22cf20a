"""Mistakes that other tools let pass with exit code 0, each of them red here and at its place.

Of the same kind, and tested elsewhere: a misspelt, an empty and a vacuous assertion, an unknown
tool in one, a file without tests (tests/test_test_mistakes.py), a test that did not run counted as
passed (tests/test_test_command.py), a missing recording (tests/test_cassettes.py), an exercise
that calls nothing (tests/test_smoke_files.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.pytest_runs import run_pytest
from tests.tested_project import TOOLS, Write

AGENT = """\
agents:
  solo:
    instructions: Be brief.
    model: offline/match
    tools: [./tools.py:get_weather]
"""
CASE = "tests:\n  - name: a\n    input: Weather in Oslo?\n"
PASSING = f"{AGENT}{CASE}    expect: [{{contains: Oslo}}]\n"


@dataclass(frozen=True)
class Green:
    """A file that a rival passes: where and with which code it is red here, and in what."""

    text: str
    place: str
    code: str
    commands: tuple[str, ...] = ("validate", "smoke", "test")


def agent(line: str) -> str:
    """Give the passing file with one more line in the agent, its line 6."""
    return PASSING.replace(CASE, f"    {line}\n{CASE}")


GREENS = {
    "promptfoo: asert": Green(f"{AGENT}{CASE}    asert: [{{contains: x}}]\n", "9:5", "unknown-key"),
    "promptfoo: asert beside the rest": Green(
        f"{PASSING}    asert: [{{contains: x}}]\n", "10:5", "unknown-key"
    ),
    "promptfoo: tests: 5": Green(f"{AGENT}tests: 5\n", "6:8", "wrong-type"),
    "promptfoo: no assertion": Green(f"{AGENT}{CASE}", "7:5", "required-key"),
    "promptfoo: an undefined variable": Green(
        PASSING.replace("in Oslo", "in ${CITTY}"), "8:12", "unset-variable", ("test",)
    ),
    "initrunner: asserions": Green(
        f"{AGENT}{CASE}    asserions: [{{contains: x}}]\n", "9:5", "unknown-key"
    ),
    "pydantic-ai: instructons": Green(
        PASSING.replace("instructions", "instructons"), "3:5", "unknown-key"
    ),
    "pydantic-ai: a misspelt variable in a prompt": Green(
        PASSING.replace("Be brief", "Hi ${USER_NME}"), "3:19", "unset-variable", ("smoke", "test")
    ),
    "pydantic-ai: a word for a number": Green(
        agent("model_settings: {temperature: hot}"), "6:35", "wrong-type"
    ),
    "CrewAI: stat": Green(f"{PASSING}stat: {{type: dict}}\n", "10:1", "unknown-key"),
    "CrewAI: max_itr": Green(f"{PASSING}run: {{max_trns: 3}}\n", "10:7", "unknown-key"),
    "CrewAI: max_itr of an agent": Green(agent("max_itr: 3"), "6:5", "unknown-key"),
    "MAF: a step of an unknown kind": Green(
        f"{PASSING}    script: [{{txet: hi}}]\n", "10:15", "unknown-key"
    ),
    "MAF: a tool with no function": Green(
        PASSING.replace("py:get_weather", "py:get_wether"), "5:13", "missing-name"
    ),
    "MAF: an option of another name": Green(
        agent("model_settings: {temprature: 0.2}"), "6:22", "unknown-key"
    ),
    "AgentSpec: bogus_key": Green(agent("bogus_key: 1"), "6:5", "unknown-key"),
    "AgentSpec: max_tokns": Green(agent("model_settings: {max_tokns: 9}"), "6:22", "unknown-key"),
    "AutoGen: sytem_message": Green(agent("sytem_message: Hi."), "6:5", "unknown-key"),
    "all: a key twice": Green(agent("model: offline/sweep"), "6:5", "duplicate-key"),
}
ROWS = [
    pytest.param(green, command, id=f"{name}, {command}")
    for name, green in GREENS.items()
    for command in green.commands
]


@pytest.fixture
def project(write: Write) -> Path:
    write("agents.d/tools.py", TOOLS)
    return write("agents.d/a.yaml", PASSING).parent.parent


def test_without_a_mistake_all_is_green(cli: Cli, project: Path) -> None:
    assert [cli(command, cwd=project).code for command in ("validate", "smoke", "test")] == [0] * 3


@pytest.mark.parametrize(("green", "command"), ROWS)
def test_what_others_let_pass_is_red_at_its_place(
    cli: Cli, project: Path, green: Green, command: str
) -> None:
    (project / "agents.d" / "a.yaml").write_text(green.text)
    result = cli(command, cwd=project)
    assert result.code == 2
    told = f"agents.d/a.yaml:{green.place}: error[{green.code}]"
    assert told in (result.stdout if command == "validate" else result.stderr)


def test_pytest_passes_none_of_them_either(project: Path) -> None:
    (project / "agents.d" / "a.yaml").unlink()
    for number, green in enumerate(GREENS.values()):
        (project / "agents.d" / f"bad{number}.yaml").write_text(green.text)
    result = run_pytest(project, "--continue-on-collection-errors")
    assert result.code != 0
    assert "passed" not in result.stdout
    for number, green in enumerate(GREENS.values()):
        assert f"agents.d/bad{number}.yaml:{green.place}: error[{green.code}]" in result.stdout


# inspect exits with 0 when every sample fails.
@pytest.mark.parametrize("command", ["test", "pytest"])
def test_if_every_test_fails_so_does_the_command(cli: Cli, project: Path, command: str) -> None:
    (project / "agents.d" / "a.yaml").write_text(PASSING.replace("contains: O", "contains: X"))
    result = cli("test", cwd=project) if command == "test" else run_pytest(project)
    assert result.code == 1
    assert "agents.d/a.yaml:9:15: error[contains]" in result.stdout
