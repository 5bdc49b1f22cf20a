"""Overlays of a workflow: what they change in it, and what they put in its place."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Cli
from yamlagents.spec.loader import load
from yamlagents.spec.workflow.records import Step

Write = Callable[[str, str], Path]
FOLDER = Path(__file__).parent / "files" / "good" / "overlays-of-workflow"


def good(*overlays: str) -> Step:
    workflow = load(FOLDER / "agents.yaml", environ={}, overlays=overlays).workflow
    assert workflow is not None
    return workflow


def test_keys_of_the_first_step_are_changed_and_the_others_stay() -> None:
    below, over = good(), good("short")
    # Both files have the overlay; the nearer counts most.
    assert (below.max_rounds, over.max_rounds) == (3, 1)
    assert over.output == good("strict").output != below.output
    assert (over.name, over.steps, over.until) == (below.name, below.steps, below.until)


def test_conditions_are_one_thing() -> None:
    (condition,) = good("strict").until
    assert (condition.step, condition.path, condition.equals) == ("judge", "score", "best")
    assert good("strict").max_rounds == 3


def test_a_step_of_another_kind_is_another_workflow() -> None:
    step = good("plain")
    assert (step.kind, step.agent, step.name, step.until) == ("agent", "writer", "writer", ())


def test_the_last_of_several_counts(cli: Cli) -> None:
    assert good("short", "plain").kind == "agent"
    options = ("--overlay", "plain", "--overlay", "short")
    result = cli("validate", "agents.yaml", *options, cwd=FOLDER)
    assert (result.code, "'max_rounds' belongs to a loop" in result.stdout) == (2, True)


def test_a_list_of_steps_is_replaced_as_a_whole(write: Write, cli: Cli) -> None:
    agents = "agents:\n  a: {model: offline/match}\n  b: {model: offline/match}\n"
    steps = "workflow: {sequence: [{agent: a}, {agent: b}]}\n"
    overlay = "overlays: {ci: {workflow: {sequence: [{agent: a}]}}}\n"
    file = write("a.yaml", agents + steps + overlay)
    assert json.loads(cli("run", file, "x", "--json").stdout)["turns"] == 2
    assert json.loads(cli("run", file, "x", "--overlay", "ci", "--json").stdout)["turns"] == 1


def test_an_overlay_may_bring_a_workflow(write: Write, cli: Cli) -> None:
    agents = "agents:\n  a: {model: offline/match}\n  b: {model: offline/match}\n"
    overlay = "overlays: {both: {workflow: {sequence: [{agent: a}, {agent: b}]}}}\n"
    file = write("a.yaml", agents + overlay)
    assert json.loads(cli("run", file, "x", "--json").stdout)["last_agent"] == "a"
    shown = cli("run", file, "x", "--overlay", "both", "--json")
    assert json.loads(shown.stdout)["last_agent"] == "b"


def test_a_setting_stands_over_it() -> None:
    overrides = ["workflow.max_rounds=7"]
    spec = load(FOLDER / "agents.yaml", environ={}, overlays=["short"], overrides=overrides)
    assert spec.workflow is not None
    assert spec.workflow.max_rounds == 7


def test_a_test_takes_the_steps_of_the_overlay(write: Write, cli: Cli) -> None:
    agents = "agents:\n  a: {model: openai/gpt-4.1}\n  b: {model: openai/gpt-4.1}\n"
    steps = "workflow: {sequence: [{agent: a}, {agent: b}]}\n"
    overlay = "overlays: {ci: {workflow: {parallel: [{agent: a}, {agent: b}]}}}\n"
    script = "[{agent: a, text: x}, {agent: b, text: y}]"
    case = f"tests: [{{name: it, input: go, script: {script}, expect: [{{equals: [x, y]}}]}}]\n"
    file = write("a.yaml", agents + steps + overlay + case)
    assert cli("test", file).code == 1
    assert cli("test", file, "--overlay", "ci").code == 0
