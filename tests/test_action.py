"""action.yml, its steps run as GitHub's runner would run them, by the real command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from tests.action_runner import ACTION, ActionRun, run_action
from tests.conftest import ROOT
from tests.tested_project import AGENT, TOOLS, TWO, only_passing, write_project
from tests.workflow_commands import commands

pytestmark = pytest.mark.slow

Write = Callable[[str, str], Path]
Act = Callable[[Path, Mapping[str, str]], ActionRun]
RUN_STEPS = ("install", "validate", "smoke", "test")
COMMAND = f"""\
#!/bin/sh
PYTHONPATH='{ROOT}' exec '{sys.executable}' -c '
from yamlagents.cli.main import main
main()' "$@"
"""
# Installing is what these tests leave out: here it only says what it was told to install.
PYTHON = '#!/bin/sh\nfor argument; do echo "[$argument]"; done\ntest ! -e no-installing\n'


@pytest.fixture
def act(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Act:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in (("yamlagents", COMMAND), ("python", PYTHON)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return run_action


def outcomes(run: ActionRun) -> list[str]:
    return [run.outcomes[name] for name in RUN_STEPS]


def test_what_passes_passes_and_is_summed_up(act: Act, write: Write) -> None:
    project = write_project(write)
    only_passing(project)
    run = act(project, {})
    assert (outcomes(run), run.failed) == (["success"] * 4, False), run.log
    assert f"[install]\n[--quiet]\n[--disable-pip-version-check]\n[{ROOT}]\n" in run.log
    assert run.value("steps.test.outputs.junit") == "./reports/agents.xml"
    assert (project / "reports" / "agents.xml").is_file()
    assert commands(run.log) == []
    titles = [line for line in run.summary.splitlines() if line.startswith("### ")]
    assert [title.split(":")[0] for title in titles] == [
        "### yamlagents validate",
        "### yamlagents smoke",
        "### 3 cases",
    ]


def test_a_failed_test_is_annotated_in_the_folder_it_is_in(act: Act, write: Write) -> None:
    write("sub/agents.d/tools.py", TOOLS)
    workspace = write("sub/agents.d/solo.yaml", AGENT + TWO).parents[2]
    inputs = {"working-directory": "sub", "smoke": "false", "test-args": "-k\noslo or tokyo"}
    run = act(workspace, {**inputs, "junit": "out/my report.xml"})
    assert outcomes(run) == ["success", "success", "skipped", "failure"]
    (command,) = commands(run.log)
    assert command.properties["file"] == "sub/agents.d/solo.yaml"
    assert "### 2 cases: 1 passed, 1 failed" in run.summary
    assert (workspace / run.value("steps.test.outputs.junit")).is_file()


def test_each_command_runs_though_one_before_it_failed(act: Act, write: Write) -> None:
    project = write_project(write)
    path = project / "agents.d" / "solo.yaml"
    path.write_text(path.read_text().replace("model:", "modle:"))
    run = act(project, {"install": ".[dev]\n-rmy requirements.txt\n"})
    assert outcomes(run) == ["success", "failure", "failure", "failure"]
    assert run.failed
    assert "\n[.[dev]]\n[-rmy requirements.txt]\n" in run.log
    # The step that checks the files annotates their problems; the others do not do so again.
    assert [command.properties["title"] for command in commands(run.log)] == [
        "yamlagents missing-model",
        "yamlagents unknown-key",
    ]


def test_nothing_runs_that_could_not_be_installed(act: Act, write: Write) -> None:
    project = write("no-installing", "").parent
    assert outcomes(act(project, {})) == ["failure", "skipped", "skipped", "skipped"]


def test_inputs_are_arguments_and_never_commands(act: Act, write: Write) -> None:
    write("my agents/a b.yaml", AGENT.replace(" tools:", " x-tools:"))
    project = write("my agents/*.yaml", AGENT.replace(" tools:", " x-tools:")).parent.parent
    hostile = "$(touch hacked)\n`touch hacked`; touch hacked\n' || touch hacked"
    only = {"smoke": "false", "test": "false"}
    assert act(project, {**only, "paths": hostile, "install": hostile}).failed
    assert not (project / "hacked").exists()
    run = act(project, {**only, "paths": "my agents/a b.yaml\n\nmy agents/*.yaml\n"})
    assert "2 files checked, no problems" in run.log


def test_no_script_has_an_expression_in_it() -> None:
    steps = yaml.safe_load(ACTION.read_text(encoding="utf-8"))["runs"]["steps"]
    assert [step["id"] for step in steps if "run" in step] == list(RUN_STEPS)
    assert not [step["run"] for step in steps if "${{" in step.get("run", "")]
