"""Code of the project that ends the program, is cancelled, or fails where a run begins."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.mcp_project import server
from tests.tested_project import Write

CODE = """\
import asyncio, sys

from agents import RunHooks


def leaving(context, agent, data):
    sys.exit(5)


async def cancelled(context, agent, data):
    raise asyncio.CancelledError


class Cancelled(RunHooks):
    async def on_agent_end(self, context, agent, output):
        raise asyncio.CancelledError


async def lost(city: str) -> str:
    work = asyncio.ensure_future(asyncio.sleep(9))
    work.cancel()
    await work
    return "late"


def context():
    raise ValueError("no context")


def choosing(context, tool):
    raise ValueError("no choice")
"""
AGENT = """\
agents:
  desk: {instructions: Be brief., model: offline/match%s}
%stests:
  - {name: one, input: hello, expect: [{contains: hello}]}
"""

since_311 = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="Python 3.10 cannot tell who cancels"
)


def project(write: Write, keys: str = "", run: str = "") -> Path:
    """Write an agent with these `keys`, and the sections `run` of the file."""
    write("bits.py", CODE)
    write("a.yaml", AGENT % (f", {keys}" if keys else "", run))
    return write(".git/HEAD", "").parent.parent


def test_code_that_ends_the_program_is_told(cli: Cli, write: Write) -> None:
    folder = project(write, "input_guardrails: [./bits.py:leaving]")
    result = cli("run", "a.yaml", "hi", cwd=folder)
    assert result.code == 4
    assert "the project's own code ended the program: sys.exit(5)" in result.stderr


@since_311
@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
@pytest.mark.parametrize(
    ("keys", "run", "line"),
    [
        ("input_guardrails: [./bits.py:cancelled]", "", 11),
        ("", "run: {hooks: ./bits.py:Cancelled}\n", 16),
    ],
    ids=["guardrail", "hooks"],
)
def test_code_that_is_cancelled_by_itself_has_failed(
    cli: Cli, write: Write, keys: str, run: str, line: int, stream: str
) -> None:
    result = cli("run", "a.yaml", "hi", stream, cwd=project(write, keys, run))
    assert result.code == 4
    assert f"own code failed: CancelledError (bits.py:{line})" in result.stderr


@since_311
def test_a_tool_that_is_cancelled_by_itself_has_failed(cli: Cli, write: Write) -> None:
    folder = project(write, "tools: [./bits.py:lost]")
    result = cli("run", "a.yaml", "lost city Oslo", "--json", cwd=folder)
    assert '"error": "RuntimeError: CancelledError: "' in result.stdout
    assert "tool 'lost' raised" in result.stderr


@pytest.mark.parametrize("command", ["test", "smoke"])
def test_a_context_that_cannot_be_made_fails_the_run(cli: Cli, write: Write, command: str) -> None:
    result = cli(command, "a.yaml", cwd=project(write, run="run: {context: ./bits.py:context}\n"))
    assert result.code == 1
    assert "own code failed: ValueError: no context (bits.py:27)" in result.stdout


@pytest.mark.parametrize("command", ["test", "smoke"])
def test_a_filter_of_tools_that_fails_fails_the_run(
    cli: Cli, write: Write, tmp_path: Path, command: str
) -> None:
    filtered = server(tmp_path / "mark", tool_filter="./bits.py:choosing")
    run = f"mcp_servers: {{times: {filtered}}}\n"
    folder = project(write, "mcp_servers: [times]", run)
    result = cli(command, "a.yaml", cwd=folder)
    assert result.code == 1
    assert "own code failed: ValueError: no choice (bits.py:31)" in result.stdout


DECORATED = """\
import functools

from agents import RunHooks


def plain(function):
    def wrapper(only):
        return function(only)

    return wrapper


def named(function):
    @functools.wraps(function)
    def wrapper(only):
        return function(only)

    return wrapper


@plain
def one(context, agent, data):
    return True


@named
def two(context, agent, data):
    return True


def making(strict):
    return lambda only: strict


class Hooks(RunHooks):
    @plain
    def on_agent_start(self, context, agent):
        return None
"""
WRAPPER = "plain.<locals>.wrapper() takes 1 positional argument but 3 were given (deco.py)"


@pytest.mark.parametrize(
    ("keys", "run", "said"),
    [
        ("input_guardrails: [./deco.py:one]", "", WRAPPER),
        ("output_guardrails: [./deco.py:one]", "", WRAPPER),
        ("input_guardrails: [./deco.py:two]", "", "two() takes 1 positional argument"),
        (
            "input_guardrails: [{use: ./deco.py:making, with: {strict: true}}]",
            "",
            "making.<locals>.<lambda>() takes 1 positional argument",
        ),
        ("", "run: {context: ./deco.py:two}\n", "two() missing 1 required positional argument"),
        ("", "run: {hooks: ./deco.py:Hooks}\n", WRAPPER),
    ],
    ids=["input", "output", "named", "factory", "context", "hooks"],
)
def test_code_that_takes_other_parameters_has_failed(
    cli: Cli, write: Write, keys: str, run: str, said: str
) -> None:
    write("deco.py", DECORATED)
    result = cli("run", "a.yaml", "hi", cwd=project(write, keys, run))
    assert result.code == 4
    assert f"error[code-failed]: the project's own code failed: TypeError: {said}" in result.stderr


def test_instructions_that_take_other_parameters_have_failed(cli: Cli, write: Write) -> None:
    write("deco.py", DECORATED)
    folder = project(write)
    write("a.yaml", (AGENT % ("", "")).replace("Be brief.", "{use: ./deco.py:one}"))
    result = cli("run", "a.yaml", "hi", cwd=folder)
    assert result.code == 4
    assert "must accept exactly 2 arguments" in result.stderr
    assert "(./deco.py:one, a.yaml:2)" in result.stderr


AROUND = """\
from agents import AgentHooks, RunHooks


def tool(city: str) -> str:
    return city


def plain(function):
    return lambda only: function(only)


class Before(RunHooks):
    async def on_tool_start(self, context, agent, tool):
        raise ValueError("no hook")


class After(AgentHooks):
    async def on_tool_end(self, context, agent, tool, result):
        raise ValueError("no hook")


class Wrong(RunHooks):
    on_tool_start = plain(RunHooks.on_tool_start)
"""


@pytest.mark.parametrize(
    ("keys", "run", "said"),
    [
        ("", "run: {hooks: ./around.py:Before}\n", "ValueError: no hook (around.py:14)"),
        (", hooks: ./around.py:After", "", "ValueError: no hook (around.py:19)"),
        ("", "run: {hooks: ./around.py:Wrong}\n", "plain.<locals>.<lambda>() takes 1 positional"),
    ],
    ids=["run", "agent", "parameters"],
)
def test_a_hook_around_a_tool_is_told_and_not_the_tool(
    cli: Cli, write: Write, keys: str, run: str, said: str
) -> None:
    write("around.py", AROUND)
    folder = project(write, f"tools: [./around.py:tool]{keys}", run)
    result = cli("run", "a.yaml", "tool city Oslo", "-v", cwd=folder)
    assert result.code == 4
    assert "error[code-failed]: the project's own code failed: " in result.stderr
    assert said in result.stderr


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_a_tool_that_fails_beside_hooks_is_told_itself(cli: Cli, write: Write, kind: str) -> None:
    code = AROUND.replace("return city", "raise ValueError(city)").replace(
        "def tool", f"{kind} tool"
    )
    write("around.py", code.replace('raise ValueError("no hook")', "pass"))
    tool = "{function: ./around.py:tool, failure_error_function: null}"
    keys = f"tools: [{tool}], hooks: ./around.py:After"
    folder = project(write, keys, "run: {hooks: ./around.py:Before}\n")
    result = cli("run", "a.yaml", "tool city Oslo", cwd=folder)
    assert result.code == 4
    assert "error[tool-failed]: the tool 'tool' failed: ValueError: Oslo" in result.stderr
