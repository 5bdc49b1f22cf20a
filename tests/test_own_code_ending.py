"""Code of the project that ends the program: it fails its own run, and the others go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.mcp_project import server
from tests.pytest_runs import run_pytest
from tests.tested_project import Write

CODE = """\
import sys

from agents import RunHooks


def leaves(*given):
    sys.exit(3)


def leave(context, agent, data=None):
    leaves()


def leave_later(context, arguments, call_id):
    leaves()


def make():
    leaves()


def joined(history, new):
    leaves()


class Starting(RunHooks):
    async def on_agent_start(self, context, agent):
        leaves()


class Calling(RunHooks):
    async def on_tool_start(self, context, agent, tool):
        leaves()


class Ending(RunHooks):
    async def on_llm_end(self, context, agent, response):
        leaves()


def tool(city: str) -> str:
    return city
"""
LEAVING = """\
agents:
  desk: {instructions: Be brief., model: offline/match, tools: [%s]%s}
%s
tests:
  - {name: one, input: tool city Oslo, timeout: 20, expect: [{tool_called: tool}]}
  - {name: two, input: tool city Oslo, expect: [{error: code-failed}]}
"""
WELL = """\
agents:
  well: {instructions: Be brief., model: offline/match}
tests:
  - {name: three, input: hello, script: [{text: hello}], expect: [{contains: hello}]}
"""
TOOL = "./leaving.py:tool"
SAID = "the project's own code ended the program: sys.exit(3) (leaving.py:7)"


def project(write: Write, tool: str = TOOL, keys: str = "", run: str = "") -> Path:
    """Write a file whose agent meets code that ends the program, and one that goes well."""
    write("leaving.py", CODE)
    write("a.yaml", LEAVING % (tool, keys, run))
    write("b.yaml", WELL)
    return write(".git/HEAD", "").parent.parent


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
@pytest.mark.parametrize(
    ("tool", "keys", "run"),
    [
        (TOOL, ", input_guardrails: [./leaving.py:leave]", ""),
        (TOOL, ", output_guardrails: [./leaving.py:leave]", ""),
        ("{function: ./leaving.py:tool, is_enabled: ./leaving.py:leave}", "", ""),
        ("{function: ./leaving.py:tool, needs_approval: ./leaving.py:leave_later}", "", ""),
        (TOOL, "", "{context: ./leaving.py:make}"),
        (TOOL, "", "{hooks: ./leaving.py:Starting}"),
        (TOOL, "", "{hooks: ./leaving.py:Calling}"),
        (TOOL, "", "{hooks: ./leaving.py:Ending}"),
        (TOOL, "", "{session: {type: sqlite}, session_input_callback: ./leaving.py:joined}"),
    ],
    ids=["input", "output", "enabled", "approval", "context", "start", "tool", "end", "session"],
)
def test_it_fails_its_case_and_the_others_are_run(
    cli: Cli, write: Write, tool: str, keys: str, run: str, stream: str
) -> None:
    folder = project(write, tool, keys, f"run: {run}" if run else "")
    result = cli("test", "a.yaml", "b.yaml", stream, cwd=folder)
    assert result.code == 1
    assert result.stdout.count(f"error[code-failed]: the run failed: {SAID}") == 1
    assert result.stderr.count("3 cases: 2 passed, 1 failed") == 1


def test_a_filter_of_tools_fails_its_case_too(cli: Cli, write: Write, tmp_path: Path) -> None:
    filtered = server(tmp_path / "mark", tool_filter="./leaving.py:leave")
    folder = project(write, TOOL, ", mcp_servers: [times]", f"mcp_servers: {{times: {filtered}}}")
    result = cli("test", "a.yaml", "b.yaml", cwd=folder)
    assert result.stderr.count("3 cases: 2 passed, 1 failed") == 1
    result = cli("smoke", "a.yaml", "b.yaml", cwd=folder)
    assert result.code == 1
    assert SAID in result.stdout


def test_smoke_goes_on(cli: Cli, write: Write) -> None:
    folder = project(write, keys=", input_guardrails: [./leaving.py:leave]")
    result = cli("smoke", "a.yaml", "b.yaml", cwd=folder)
    assert result.code == 1
    assert f"'desk': {SAID}" in result.stdout
    assert "b.yaml\n  well  0 of 0 tools" in result.stdout


def test_pytest_goes_on(write: Write) -> None:
    folder = project(write, run="run: {context: ./leaving.py:make}")
    result = run_pytest(folder, "a.yaml", "b.yaml")
    assert f"error[code-failed]: the run failed: {SAID}" in result.stdout
    assert "1 failed, 2 passed" in result.stdout


def test_a_call_that_was_cut_off_is_told_as_such(cli: Cli, write: Write) -> None:
    folder = project(write, run="run: {hooks: ./leaving.py:Calling}")
    result = cli("test", "a.yaml", "-k", "one", cwd=folder)
    assert "    result   (the run ended before it returned)" in result.stdout
