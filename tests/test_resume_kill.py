"""A run that waits outlives its process; a call that began is not made twice by accident."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from tests.approval_project import (
    PAY,
    QUESTION,
    Write,
    done,
    outputs,
    process,
    project,
    resumed,
    waiting,
)
from tests.conftest import Cli
from yamlagents.waiting import Approval, SavedRun

SLOW = "{function: ./tools.py:slow, needs_approval: true}"
RESUMED = ".resumed"


def test_nothing_is_lost_by_a_kill_once_the_run_waits(write: Write) -> None:
    file = project(write)
    run = process(
        file, "run", file.name, QUESTION, then="print('ready', flush=True); time.sleep(60)"
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    run.kill()
    _, told = run.communicate(timeout=60)
    found = re.search(r"yamlagents resume (\S+) ", told)
    assert found is not None
    after = process(file, "resume", found[1], "--approve", "pay:amount=5", "--json")
    answer, _ = after.communicate(timeout=60)
    assert (after.returncode, json.loads(answer)["usage"]["requests"]) == (0, 2)
    assert done(file) == ["paid 5 to ada"]


@pytest.fixture
def killed(cli: Cli, write: Write) -> tuple[Path, str]:
    """A project and its state, where a process was killed while a tool was at work."""
    file = project(write, SLOW)
    state = waiting(cli, file)
    at_work = process(file, "resume", state, "--approve", "slow")
    while not done(file):
        assert at_work.poll() is None
        time.sleep(0.02)
    at_work.kill()
    at_work.communicate(timeout=60)
    return file, state


def test_a_run_that_was_killed_at_work_does_not_go_on_by_itself(
    cli: Cli, killed: tuple[Path, str]
) -> None:
    file, state = killed
    result = resumed(cli, file, state, "--approve", "slow")
    error = json.loads(result.stdout)["error"]
    assert (result.code, error["code"], done(file)) == (2, "state-used", ["slow"])
    assert "may have done their work" in error["message"]


def test_a_run_that_was_killed_at_work_goes_on_if_that_is_wanted(
    cli: Cli, killed: tuple[Path, str]
) -> None:
    file, state = killed
    result = resumed(cli, file, state, "--deny", "slow", "--again")
    assert (result.code, done(file)) == (0, ["slow"])
    assert list((file.parent / state).parent.iterdir()) == []


def test_two_processes_do_not_go_on_with_one_run(cli: Cli, write: Write) -> None:
    file = project(write, SLOW)
    state = waiting(cli, file)
    first = process(file, "resume", state, "--approve", "slow")
    while not done(file):
        time.sleep(0.02)
    second = resumed(cli, file, state, "--approve", "slow")
    first.kill()
    first.communicate(timeout=60)
    assert (second.code, done(file)) == (2, ["slow"])


def test_a_run_that_fails_before_its_tools_keeps_its_state(cli: Cli, write: Write) -> None:
    file = project(write, more="run: {budget: {requests: 1}}\n")
    state = waiting(cli, file)
    failed = resumed(cli, file, state, "--deny", "pay")
    assert failed.code == 5
    assert (file.parent / state).exists()
    assert "--again" not in failed.stderr


def test_a_run_that_fails_after_its_tools_says_so(cli: Cli, write: Write) -> None:
    file = project(write, more="run: {budget: {requests: 1}}\n")
    state = waiting(cli, file)
    failed = resumed(cli, file, state, "--approve", "pay")
    assert (failed.code, done(file)) == (5, ["paid 5 to ada"])
    assert f"`yamlagents resume {state} --again` would call them once more" in failed.stderr
    assert resumed(cli, file, state, "--approve", "pay").code == 2
    assert (file.parent / f"{state}{RESUMED}").exists()


def test_a_state_is_written_wholly_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.json"
    saved = SavedRun("a.yaml", "", "a", "go", (Approval("a", "pay", "{}"),), {}, {}, {})
    saved.write(path)
    before = path.read_text()
    broken = SavedRun("a.yaml", "", "a", "go", (), {}, {}, {"x": object()})
    with pytest.raises(TypeError, match="not JSON serializable"):
        broken.write(path)
    assert (path.read_text(), list(tmp_path.iterdir())) == (before, [path])
    assert SavedRun.read(path) == saved


def test_a_run_that_waits_twice_is_asked_twice(cli: Cli, write: Write) -> None:
    file = project(write, PAY)
    first = waiting(cli, file)
    second = waiting(cli, file)
    assert first != second
    assert outputs(resumed(cli, file, first, "--approve", "pay")) == ["paid 5 to ada"]
    assert resumed(cli, file, second).code == 7
