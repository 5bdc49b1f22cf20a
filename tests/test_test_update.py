"""`yamlagents test --update`: what it writes into files, and what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.openai_server import OpenAIServer, Text
from tests.tested_project import Write
from tests.updated_project import CASE, HEAD, SUNNY, Updated, expectation, updating, write_file


@pytest.fixture
def path(write: Write) -> Path:
    return write_file(write)


@pytest.fixture
def update(cli: Cli, path: Path) -> Updated:
    return updating(cli, path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- equals: x   # why", f"- equals: {SUNNY}   # why"),
        ('- equals: "x"', f'- equals: "{SUNNY}"'),
        ("- {equals: 'x' }", f"- {{equals: '{SUNNY}' }}"),
        ("- equals: |  # why\n    x\n    y", f"- equals: |-  # why\n    {SUNNY}"),
        ("- equals:\n    x\n    y\n# why", f"- equals:\n    {SUNNY}\n# why"),
        ("- equals: 7", f"- equals: {SUNNY}"),
        ("- turns: 7", "- turns: 2"),
        ("- {requests: 7, x-why: it is}", "- {requests: 2, x-why: it is}"),
        ("- word_count: 0x7", "- word_count: 6"),
        ("- {tool_count: 0, tool: get_weather}", "- {tool_count: 1, tool: get_weather}"),
        ("- last_agent: other", "- last_agent: solo"),
        ("- handoffs: [other, solo]", "- handoffs: []"),
        ("- handoffs:\n  - other", "- handoffs: []"),
        ("- tools_in_order: [get_weather, get_weather]", "- tools_in_order: [get_weather]"),
        (
            "- tools_in_order:\n    - get_weather\n    - get_weather",
            "- tools_in_order:\n    - get_weather",
        ),
        (
            "- {tool_called: get_weather, arguments: {city: Oslo}, times: 1}",
            "- {tool_called: get_weather, arguments: {city: Tokyo}, times: 1}",
        ),
        (
            "- tool_called: get_weather\n  arguments:\n    city: 'Oslo' # why",
            "- tool_called: get_weather\n  arguments:\n    city: 'Tokyo' # why",
        ),
        ("- {tool_called: get_weather, times: 3}", "- {tool_called: get_weather, times: 1}"),
        ("- all_of: [{turns: 2}, {equals: x}]", f"- all_of: [{{turns: 2}}, {{equals: {SUNNY}}}]"),
    ],
)
def test_an_exact_value_is_rewritten_where_it_stands(
    update: Updated, path: Path, before: str, after: str
) -> None:
    result = update(before)
    assert (result.code, expectation(path)) == (0, after), result.stderr
    assert "1 value in 1 file updated" in result.stderr
    assert "1 case: 1 passed" in result.stderr


def test_a_total_of_tokens_is_rewritten(update: Updated, path: Path) -> None:
    assert update("- total_tokens: 1").code == 0
    assert re.fullmatch(r"- total_tokens: [1-9]\d+", expectation(path))


def test_every_change_is_told_and_what_is_left_fails(update: Updated, path: Path) -> None:
    result = update("- equals: x\n- contains: rain\n- {turns: 7}")
    assert result.code == 1
    told = [line for line in result.stderr.splitlines() if line.startswith("agents.d")]
    assert told == [
        f'agents.d/solo.yaml:9:17: was "x", now "{SUNNY}"',
        "agents.d/solo.yaml:11:17: was 7, now 2",
        "agents.d/solo.yaml:10:9: not updated: many parts of the answer would do",
    ]
    assert "2 values in 1 file updated" in result.stderr
    assert "error[contains]" in result.stdout
    assert "error[equals]" not in result.stdout


def test_what_stays_is_told_at_its_new_line(update: Updated, cli: Cli, path: Path) -> None:
    script = '    script: [{text: "a\\nb"}]\n'
    text = CASE.format(head=HEAD, expect="      - equals: x\n      - contains: z\n")
    path.write_text(text.replace("    expect:\n", f"{script}    expect:\n"))
    result = cli("test", "--update", cwd=path.parent.parent)
    assert result.code == 1
    assert 'agents.d/solo.yaml:10:17: was "x", now "a\\nb"' in result.stderr
    assert "agents.d/solo.yaml:13:9: error[contains]" in result.stdout
    assert path.read_text().splitlines()[12] == "      - contains: z"


def test_a_dry_run_tells_all_and_writes_nothing(update: Updated, path: Path) -> None:
    result = update("- equals: x", "--dry-run")
    assert (result.code, expectation(path)) == (1, "- equals: x")
    assert f'was "x", would be "{SUNNY}"' in result.stderr


def test_the_last_failed_are_those_that_still_fail(update: Updated, path: Path) -> None:
    update("- equals: x")
    assert not (path.parent.parent / ".yamlagents").exists()


def test_a_recording_and_its_answer_can_be_written_at_once(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    agent = "agents:\n  solo: {instructions: Be brief., model: openai/gpt-4.1}\n"
    case = "  - {name: one, input: Hi, expect: [{equals: x}]}\n"
    path = write("agents.d/live.yaml", f"{agent}tests:\n{case}")
    server.behave(Text("Good day."))
    env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
    root = path.parent.parent
    assert cli("test", "--record", "--update", cwd=root, env=env).code == 0
    assert path.read_text().endswith("expect: [{equals: Good day.}]}\n")
    assert cli("test", cwd=root).code == 0


def test_in_continuous_integration_it_says_where_it_writes(cli: Cli, path: Path) -> None:
    path.write_text(CASE.format(head=HEAD, expect="      - equals: x\n"))
    result = cli("test", "--update", cwd=path.parent.parent, env={"CI": "true"})
    assert "CI is set: what --update changes is in this checkout alone" in result.stderr


NESTED = """\
agents:
  boss: {model: offline/match, tools: [{agent: clerk, tool_name: ask}], handoffs: [last]}
  clerk: {model: offline/match, handoffs: [last]}
  last: {model: offline/match}
tests:
  - name: one
    input: go
    script:
      - {tool_calls: [{name: ask, arguments: {input: go}}]}
      - {handoff: last}
      - {text: inner}
      - {handoff: last}
      - {text: outer}
    expect: [{handoffs: [clerk]}]
"""


def test_handoffs_inside_a_tool_are_not_those_of_the_run(cli: Cli, write: Write) -> None:
    file = write("a.yaml", NESTED)
    assert cli("test", "a.yaml", "--update", cwd=file.parent).code == 0
    assert "expect: [{handoffs: [last]}]" in file.read_text()
