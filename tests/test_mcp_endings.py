"""However a program ends, none of the MCP servers that it has started is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.mcp_project import left, server

Write = Callable[[str, str], Path]

COMMANDS = {
    "run": ["run", "agents.yaml", "wait 60", "--events"],
    "chat": ["chat", "agents.yaml"],
}
CODES = {signal.SIGTERM: -signal.SIGTERM, signal.SIGHUP: -signal.SIGHUP, signal.SIGINT: 130}


def started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start our program, and wait until its server runs."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "yamlagents", *command],
        cwd=folder,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    while not left(folder) and process.poll() is None:
        time.sleep(0.05)
    return process


def until_called(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "tool_called":
            return


@pytest.mark.parametrize("number", CODES, ids=lambda number: number.name)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_signal_closes_the_servers_and_ends_the_program(
    command: list[str], number: signal.Signals, write: Write, tmp_path: Path
) -> None:
    text = f"mcp_servers: {{calc: {server(tmp_path)}}}\n"
    write("agents.yaml", f"{text}agents: {{a: {{model: offline/match, mcp_servers: [calc]}}}}\n")
    process = started(command, tmp_path)
    if command[0] == "run":
        until_called(process)
    assert len(left(tmp_path)) == 1
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    # An interrupt of an import has Python end by the signal, which a shell tells as 130 as well.
    code = 130 if process.returncode == -signal.SIGINT else process.returncode
    assert code == CODES[number]
    assert b"Traceback" not in errors
    assert left(tmp_path) == []


@pytest.mark.parametrize("times", [2, 3])
def test_interrupts_while_servers_are_closed_leave_none_behind(
    times: int, write: Write, tmp_path: Path
) -> None:
    text = f"mcp_servers: {{calc: {server(tmp_path)}}}\n"
    write("agents.yaml", f"{text}agents: {{a: {{model: offline/match, mcp_servers: [calc]}}}}\n")
    process = started(COMMANDS["run"], tmp_path)
    until_called(process)
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.4)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (130, b"interrupted\n")
    assert left(tmp_path) == []


def test_a_server_that_does_not_end_by_itself_is_ended(write: Write, tmp_path: Path) -> None:
    text = f"mcp_servers: {{calc: {server(tmp_path, 'stubborn')}}}\n"
    write("agents.yaml", f"{text}agents: {{a: {{model: offline/match, mcp_servers: [calc]}}}}\n")
    process = started(["run", "agents.yaml", "add 1 and 2"], tmp_path)
    answer, _ = process.communicate(timeout=30)
    assert (process.returncode, answer) == (0, b"add returned 3.\n")
    assert left(tmp_path) == []
