"""Several agents with sandboxes in one run, and what becomes of sandboxes when a run is cut off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, Cli
from tests.openai_server import OpenAIServer
from tests.sandbox_project import FILE, Write, calling, leftovers, project

TEAM = """\
agents:
  front:
    instructions: Hand over.
    model: openai/gpt-4.1
    sandbox:
      capabilities: [shell]
      default_manifest: {entries: {who.txt: {type: file, content: front}}}
    handoffs: [back]
    tools: [{agent: back, tool_name: ask_back}]
  back:
    instructions: Work.
    model: openai/gpt-4.1
    sandbox:
      capabilities: [shell]
      default_manifest: {entries: {who.txt: {type: file, content: back}}}
run:
  sandbox: {client: unix_local}
tests:
"""
WHO = "{name: exec_command, arguments: {cmd: cat who.txt}}"
HANDOFF = f"""\
  - name: handed over
    input: Go.
    script:
      - tool_calls: [{WHO}]
      - handoff: back
      - tool_calls: [{WHO}]
      - text: done
    expect:
      - {{handoffs: [back]}}
      - {{python: "./checks.py:both"}}
"""
TOOL = f"""\
  - name: asked at once
    input: Go.
    script:
      - agent: front
        tool_calls:
          - {{name: ask_back, arguments: {{input: a}}}}
          - {{name: ask_back, arguments: {{input: b}}}}
      - {{agent: back, tool_calls: [{WHO}]}}
      - {{agent: back, tool_calls: [{WHO}]}}
      - {{agent: back, text: one}}
      - {{agent: back, text: two}}
      - {{agent: front, tool_calls: [{WHO}]}}
      - {{agent: front, text: done}}
    expect:
      - {{tool_called: ask_back, times: 2}}
      - {{python: "./checks.py:three"}}
"""
CHECKS = """\
def _who(run):
    outputs = [str(call.output) for call in run.result.tool_calls if call.name == "exec_command"]
    return sorted(output.splitlines()[-1] for output in outputs)


def both(run):
    return _who(run) == ["back", "front"], str(_who(run))


def three(run):
    errors = [call.error for call in run.result.tool_calls if call.error]
    return _who(run) == ["back", "back", "front"] and not errors, str((_who(run), errors))
"""


@pytest.mark.parametrize("case", [HANDOFF, TOOL], ids=["handoff", "agent as tool"])
def test_each_agent_has_a_workspace_of_its_own(cli: Cli, write: Write, case: str) -> None:
    write("checks.py", CHECKS)
    file = write("team.yaml", TEAM + case)
    before = leftovers()
    result = cli("test", file, cwd=file.parent)
    assert result.code == 0, result.stdout
    assert leftovers() <= before


def test_one_agent_may_be_at_work_twice(cli: Cli, write: Write) -> None:
    workflow = "workflow:\n  parallel: [{agent: back, name: a}, {agent: back, name: b}]\n"
    text = TEAM.partition("tests:")[0] + workflow
    case = f"""tests:
  - name: side by side
    input: Go.
    script:
      - tool_calls: [{WHO}]
      - tool_calls: [{WHO}]
      - text: one
      - text: two
    expect: [{{tool_called: exec_command, times: 2}}]
"""
    file = write("team.yaml", text + case)
    result = cli("test", file, cwd=file.parent)
    assert result.code == 0, result.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda one: one.name)
def test_a_signal_closes_the_sandbox(
    write: Write, server: OpenAIServer, tmp_path: Path, number: signal.Signals
) -> None:
    server.behave(calling("touch begun; sleep 60"))
    file = project(write)
    folder = tmp_path / "temporary"
    folder.mkdir()
    where = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(folder),
        "OPENAI_BASE_URL": server.base_url,
        "OPENAI_API_KEY": "dummy",
    }
    command = [sys.executable, "-m", "yamlagents", "run", str(file), "Go."]
    process = subprocess.Popen(command, env=where, cwd=file.parent, stderr=subprocess.PIPE)
    while not list(folder.glob("*/begun")) and process.poll() is None:
        time.sleep(0.05)
    assert list(folder.iterdir()) != []
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert b"Traceback" not in errors
    assert [*folder.iterdir()] == []


def test_a_budget_of_time_closes_the_sandbox(
    cli: Cli, write: Write, server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    server.behave(calling("sleep 60"))
    file = project(write, FILE.replace("run:\n", "run:\n  budget: {seconds: 3}\n"))
    where = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "dummy"}
    result = cli("run", file, "Go.", cwd=file.parent, env=where)
    assert (result.code, [*folder.iterdir()]) == (5, []), result.stderr
