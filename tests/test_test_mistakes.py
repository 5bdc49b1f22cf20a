"""Mistakes in tests and in usage: each is told and exits with 2, none passes."""

from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.tested_project import AGENT, TOOLS, Write, only_passing, write_project


@pytest.fixture
def project(write: Write) -> Path:
    return write_project(write)


BROKEN = {
    "misspelt assertion": "  - {name: a, input: x, expect: [{contians: x}]}",
    "misspelt expect": "  - {name: a, input: x, expects: [{contains: x}]}",
    "no expect": "  - {name: a, input: x}",
    "empty expect": "  - {name: a, input: x, expect: []}",
    "empty contains": "  - {name: a, input: x, expect: [{contains: ''}]}",
    "unset variable": "  - {name: a, input: 'in ${CITTY}?', expect: [{contains: x}]}",
    "unset expectation": "  - {name: a, input: x, expect: [{not: {contains: '${CITTY}'}}]}",
    "unknown tool": "  - {name: a, input: x, expect: [{tool_called: get_wether}]}",
    "unknown tool, not called": "  - {name: a, input: x, expect: [{no_tool: get_wether}]}",
    "unknown agent": "  - {name: a, input: x, expect: [{not: {last_agent: sola}}]}",
    "number": " 5",
    "empty list": " []",
    "same name twice": "  - {name: a, input: x, expect: [{turns: 1}]}\n" * 2,
}


@pytest.mark.parametrize("tests", BROKEN.values(), ids=list(BROKEN))
def test_a_mistake_in_a_test_is_a_problem_and_never_a_pass(
    cli: Cli, write: Write, tests: str
) -> None:
    write("agents.d/tools.py", TOOLS)
    separator = "" if tests[1] != " " else "\n"
    path = write("agents.d/bad.yaml", f"{AGENT}tests:{separator}{tests}\n")
    result = cli("test", cwd=path.parent.parent)
    assert result.code == 2
    assert "agents.d/bad.yaml:" in result.stderr
    assert "error[" in result.stderr
    assert result.stdout == ""


BUILT = '''\
from agents import function_tool

@function_tool(name_override="forecast")
def get_weather(city: str) -> str:
    """Give the weather."""
    return "sunny"

tools = {"get_weather": get_weather}
get_weather = tools["get_weather"]
'''


@pytest.mark.parametrize("assertion", ["no_tool: get_weather", "not: {tool_called: get_weather}"])
def test_a_tool_that_only_its_code_names_is_held_to_that_name(
    cli: Cli, write: Write, assertion: str
) -> None:
    write("agents.d/tools.py", BUILT)
    case = f"  - {{name: a, input: x, script: [{{text: x}}], expect: [{{{assertion}}}]}}\n"
    path = write("agents.d/built.yaml", f"{AGENT}tests:\n{case}")
    result = cli("test", cwd=path.parent.parent)
    assert result.code in (1, 2)
    assert "there is no tool 'get_weather'" in result.stdout + result.stderr


@pytest.mark.parametrize("path", [".", "agents.d/bare.yaml", "agents.d"])
def test_a_file_without_tests_alone_is_a_failure(cli: Cli, write: Write, path: str) -> None:
    write("agents.d/tools.py", TOOLS)
    bare = write("agents.d/bare.yaml", AGENT)
    result = cli("test", path, cwd=bare.parent.parent)
    assert (result.code, result.stdout) == (2, "")
    assert "There are no tests in agents.d/bare.yaml." in result.stderr


def test_a_file_without_tests_among_others_is_named(cli: Cli, project: Path, write: Write) -> None:
    only_passing(project)
    write("agents.d/bare.yaml", AGENT)
    result = cli("test", cwd=project)
    assert result.code == 0
    assert "agents.d/bare.yaml has no tests\n" in result.stderr
    named = cli("test", "agents.d/bare.yaml", "agents.d/solo.yaml", cwd=project)
    assert named.code == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-k", "nonsense"], "None of 3 tests is selected"),
        (["--tag", "nonsense"], "None of 3 tests is selected"),
        (["-k", "tokyo and"], "a word is missing at its end"),
        (["-k", "(tokyo"], "a bracket is not closed"),
        (["-k", "tokyo )"], "')' is out of place"),
        (["--output", "junit"], "'junit' is not FORMAT:FILE"),
        (["--output", "xml:a.xml"], "'xml:a.xml' is not FORMAT:FILE"),
        (["--matrix", "models=a"], "'models=a' is not model=MODEL,MODEL"),
        (["--matrix", "model=gpt-4.1"], "'gpt-4.1' names no provider"),
        (["--matrix", "model=offline/echo"], "write offline/match or offline/sweep"),
        (["--matrix", "model=offline/match,openai/"], "'openai/' is no model"),
        (["--live", "--record"], "--live and --record exclude each other"),
        (["nowhere.yaml"], "There are no agent files at 'nowhere.yaml'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_exits_with_2(cli: Cli, project: Path, options: list[str], said: str) -> None:
    result = cli("test", *options, cwd=project)
    assert (result.code, result.stdout) == (2, "")
    assert said in result.stderr
