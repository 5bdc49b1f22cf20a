"""Results of `yamlagents test` for machines: each report says the same, in its own escaping."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from junitparser import TestCase as JUnitCase
from junitparser import TestSuite as JUnitSuite

from tests.conftest import Cli

Write = Callable[[str, str], Path]

FILE = """\
agents:
  solo:
    instructions: Be brief.
    model: offline/match
    tools: [./tools.py:look_up]
tests:
  - name: passes
    input: Hello
    script: [{text: Hello.}]
    expect: [{equals: Hello.}]
  - name: 'fails, 100%: "x" <|> `y`'
    input: Look up the word tokyo
    script:
      - {tool_calls: [{name: look_up, arguments: {word: tokyo}}]}
      - {text: "a\\nb ]]> \\a \\u202e"}
    expect:
      - {contains: "c\\nd"}
      - {tool_called: look_up, times: 2}
  - name: is recorded
    model: openai/gpt-4.1
    input: Hello
    expect: [{contains: x}]
"""
TOOLS = '''\
def look_up(word: str) -> str:
    """Look a word up."""
    return f"{word} is a city"
'''
MACHINES = ("json", "ndjson", "junit", "github", "markdown")


@pytest.fixture
def project(write: Write, tmp_path: Path) -> Path:
    write("agents.d/tools.py", TOOLS)
    write("agents.d/solo.yaml", FILE)
    return tmp_path


def junit(cli: Cli, project: Path, *options: str) -> list[JUnitCase]:
    result = cli("test", "--output", "junit:reports/junit.xml", *options, cwd=project)
    assert result.code == 1
    (suite,) = JUnitXml.fromfile(str(project / "reports" / "junit.xml"))
    assert isinstance(suite, JUnitSuite)
    assert suite.name == "agents.d/solo.yaml"
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == COUNTS[options]
    return list(suite)


COUNTS = {(): (3, 1, 1, 0), ("--fail-fast",): (3, 1, 0, 1)}


def test_junit_has_a_suite_for_the_file_and_each_case_at_its_line(cli: Cli, project: Path) -> None:
    cases = junit(cli, project)
    assert [(case.name, case.classname) for case in cases] == [
        ("passes", "agents.d.solo"),
        ('fails, 100%: "x" <|> `y`', "agents.d.solo"),
        ("is recorded", "agents.d.solo"),
    ]
    attributes = [case._elem.attrib for case in cases]
    assert [(one["file"], one["line"]) for one in attributes] == [
        ("agents.d/solo.yaml", line) for line in ("7", "11", "19")
    ]
    assert [[type(result) for result in case.result] for case in cases] == [[], [Failure], [Error]]


def test_junit_says_what_was_expected_and_what_there_was(cli: Cli, project: Path) -> None:
    case = junit(cli, project)[1]
    (failure,) = case.result
    assert failure.type == "contains"
    assert failure.message == "the answer does not contain 'c\\nd' (and 1 more)"
    assert failure.text is not None
    # XML cannot say a bell; it stands in its place as what cannot be shown.
    assert "expected: c\nd\nactual: a\nb ]]> \ufffd \u202e\n" in failure.text
    assert "solo.yaml:18:10: 'look_up' was called once\nexpected: look_up, 2 times" in failure.text
    assert case.system_out is not None
    assert case.system_out.startswith("user: Look up the word tokyo\ncall: look_up(")


def test_junit_has_usage_and_flake_rate_as_properties(cli: Cli, project: Path) -> None:
    flaky = "\n".join(
        ["seen = []", "def check(run):", "    seen.append(run)", "    return len(seen) != 2", ""]
    )
    (project / "agents.d" / "flaky.py").write_text(flaky)
    again = "repeat: 4, require: 3, expect: [{python: ./flaky.py:check}]"
    case = f"  - {{name: flaky, input: x, script: [{{text: x}}], {again}}}\n"
    with (project / "agents.d" / "solo.yaml").open("a") as file:
        file.write(case)
    cli("test", "-k", "flaky", "--output", "junit:junit.xml", cwd=project)
    (suite,) = JUnitXml.fromfile(str(project / "junit.xml"))
    (found,) = suite
    properties = {one.get("name"): one.get("value", "") for one in found._elem.iter("property")}
    assert properties["flake_rate"] == "0.2500"
    assert (properties["requests"], properties["attempts"]) == ("4", "4")
    assert int(properties["total_tokens"]) > 0
    assert found.result == []


def test_junit_calls_what_was_not_run_skipped(cli: Cli, project: Path) -> None:
    cases = junit(cli, project, "--fail-fast")
    assert [type(result) for result in cases[2].result] == [Skipped]


def test_github_annotations_stand_at_the_assertion_and_are_escaped(cli: Cli, project: Path) -> None:
    result = cli("test", "--format", "github", cwd=project)
    lines = [line for line in result.stdout.split("\n") if line.startswith("::error ")]
    assert [re.findall(r"line=(\d+)", line)[0] for line in lines] == ["17", "18", "19"]
    head = "::error file=agents.d/solo.yaml,line=17,endLine=17,col=10,endColumn=18,"
    assert lines[0] == (
        f"{head}title=yamlagents contains::"
        "fails, 100%25: \"x\" <|> `y`: the answer does not contain 'c\\nd'"
        "%0Aexpected: c%0Ad%0Aactual: a%0Ab ]]> \a \u202e"
    )
    # The log of the step has the text before them.
    assert "  PASSED  passes" in result.stdout


def test_ndjson_has_a_line_for_each_case_and_the_sums(cli: Cli, project: Path) -> None:
    lines = cli("test", "--format", "ndjson", cwd=project).stdout.splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["event"] for record in records] == ["case", "case", "case", "summary"]
    assert [record["outcome"] for record in records[:3]] == ["passed", "failed", "error"]
    assert records[3] == {"event": "summary", "passed": 1, "failed": 1, "error": 1, "skipped": 0}


def test_json_has_failures_with_their_places_and_the_transcript(cli: Cli, project: Path) -> None:
    document = json.loads(cli("test", "--format", "json", cwd=project).stdout)
    passed, failed, missing = document["cases"]
    assert (passed["failures"], passed["transcript"]) == ([], [])
    assert failed["failures"][1] == {
        "file": "agents.d/solo.yaml",
        "line": 18,
        "column": 10,
        "kind": "tool_called",
        "message": "'look_up' was called once",
        "expected": "look_up, 2 times",
        "actual": 'look_up(word="tokyo")',
    }
    assert [line["role"] for line in failed["transcript"][0]] == [
        "user",
        "call",
        "result",
        "answer",
    ]
    assert missing["failures"][0]["kind"] == "cassette-miss"


def test_several_reports_at_once_agree(cli: Cli, project: Path) -> None:
    outputs = [part for form in MACHINES for part in ("--output", f"{form}:out/{form}.txt")]
    result = cli("test", "-q", *outputs, "--output", "text:out/text.txt", cwd=project)
    written = {path.stem: path.read_text() for path in (project / "out").iterdir()}
    assert set(written) == {*MACHINES, "text"}
    assert all(
        "look_up" in text and "cassette-miss" in written["json"] for text in written.values()
    )
    assert result.stdout.startswith("FAILED ")
    # A file gets all there is, however little the terminal is told.
    assert "  PASSED  passes" in written["text"]


def test_the_step_summary_is_appended_as_a_table(cli: Cli, project: Path) -> None:
    path = project / "summary.md"
    path.write_text("before\n")
    cli("test", cwd=project, env={"GITHUB_STEP_SUMMARY": str(path)})
    text = path.read_text()
    assert text.startswith("before\n### 3 cases: 1 passed, 1 failed, 1 in error\n")
    row = next(line for line in text.splitlines() if "fails, 100%" in line)
    assert row.startswith('| agents.d/solo.yaml | fails, 100%: "x" &lt;\\|&gt; \\`y\\` | failed | ')
    assert "    expected: c\n    d\n    actual:   a\n    b ]]> " in text


def test_a_report_that_cannot_be_written_is_told(cli: Cli, project: Path) -> None:
    (project / "taken").write_text("")
    result = cli("test", "--output", "junit:taken/report.xml", cwd=project)
    assert result.code != 0
    assert "taken/report.xml" in result.stderr


CANARY = "canary-4f1d9c77-do-not-show"
LEAKY = '''\
import os

def look_up(word: str) -> str:
    """Look a word up."""
    return "token " + os.environ["CANARY_TOKEN"]
'''
LEAKS = """\
tests:
  - name: leaks
    input: "Say ${CANARY_TOKEN}"
    script:
      - tool_calls: [{name: look_up, arguments: {word: "${CANARY_TOKEN}"}}]
      - text: "It is ${CANARY_TOKEN}"
    expect:
      - equals: "${CANARY_TOKEN}"
      - contains: "Bearer ${CANARY_TOKEN}"
      - no_tool: look_up
"""


@pytest.mark.parametrize("form", [*MACHINES, "text"])
def test_no_report_shows_a_secret(cli: Cli, project: Path, form: str) -> None:
    (project / "agents.d" / "tools.py").write_text(LEAKY)
    path = project / "agents.d" / "solo.yaml"
    path.write_text(FILE.partition("tests:")[0] + LEAKS)
    result = cli("test", "--format", form, cwd=project, env={"CANARY_TOKEN": CANARY})
    assert result.code == 1
    assert CANARY not in result.stdout + result.stderr
    assert "redacted" in result.stdout


@pytest.mark.parametrize("form", [*MACHINES, "text"])
def test_half_a_character_is_no_reason_for_no_report(
    cli: Cli, project: Path, write: Write, form: str
) -> None:
    write("agents.d/tools.py", TOOLS.replace("is a city", "is \\ud83d"))
    result = cli("test", "--output", f"{form}:report", cwd=project)
    assert result.code == 1
    assert "is \\ud83d" in (project / "report").read_text() or form in ("junit", "markdown")
