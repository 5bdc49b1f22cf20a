"""A workflow that waits is bound to its steps and agents as they were."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.approval_project import Write, ask, done, resumed, waiting
from tests.conftest import Cli
from tests.workflow_project import SEQUENCE, flow
from yamlagents.waiting import SavedRun

PARALLEL = "workflow: {parallel: [{agent: till}, {agent: clerk}, {agent: chief}]}\n"
RENAMED = SEQUENCE.replace("clerk,", "clerk, name: other,").replace("clerk]", "other]")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "input: input",
            "input: till",
            "`input` of the step 'clerk' changed at shop.yaml:9",
        ),
        (
            "    - {agent: clerk",
            "    - {agent: chief}\n    - {agent: clerk",
            "the steps of the sequence changed at shop.yaml:7\n"
            "    -'till', 'clerk', 'tell'\n    +'till', 'chief', 'clerk', 'tell'",
        ),
        (
            "agent: tell,",
            "agent: tell, when: {step: clerk, equals: x},",
            "`when` of the step 'tell' changed at shop.yaml:10",
        ),
        (
            SEQUENCE,
            PARALLEL,
            "the sequence of the workflow is the parallel now, at shop.yaml:6",
        ),
        ("Pay.", "Pay at once.", "instructions of `till` changed at shop.yaml:2"),
        (SEQUENCE, "", "the workflow, which the run was in, was removed"),
        (SEQUENCE, RENAMED, "the step 'clerk', which waits, was removed from the workflow at"),
    ],
    ids=["input", "steps", "when", "kind", "agent", "gone", "renamed"],
)
def test_what_changed_is_told_at_its_place(
    cli: Cli, write: Write, before: str, after: str, told: str
) -> None:
    file = flow(write)
    text = file.read_text()
    spent = json.loads(ask(cli, file).stdout)
    state = spent["state"]
    file.write_text(text.replace(before, after, 1))
    result = resumed(cli, file, state, "--approve", "pay")
    refused = json.loads(result.stdout)
    assert (refused["usage"], refused["turns"]) == (spent["usage"], spent["turns"])
    error = refused["error"]
    assert (result.code, error["code"], len(done(file))) == (2, "state-stale", 1)
    assert told in error["message"]
    file.write_text(text)
    assert resumed(cli, file, state, "--approve", "pay").code == 0


def test_changes_are_accepted_where_that_is_wanted(cli: Cli, write: Write) -> None:
    file = flow(write)
    state = waiting(cli, file)
    step = "    - {agent: chief, name: more, input: input}\n    - {agent: tell"
    file.write_text(file.read_text().replace("    - {agent: tell", step))
    result = resumed(cli, file, state, "--approve", "pay", "--accept-changes")
    assert (result.code, len(done(file))) == (0, 3)


def test_what_is_not_come_to_again_is_told(cli: Cli, write: Write) -> None:
    file = flow(write)
    state = waiting(cli, file)
    left_out = "{agent: clerk, when: {step: till, equals: never},"
    file.write_text(file.read_text().replace("{agent: clerk,", left_out))
    argv = ("resume", state, "--approve", "pay", "--accept-changes")
    result = cli(*argv, cwd=file.parent)
    assert (result.code, len(done(file))) == (0, 1)
    assert "the step 'clerk' waited for an approval, and was not come to again" in result.stderr


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"done": 1}, "'workflow.done' is missing or is not what it should be"),
        ({"waiting": [{}]}, "'workflow.waiting.0.visit' is missing"),
        ({"steps": {"kind": "sequence", "name": None}}, "'workflow.steps' is not what it should"),
        ({"attached": [{"name": "a", "media_type": None, "data": "?"}]}, "'workflow.attached'"),
    ],
    ids=["done", "waiting", "steps", "attached"],
)
def test_a_state_that_cannot_be_used_is_told(
    cli: Cli, write: Write, edit: dict[str, object], said: str
) -> None:
    file = flow(write)
    path = file.parent / waiting(cli, file)
    saved = SavedRun.read(path)
    replace(saved, workflow={**saved.workflow, **edit}).write(path)
    result = resumed(cli, file, str(path), "--approve", "pay")
    assert (result.code, said in result.stderr) == (2, True), result.stderr
