"""`yamlagents test`: what it runs, what it says, and its exit codes."""

import json
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.tested_project import AGENT, TOOLS, TWO, Write, only_passing, write_project


@pytest.fixture
def project(write: Write) -> Path:
    return write_project(write)


FAILED = """\
FAILED agents.d/solo.yaml::oslo is rainy
agents.d/solo.yaml:15:9: error[contains]: the answer does not contain 'rain'
   15 |       - contains: rain
      |         ^^^^^^^^
  expected:  rain
  actual:    The weather in Oslo is sunny.
  transcript
    user     Weather in Oslo?
    call     get_weather(city="Oslo")
    result   The weather in Oslo is sunny.
    answer   The weather in Oslo is sunny.
"""


def test_a_failure_shows_its_line_what_there_was_and_the_transcript(
    cli: Cli, project: Path
) -> None:
    result = cli("test", cwd=project)
    verdicts, _, block = result.stdout.partition("\n\n")
    assert result.code == 1
    assert [line.split(" (")[0] for line in verdicts.splitlines()] == [
        "agents.d/solo.yaml",
        "  PASSED  tokyo is sunny",
        "  FAILED  oslo is rainy",
        "  PASSED  says hello",
    ]
    assert block == FAILED
    assert "3 cases: 2 passed, 1 failed" in result.stderr


def test_stdout_has_the_report_alone(cli: Cli, project: Path) -> None:
    result = cli("test", "--format", "json", cwd=project)
    assert len(json.loads(result.stdout)["cases"]) == 3
    assert result.stderr.count("a tool prints") == 2


def test_all_passed_exits_with_0(cli: Cli, project: Path) -> None:
    only_passing(project)
    result = cli("test", "agents.d/solo.yaml", cwd=project)
    assert result.code == 0
    assert "3 cases: 3 passed" in result.stderr


def test_quiet_tells_failures_only(cli: Cli, project: Path) -> None:
    assert cli("test", "-q", cwd=project).stdout == FAILED
    only_passing(project)
    result = cli("test", "-q", cwd=project)
    assert (result.code, result.stdout) == (0, "")
    assert "cases" not in result.stderr


def test_verbose_shows_the_transcripts_of_what_passed(cli: Cli, project: Path) -> None:
    result = cli("test", "-v", "-k", "hello", cwd=project)
    assert (
        "PASSED agents.d/solo.yaml::says hello\n  transcript\n    user     Hello" in result.stdout
    )


def test_nothing_is_written_where_nothing_failed(cli: Cli, project: Path) -> None:
    only_passing(project)
    before = sorted(project.rglob("*.yaml"))
    cli("test", cwd=project)
    assert not (project / ".yamlagents").exists()
    assert sorted(project.rglob("*.yaml")) == before


def test_what_fail_fast_leaves_out_is_not_passed(cli: Cli, project: Path) -> None:
    result = cli("test", "--fail-fast", cwd=project)
    assert result.code == 1
    assert "  SKIPPED says hello" in result.stdout
    assert "3 cases: 1 passed, 1 failed, 1 not run" in result.stderr


MANY = "".join(
    f"  - name: case {number}\n    input: Weather in Tokyo{number}?\n"
    f"    expect: [{{contains: Tokyo{number}}}]\n"
    for number in range(12)
)


@pytest.mark.parametrize("jobs", ["1", "5"])
def test_results_come_in_the_order_they_are_written(cli: Cli, write: Write, jobs: str) -> None:
    write("agents.d/tools.py", f"import asyncio, random\n{SLOW_TOOL}")
    path = write("agents.d/many.yaml", f"{AGENT}tests:\n{MANY}")
    result = cli("test", "-j", jobs, "--format", "json", cwd=path.parent.parent)
    cases = json.loads(result.stdout)["cases"]
    assert [case["name"] for case in cases] == [f"case {number}" for number in range(12)]
    assert {case["outcome"] for case in cases} == {"passed"}


SLOW_TOOL = '''
async def get_weather(city: str) -> str:
    """Give the weather."""
    await asyncio.sleep(random.random() / 50)
    return f"The weather in {city} is sunny."
'''


def test_tools_that_cannot_be_imported_exit_with_2(cli: Cli, project: Path) -> None:
    (project / "agents.d" / "tools.py").write_text(f"{TOOLS}\nraise RuntimeError('no')\n")
    result = cli("test", cwd=project)
    assert result.code == 2
    assert "  ERROR   tokyo is sunny" in result.stdout
    assert "agents.d/solo.yaml:5:13: error[import-failed]: importing" in result.stdout


LIVE = "  - {name: a live one, input: x, model: openai/gpt-4.1, expect: [{contains: x}]}\n"


@pytest.mark.parametrize(("others", "code"), [("", 8), (TWO.removeprefix("tests:\n"), 1)])
def test_a_missing_cassette_exits_with_8_unless_something_failed(
    cli: Cli, project: Path, others: str, code: int
) -> None:
    (project / "agents.d" / "solo.yaml").write_text(f"{AGENT}tests:\n{LIVE}{others}")
    result = cli("test", cwd=project)
    assert result.code == code
    assert "error[cassette-miss]" in result.stdout
    assert "yamlagents test agents.d/solo.yaml -k " in result.stdout


def test_a_variable_that_only_reaches_a_model_may_be_unset_offline(cli: Cli, project: Path) -> None:
    only_passing(project)
    path = project / "agents.d" / "solo.yaml"
    path.write_text(
        "models: {m: {model: openai/x, api_key: '${NO_SUCH_KEY}'}}\n" + path.read_text()
    )
    assert cli("test", cwd=project).code == 0
    path.write_text(path.read_text().replace("model: offline/match", "model: m"))
    live = cli("test", "--live", cwd=project)
    assert live.code != 0
    assert "NO_SUCH_KEY is not set" in live.stdout + live.stderr


def test_a_matrix_has_one_table_of_verdicts(cli: Cli, project: Path) -> None:
    models = "model=offline/match,offline/sweep"
    result = cli("test", "--matrix", models, cwd=project)
    table = result.stdout.rpartition("\n\n")[2].splitlines()
    assert [line.split() for line in table] == [
        ["offline/match", "offline/sweep"],
        ["agents.d/solo.yaml::tokyo", "is", "sunny", "passed", "failed"],
        ["agents.d/solo.yaml::oslo", "is", "rainy", "failed", "failed"],
        ["agents.d/solo.yaml::says", "hello", "passed", "passed"],
    ]
    assert "  FAILED  tokyo is sunny [offline/sweep]" in result.stdout
    assert "5 cases: 2 passed, 3 failed" in result.stderr


def test_a_terminal_sees_how_far_it_is(cli: Cli, project: Path) -> None:
    result = cli("test", cwd=project, tty=True)
    assert "\r1 of 3\x1b[K" in result.stderr
    assert "\r3 of 3, 1 failed\x1b[K\r\x1b[K" in result.stderr
    assert "\r" not in cli("test", "-q", cwd=project, tty=True).stderr
