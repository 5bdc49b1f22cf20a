"""The pytest plugin: agent files' tests as items, which say what `yamlagents test` says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from junitparser import JUnitXml
from junitparser import TestCase as JUnitCase
from junitparser import TestSuite as JUnitSuite

from tests.conftest import ROOT, Cli
from tests.openai_server import OpenAIServer
from tests.pytest_runs import NAMES, collected, run_pytest
from tests.tested_project import AGENT, TOOLS, TWO, Write, write_project

pytestmark = pytest.mark.slow

IN_ERROR = """\
agents:
  solo: {instructions: Be brief., model: offline/match, tools: [./raises.py:get_weather]}
tests:
  - {name: is in error, input: Hello, expect: [{contains: x}]}
"""

EVERY_OUTCOME = """\
agents:
  solo: {instructions: Be brief., model: openai/gpt-4.1, tools: [./tools.py:get_weather]}
tests:
  - {name: passes, input: Hello, script: [{text: Hello.}], expect: [{equals: Hello.}]}
  - name: fails
    input: Weather in Oslo?
    model: offline/match
    expect:
      - contains: rain
      - contains: snow
  - {name: is missing, input: Hello, expect: [{contains: x}]}
  - {name: is stale, input: Hello, expect: [{contains: e}]}
  - name: passes at times
    input: Hello
    repeat: 2
    require: 1
    script: [{text: Hello.}]
    expect: [{contains: Hell}]
"""


@pytest.fixture
def project(write: Write) -> Path:
    return write_project(write)


def test_a_failure_says_what_yamlagents_test_says(cli: Cli, project: Path) -> None:
    result = run_pytest(project)
    told = cli("test", "-q", cwd=project).stdout.partition("\n")[2]
    assert result.code == 1
    assert "agents.d/solo.yaml:15:9: error[contains]" in told
    assert told in result.stdout
    assert "1 failed, 2 passed" in result.stdout
    gist = "FAILED agents.d/solo.yaml::oslo is rainy - the answer does not contain 'rain'"
    assert gist in result.stdout


def verdicts(report: Path) -> dict[str, str]:
    """Give the verdict on each case of pytest's JUnit report, as junitparser reads it."""
    (suite,) = JUnitXml.fromfile(str(report))
    assert isinstance(suite, JUnitSuite)
    return {f"{case.classname}::{case.name}": _verdict(case) for case in suite}


def _verdict(case: JUnitCase) -> str:
    return type(case.result[0]).__name__.lower() if case.result else "passed"


def told_by_test(cli: Cli, project: Path, *argv: str) -> dict[str, str]:
    """Give the verdicts of `yamlagents test`, in the names and words that pytest has for them."""
    cases = json.loads(cli("test", "--format", "json", *argv, cwd=project).stdout)["cases"]
    words = {"passed": "passed", "failed": "failure", "error": "failure"}
    return {
        f"{case['file'].replace('/', '.')}::{case['name']}": words[case["outcome"]]
        for case in cases
        if case["outcome"] != "skipped"
    }


def test_items_and_yamlagents_test_agree_over_the_examples(cli: Cli, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "agents.d", tmp_path / "agents.d")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests").mkdir()  # the project's own settings name it
    result = run_pytest(tmp_path, "agents.d", "--junitxml", "report.xml")
    found = verdicts(tmp_path / "report.xml")
    assert found == told_by_test(cli, tmp_path)
    assert (result.code, set(found.values())) == (0, {"passed"})


@pytest.fixture
def every_outcome(project: Path, server: OpenAIServer) -> Path:
    """A project with a test of each outcome, one of them recorded and out of date by now."""
    path = project / "agents.d" / "solo.yaml"
    path.write_text(EVERY_OUTCOME)
    path.with_name("second.yaml").write_text(IN_ERROR)
    path.with_name("raises.py").write_text(f"{TOOLS}\nraise RuntimeError('no')\n")
    env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
    stale = ("-k", "stale", "-W", "error")
    recorded = run_pytest(project, "--yamlagents-record", *stale, env=env)
    assert (recorded.code, len(server.requests)) == (0, 2), recorded.stdout
    assert run_pytest(project, *stale).code == 0
    path.write_text(EVERY_OUTCOME.replace("Be brief.", "Be kind."))
    return project


def test_items_and_yamlagents_test_agree_on_every_outcome(cli: Cli, every_outcome: Path) -> None:
    result = run_pytest(every_outcome, "--junitxml", "report.xml")
    found = verdicts(every_outcome / "report.xml")
    assert found == told_by_test(cli, every_outcome)
    assert [name for name, verdict in found.items() if verdict == "passed"] == [
        "agents.d.solo.yaml::passes",
        "agents.d.solo.yaml::passes at times",
    ]
    assert "there is no cassette agents.d/cassettes/solo/is-missing.yaml" in result.stdout
    assert "exchange 1 of agents.d/cassettes/solo/is-stale.yaml is stale" in result.stdout
    assert "importing './raises.py:get_weather' failed: RuntimeError: no" in result.stdout
    assert result.stdout.count("--record") == 2
    assert "Traceback" not in result.stdout
    first = run_pytest(every_outcome, "-x", "--junitxml", "first.xml")
    assert "stopping after 1 failures" in first.stdout
    assert verdicts(every_outcome / "first.xml") == told_by_test(cli, every_outcome, "--fail-fast")


def test_junit_has_the_gist_and_what_was_used(project: Path) -> None:
    run_pytest(project, "--junitxml", "report.xml", "-o", "junit_family=xunit1")
    (suite,) = JUnitXml.fromfile(str(project / "report.xml"))
    assert isinstance(suite, JUnitSuite)
    cases = list(suite)
    lines = [(case.name, case._elem.attrib["file"], case._elem.attrib["line"]) for case in cases]
    # pytest counts lines from 0 here.
    assert lines == [
        (name, "agents.d/solo.yaml", line)
        for name, line in zip(NAMES, ("6", "10", "15"), strict=True)
    ]
    assert [case.result[0].message for case in cases if case.result] == [
        "the answer does not contain 'rain'"
    ]
    counted = {one.get("name"): one.get("value") for one in cases[0]._elem.iter("property")}
    assert (counted["requests"], counted["attempts"]) == ("2", "1")


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        ((), NAMES),
        (("-k", "tokyo or hello"), (NAMES[0], NAMES[2])),
        (("--strict-markers", "-m", "quick"), NAMES[:1]),
        (("--strict-markers", "-m", "weather and not quick"), NAMES[1:2]),
        (("agents.d/solo.yaml::says hello",), NAMES[2:]),
    ],
    ids=["all", "words", "tag", "tags", "id"],
)
def test_items_are_selected_as_others_are(
    project: Path, argv: tuple[str, ...], names: tuple[str, ...]
) -> None:
    assert collected(run_pytest(project, "--collect-only", "-q", *argv)) == list(names)


def test_what_failed_last_runs_alone(project: Path) -> None:
    run_pytest(project, "--lf")
    assert "1 failed in" in run_pytest(project, "--lf").stdout


def test_items_run_in_several_processes(project: Path) -> None:
    pytest.importorskip("xdist")
    result = run_pytest(project, "-n", "2")
    assert "1 failed, 2 passed" in result.stdout
    assert "oslo is rainy - the answer does not contain 'rain'" in result.stdout


def test_tags_that_pytest_would_act_upon_have_no_effect(project: Path) -> None:
    path = project / "agents.d" / "solo.yaml"
    path.write_text(path.read_text().replace("[weather]", "[skip, skipif, xfail, two words, _x]"))
    result = run_pytest(project, "--strict-markers", "-W", "error")
    assert "1 failed, 2 passed" in result.stdout


BROKEN = {
    "misspelt": (AGENT + TWO.replace("tests:", "test:"), "6:1: error[unknown-key]"),
    "not yaml": ("agents: [", "error[syntax]"),
    "no expect": (
        f"{AGENT}tests:\n  - {{name: a, input: x, expect: []}}\n",
        "7:33: error[empty-value]",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_a_collection_error(project: Path, kind: str) -> None:
    text, told = BROKEN[kind]
    (project / "agents.d" / "solo.yaml").write_text(text)
    result = run_pytest(project, "--full-trace")
    assert result.code == 2
    assert "ERROR collecting agents.d/solo.yaml" in result.stdout
    assert told in result.stdout
    assert ".py" not in result.stdout + result.stderr


def test_what_a_file_is_warned_of_is_a_warning(project: Path) -> None:
    path = project / "agents.d" / "solo.yaml"
    path.write_text("models: {m: {model: opnai/x}}\n" + path.read_text())
    result = run_pytest(project, "-k", "hello")
    assert "agents.d/solo.yaml:1:21: warning[unknown-provider]" in result.stdout
    assert "1 passed, 2 deselected, 1 warning" in result.stdout


WARNING_TOOL = '''\
import warnings


def get_weather(city: str) -> str:
    """Give the weather."""
    warnings.warn_explicit("old", DeprecationWarning, "x.py", 1, module="MODULE")
    return f"The weather in {city} is sunny."
'''


@pytest.mark.parametrize(("module", "code"), [("litellm.utils", 0), ("tools", 1)])
def test_warnings_are_errors_only_of_the_users_own_code(
    project: Path, module: str, code: int
) -> None:
    (project / "agents.d" / "tools.py").write_text(WARNING_TOOL.replace("MODULE", module))
    result = run_pytest(project, "-W", "error", "-k", "tokyo")
    assert result.code == code, result.stdout


def test_files_elsewhere_are_named_or_told_by_a_pattern(project: Path) -> None:
    (project / "agents.d").rename(project / "bots")
    only = ("--collect-only", "-q")
    assert collected(run_pytest(project, *only)) == []
    assert collected(run_pytest(project, *only, "bots/solo.yaml")) == list(NAMES)
    pattern = ("-o", "yamlagents_files=bots/*.yaml")
    assert collected(run_pytest(project, *only, *pattern)) == list(NAMES)
    assert collected(run_pytest(project / "bots", *only, *pattern)) == list(NAMES)


def test_asking_for_both_live_and_recorded_answers_is_refused(project: Path) -> None:
    result = run_pytest(project, "--yamlagents-live", "--yamlagents-record")
    assert result.code == 4
    assert "--yamlagents-live and --yamlagents-record exclude each other" in result.stderr
