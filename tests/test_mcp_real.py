"""Real MCP servers, from npm and from the Python package index, as the agents of a file get them.

Needs @modelcontextprotocol/server-{everything,filesystem,memory,sequential-thinking} and
mcp-server-{time,git,fetch}: put the folders of their programs into MCP_SERVERS, as in PATH.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agents.testing import ScriptedModel, assistant_message, function_call

import yamlagents
from tests.conftest import Cli
from tests.mcp_project import left
from yamlagents.events import Event, RunFailed, ToolCalled, ToolReturned

pytestmark = pytest.mark.server

Write = Callable[[str, str], Path]
Step = tuple[str, dict[str, Any]]

THOUGHT = {
    "thought": "one",
    "nextThoughtNeeded": False,
    "thoughtNumber": 1,
    "totalThoughts": 1,
}
# Of each server its program and arguments, how many tools it has at least, a call, and its answer.
SERVERS: dict[str, tuple[list[str], int, Step, str]] = {
    "everything": (["mcp-server-everything"], 10, ("get-sum", {"a": 2, "b": 3}), "is 5"),
    "files": (["mcp-server-filesystem", "."], 10, ("read_text_file", {"path": "a.txt"}), "hello"),
    "memory": (["mcp-server-memory"], 8, ("read_graph", {}), "entities"),
    "thinking": (["mcp-server-sequential-thinking"], 1, ("sequentialthinking", THOUGHT), "1"),
    "time": (["mcp-server-time"], 2, ("get_current_time", {"timezone": "UTC"}), "UTC"),
    "git": (["mcp-server-git"], 10, ("git_status", {"repo_path": "."}), "a.txt"),
    "fetch": (["mcp-server-fetch"], 1, ("fetch", {"url": "http://127.0.0.1:9/"}), "127.0.0.1"),
}


def program(name: str) -> str:
    found = shutil.which(name, path=os.environ["MCP_SERVERS"])
    assert found is not None, f"{name} is in none of the folders of MCP_SERVERS"
    return found


def project(names: list[str], write: Write, mark: Path) -> Path:
    """Write an agent file with these servers in a folder that they all can work on."""
    write("a.txt", "hello")
    subprocess.run(["git", "init", "-q", str(mark)], check=True)
    servers: dict[str, Any] = {}
    for name in names:
        (command, *args), *_ = SERVERS[name]
        given = {"command": program(command), "args": args, "env": {"MARK": str(mark)}}
        servers[name] = {**given, "inherit_env": ["UV_CACHE_DIR"]}
    agent = {"model": "offline/match", "mcp_servers": names}
    return write("agents.yaml", json.dumps({"mcp_servers": servers, "agents": {"a": agent}}))


def team_of(path: Path, *steps: Step) -> yamlagents.Team:
    turns = [
        [function_call(name, arguments, call_id=str(number))]
        for number, (name, arguments) in enumerate(steps)
    ]
    model = ScriptedModel([*turns, [assistant_message("done")]])
    return yamlagents.assemble(yamlagents.load(path), models=lambda _: model)


async def events_of(team: yamlagents.Team) -> list[Event]:
    return [event async for event in yamlagents.stream(team, "go", streamed=False)]


@pytest.mark.parametrize("name", SERVERS)
def test_each_is_listed_and_called(name: str, write: Write, tmp_path: Path, cli: Cli) -> None:
    _, least, step, answer = SERVERS[name]
    path = project([name], write, tmp_path)
    result = cli("tools", path.name, "--format", "json", cwd=tmp_path)
    tools = json.loads(result.stdout)["agents"][0]["tools"]
    assert len(tools) >= least
    assert {(tool["server"], tool["kind"]) for tool in tools} == {(name, "mcp")}
    events = asyncio.run(events_of(team_of(path, step)))
    (call,) = [event for event in events if isinstance(event, ToolReturned)]
    assert answer in call.output
    assert (call.error is not None) == (name == "fetch")  # which asks for nothing on this machine
    assert left(tmp_path) == []


def test_all_are_used_in_one_run(write: Write, tmp_path: Path) -> None:
    team = team_of(project(list(SERVERS), write, tmp_path), *(s[2] for s in SERVERS.values()))
    events = asyncio.run(events_of(team))
    outputs = [event.output for event in events if isinstance(event, ToolReturned)]
    answers = [answer for *_, answer in SERVERS.values()]
    assert [a in output for a, output in zip(answers, outputs, strict=True)] == [True] * 7
    assert left(tmp_path) == []


def test_one_of_three_is_killed_in_the_middle_of_a_call(write: Write, tmp_path: Path) -> None:
    step = ("trigger-long-running-operation", {"duration": 60, "steps": 2})
    path = project(["everything", "time", "memory"], write, tmp_path)
    team = team_of(path, SERVERS["time"][2], step)

    async def killed() -> tuple[Event, int]:
        running, last = 0, None
        async for event in yamlagents.stream(team, "go", streamed=False):
            last = event
            if isinstance(event, ToolCalled) and event.name == step[0]:
                running = len(left(tmp_path))
                _kill("server-everything", tmp_path)
        assert last is not None
        return last, running

    event, running = asyncio.run(killed())
    assert running >= 3
    assert isinstance(event, RunFailed)
    assert (event.error.code, event.error.exit) == ("mcp-ended", 4)
    assert "the MCP server 'everything' (" in event.error.message
    assert left(tmp_path) == []


def _kill(program: str, mark: Path) -> None:
    lines = {process: Path(f"/proc/{process}/cmdline").read_text() for process in left(mark)}
    (process,) = [process for process, line in lines.items() if program in line]
    os.kill(process, signal.SIGKILL)
