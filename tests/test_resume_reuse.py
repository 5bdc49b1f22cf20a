"""A run of a file with groups, includes, extends, overlays and params waits, and goes on so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import yamlagents
from tests.approval_project import QUESTION, TOOLS, Write, advised, ask, done, process, waiting
from tests.conftest import Cli, Result
from yamlagents.waiting import SavedRun

SHARED = """\
params:
  tone: {enum: [formal, casual], default: formal}
models:
  answering: {model: openai/gpt-4.1}
tools:
  till: [{function: ./tools.py:pay, needs_approval: true, description_override: Nothing.}]
agents:
  base:
    instructions: Be ${params.tone}. Pay in ${params.city}.
    model: answering
    tools: [till]
overlays:
  ci: {models: {answering: {model: offline/match}}}
"""
FILE = """\
include: [shared/common.yaml]
params:
  city: {type: string}
  rules: {type: file, default: rules.md}
  rounds: {type: integer, default: 1}
agents:
  clerk: {extends: base}
  chief: {extends: base, instructions: "${params.rules}"}
workflow: {sequence: [{agent: clerk}, {agent: chief, input: input}]}
overlays:
  ci:
    run: {max_turns: 4}
  paying:
    tools:
      till:
        - function: ./shared/tools.py:pay
          needs_approval: true
          description_override: Pay in ${params.city}.
  often:
    workflow:
      loop: [{agent: clerk}]
      max_rounds: ${params.rounds}
"""
CHOSEN = (
    *("--overlay", "ci", "--overlay", "paying"),
    *("--param", "city=Oslo", "--param", "tone=casual"),
)
STATE = "waiting.json"


@pytest.fixture
def file(write: Write) -> Path:
    write("shared/tools.py", TOOLS)
    write("shared/common.yaml", SHARED)
    write("rules.md", "Rules of ${params.city}.\n")
    write("strict.md", "No rules.\n")
    return write("shop.yaml", FILE)


def goes_on(cli: Cli, file: Path, *options: str) -> Result:
    """Go on with the state of the project."""
    argv = ("resume", STATE, "--json", "--approve", "pay", *options)
    return cli(*argv, cwd=file.parent)


def paid(file: Path) -> int:
    """Count what was paid."""
    return len(done(file.parent / "shared" / "x"))


def test_it_goes_on_with_what_it_began_with(cli: Cli, file: Path) -> None:
    waits = ask(cli, file, *CHOSEN, "--param", "rules=strict.md")
    assert (waits.code, paid(file)) == (7, 0), waits.stderr
    # In another process, which is told nothing but the approval; from any folder.
    argv = advised(waits)
    after = process(file, "resume", str(file.parent / argv[1]), *argv[2:], "--json")
    answer, told = after.communicate(timeout=60)
    assert (after.returncode, paid(file)) == (0, 2), told
    assert json.loads(answer)["usage"]["requests"] == 4


def test_it_goes_on_by_the_workflow_of_its_overlay(cli: Cli, file: Path) -> None:
    options = (*CHOSEN, "--overlay", "often", "--param", "rounds=3", "--approve", "pay:amount=6")
    assert waiting(cli, file, *options, "--state", STATE) == STATE
    result = goes_on(cli, file)
    # What it gave in one round is the input of the next, which has no amount to pay.
    document = json.loads(result.stdout)
    assert (result.code, document["last_agent"], document["turns"] >= 4) == (0, "clerk", True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--param", "city=Rome"), "the run began with another value of 'city'"),
        (("--param", "rounds=2"), "the run began without the param 'rounds'"),
        (("--param", "rules=rules.md"), "the run began with another value of 'rules'"),
        (("--overlay", "often"), "the run began with ci, paying"),
        (("--overlay", "paying", "--overlay", "ci"), "the run began with ci, paying"),
    ],
    ids=["another", "added", "file", "overlay", "order"],
)
def test_another_choice_is_refused(
    cli: Cli, file: Path, options: tuple[str, ...], said: str
) -> None:
    waiting(cli, file, *CHOSEN, "--param", "rules=strict.md", "--state", STATE)
    result = goes_on(cli, file, *options)
    assert (result.code, paid(file)) == (2, 0)
    assert f"{said}; a run goes on as it began, or is run anew" in result.stderr
    assert (file.parent / STATE).exists()


def test_the_same_choice_may_be_told_again(cli: Cli, file: Path) -> None:
    waiting(cli, file, *CHOSEN, "--param", "rules=strict.md", "--state", STATE)
    result = goes_on(cli, file, *CHOSEN, "--param", "rules=strict.md")
    assert (result.code, paid(file)) == (0, 2)


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("shop.yaml", "Pay in ${params.city}.", "Pay.", "description of tool pay changed at"),
        (
            "shared/common.yaml",
            "answering: {model: offline/match}",
            "answering: {model: offline/sweep}",
            "model of `clerk` changed from offline/match to offline/sweep at shared/common.yaml:13",
        ),
        (
            "shared/common.yaml",
            "Be ${",
            "Stay ${",
            "instructions of `clerk` changed at shared/common.yaml:9",
        ),
        ("rules.md", "Rules of", "Laws of", "instructions of `chief` changed at shop.yaml:8"),
        ("shop.yaml", "chief, input: input}", "chief}", "`input` of the step 'chief' changed at"),
    ],
    ids=["overlay", "included-overlay", "included", "file-param", "workflow"],
)
def test_a_change_of_any_part_is_told_at_its_place(
    cli: Cli, file: Path, name: str, before: str, after: str, said: str
) -> None:
    waiting(cli, file, *CHOSEN, "--state", STATE)
    path = file.parent / name
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    result = goes_on(cli, file)
    assert (result.code, said in result.stderr) == (2, True), result.stderr
    path.write_text(text)
    assert (goes_on(cli, file).code, paid(file)) == (0, 2)


def test_what_is_not_chosen_may_change(cli: Cli, file: Path) -> None:
    waiting(cli, file, *CHOSEN, "--state", STATE)
    file.write_text(FILE.replace("loop: [{agent: clerk}]", "loop: [{agent: chief}]"))
    assert goes_on(cli, file).code == 0


@pytest.mark.parametrize(
    ("params", "overlays"),
    [({"city": "Rome", "tone": "casual"}, ["ci", "paying"]), ({"city": "Oslo"}, ["ci", "paying"])],
    ids=["value", "default"],
)
def test_another_choice_is_refused_in_python(
    file: Path, params: dict[str, str], overlays: list[str], cli: Cli
) -> None:
    waiting(cli, file, *CHOSEN, "--state", STATE)
    saved = SavedRun.read(file.parent / STATE)
    team = yamlagents.assemble(yamlagents.load(file, params=params, overlays=overlays))
    with pytest.raises(yamlagents.RunError, match="instructions of `clerk` changed") as stale:
        yamlagents.run_sync(team, saved, approve=lambda _: True)
    assert stale.value.code == "state-stale"
    same = {"city": "Oslo", "tone": "casual"}
    team = yamlagents.assemble(yamlagents.load(file, params=same, overlays=["ci", "paying"]))
    result = yamlagents.run_sync(team, saved, approve=lambda _: True)
    assert (result.usage.requests, saved.input) == (4, QUESTION)
