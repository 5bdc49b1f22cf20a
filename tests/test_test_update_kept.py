"""`yamlagents test --update`: what it leaves to people, and why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.tested_project import Write
from tests.updated_project import CASE, HEAD, SUNNY, Updated, expectation, updating, write_file


@pytest.fixture
def path(write: Write) -> Path:
    return write_file(write)


@pytest.fixture
def update(cli: Cli, path: Path) -> Updated:
    return updating(cli, path)


@pytest.mark.parametrize(
    ("expect", "reason"),
    [
        ("- contains: rain", "many parts of the answer would do"),
        ("- starts_with: Rain", "many parts of the answer would do"),
        ("- matches: rain", "many patterns would do"),
        ("- json: {type: object}", "many schemas would do"),
        ("- not: {equals: " + SUNNY + "}", "many changes would do"),
        ("- any_of: [{equals: x}, {turns: 7}]", "many changes would do"),
        ("- turns: {min: 7}", "how wide a range is cannot be read off a run"),
        ("- seconds: 0.0", "how high a limit is cannot be read off a run"),
        ("- no_tool: true", "what it expects is not a value of the run"),
        ("- error: max-turns", "what it expects is not a value of the run"),
        (
            "- {tool_called: get_weather, arguments: {city: {matches: O}}}",
            "'city' is a pattern, or names what the call did not have",
        ),
        (
            "- {tool_called: get_weather, arguments: {town: Tokyo}}",
            "it is a pattern, or names what the call did not have",
        ),
        ("- equals: ${WORD:-x}", "it is made of variables"),
        ("- equals: &word x", "it has an anchor or a tag"),
        ("- equals: !!str x", "it has an anchor or a tag"),
        ("- {x-word: &word x, equals: *word}", "an anchor shares it with other places"),
        ("- {x-all: &all {equals: x}, <<: *all}", "it comes from a merge key"),
        ("- handoffs:\n  - other # why\n  - solo", "comments in it would be lost"),
    ],
)
def test_what_a_person_has_to_choose_stays_a_failure(
    update: Updated, path: Path, expect: str, reason: str
) -> None:
    result = update(expect)
    assert result.code == 1, result.stderr
    assert expectation(path) == expect
    assert re.search(rf"^agents\.d/solo\.yaml:\d+:\d+: not updated: {reason}$", result.stderr, re.M)
    assert "nothing to update" in result.stderr


def test_a_run_that_failed_is_no_value(cli: Cli, path: Path) -> None:
    case = "  - {name: one, input: Hi, script: [{error: no}], expect: [{turns: 7}]}\n"
    path.write_text(f"{HEAD}tests:\n{case}")
    result = cli("test", "--update", cwd=path.parent.parent)
    assert result.code == 1
    assert "not updated: the run failed" in result.stderr
    assert path.read_text().endswith(case)


def test_attempts_that_differ_give_no_value(cli: Cli, path: Path, write: Write) -> None:
    write("agents.d/once.py", COUNTING)
    text = CASE.format(head=HEAD, expect="      - equals: x\n").replace("tools.py", "once.py")
    path.write_text(text.replace("    expect:", "    repeat: 2\n    expect:"))
    result = cli("test", "--update", cwd=path.parent.parent)
    assert result.code == 1
    assert "not updated: the attempts differ" in result.stderr


COUNTING = '''
from itertools import count

NUMBERS = count()


def get_weather(city: str) -> str:
    """Give the weather."""
    return f"{next(NUMBERS)} degrees in {city}."
'''


def test_a_secret_is_not_written(cli: Cli, path: Path, write: Write) -> None:
    write("agents.d/leak.py", LEAK)
    text = CASE.format(head=HEAD, expect="      - equals: x\n").replace("tools.py", "leak.py")
    path.write_text(text)
    result = cli("test", "--update", cwd=path.parent.parent, env={"MY_TOKEN": "canary-4711"})
    assert result.code == 1
    assert "not updated: a secret is in the new value" in result.stderr
    assert "canary" not in result.stderr + result.stdout
    assert path.read_text() == text


LEAK = '''
import os


def get_weather(city: str) -> str:
    """Give the weather."""
    return f"{city} {os.environ['MY_TOKEN']}"
'''


def test_a_file_that_changed_meanwhile_is_not_written(cli: Cli, path: Path, write: Write) -> None:
    write("agents.d/late.py", f"from pathlib import Path\n{LATE}")
    text = CASE.format(head=HEAD, expect="      - equals: x\n").replace("tools.py", "late.py")
    path.write_text(text)
    result = cli("test", "--update", cwd=path.parent.parent)
    assert result.code == 1
    assert "not updated: the file has changed meanwhile" in result.stderr
    assert path.read_text() == f"{text}# late\n"


LATE = '''
def get_weather(city: str) -> str:
    """Give the weather."""
    with Path(__file__).with_name("solo.yaml").open("a") as file:
        file.write("# late\\n")
    return "sunny"
'''


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("null", "the file would not load: 'equals' has no"),
        ("1e999", "it cannot be written so that it reads back the same"),
        ("[" * 90 + "]" * 90, "it is nested more than 64 levels deep"),
    ],
)
def test_what_cannot_be_written_is_left_and_the_rest_is_written(
    cli: Cli, path: Path, answer: str, reason: str
) -> None:
    head = f"{HEAD}tests:\n  - {{name: one, input: Hi, script: [{{text: '{answer}'}}], expect: "
    path.write_text(f"{head}[{{equals: 7}}, {{turns: 7}}]}}\n")
    result = cli("test", "--update", cwd=path.parent.parent)
    assert result.code == 1
    assert f"not updated: {reason}" in result.stderr
    assert path.read_text() == f"{head}[{{equals: 7}}, {{turns: 1}}]}}\n"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--live",), "--update does not go with --live"),
        (("--matrix", "model=offline/match,offline/sweep"), "--update does not go with --matrix"),
        (("--tools", "stub"), "--update does not go with --tools"),
    ],
)
def test_answers_that_will_be_others_are_not_written(
    update: Updated, path: Path, argv: tuple[str, ...], said: str
) -> None:
    result = update("- equals: x", *argv)
    assert result.code == 2
    assert said in result.stderr
    assert expectation(path) == "- equals: x"
