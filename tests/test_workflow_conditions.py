"""Conditions on the step before, which may itself have been left out."""

from __future__ import annotations

import pytest

from tests.conftest import Cli
from tests.tested_project import Write

AGENTS = """\
agents:
  check:
    instructions: Check.
    model: openai/gpt-4.1
    output_type: {type: object, properties: {is_good: {type: boolean}}}
  mend: {instructions: Mend., model: openai/gpt-4.1}
  tell: {instructions: Tell., model: openai/gpt-4.1}
"""
BAD = "{agent: mend, when: {field: is_good, equals: false}}"
GOOD = "{agent: tell, when: {field: is_good, equals: true}}"
EITHER = f"{{sequence: [{{agent: check}}, {BAD}, {GOOD}]}}"
ROUNDS = f"{{loop: [{BAD}, {{agent: check}}], until: {{field: is_good, equals: true}}}}"
NO = "{agent: check, output: {is_good: false}}"
YES = "{agent: check, output: {is_good: true}}"


def case(workflow: str, script: str, expect: str) -> str:
    case = f"{{name: it, input: go, script: [{script}], expect: [{expect}]}}"
    return f"{AGENTS}workflow: {workflow}\ntests: [{case}]\n"


@pytest.mark.parametrize(
    ("workflow", "script", "expect"),
    [
        (EITHER, f"{YES}, {{agent: tell, text: good}}", "{equals: good}"),
        (EITHER, f"{NO}, {{agent: mend, text: mended}}", "{equals: mended}"),
        (ROUNDS, f"{NO}, {{agent: mend, text: mended}}, {YES}", "{json: {is_good: true}}"),
    ],
    ids=["left out", "taken", "in the next round"],
)
def test_a_step_that_was_left_out_leaves_what_came_before_it(
    cli: Cli, write: Write, workflow: str, script: str, expect: str
) -> None:
    folder = write("a.yaml", case(workflow, script, expect)).parent
    result = cli("test", "a.yaml", cwd=folder)
    assert result.code == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        # Whatever was left out, nothing has such a field.
        (f"{{agent: check}}, {BAD}, {{agent: tell, when: {{field: x, equals: 1}}}}", "no field"),
        # What is always taken stands between.
        (f"{{agent: check}}, {{agent: mend}}, {GOOD}", "'is_good'"),
        (GOOD, "there is no step before this one"),
    ],
    ids=["nowhere", "between", "first"],
)
def test_a_condition_that_holds_after_none_of_them_is_told(
    cli: Cli, write: Write, steps: str, said: str
) -> None:
    file = write("a.yaml", f"{AGENTS}workflow: {{sequence: [{steps}]}}\n")
    result = cli("validate", "a.yaml", cwd=file.parent)
    assert (result.code, result.stdout.count("error[unknown-field]")) == (2, 1), result.stdout
    assert said in result.stdout
