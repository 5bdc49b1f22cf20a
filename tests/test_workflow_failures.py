"""Workflows that fail: what all steps took by then is told, of those that were broken off too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import Cli, Result
from tests.openai_faults import Status
from tests.openai_server import OpenAIServer, Text
from tests.tested_project import Write

TOOLS = '''\
import asyncio

ended = asyncio.Event()


async def wait(what: str) -> str:
    """Wait for ever."""
    ended.set()
    await asyncio.sleep(60)
    return "late"


async def follow(what: str) -> str:
    """Return once the other is at work."""
    await ended.wait()
    return "there"
'''
FLOW = """\
agents:
  slow: {instructions: Wait., model: offline/match, tools: [./tools.py:wait]}
  quick: {instructions: Follow., model: offline/match, tools: [./tools.py:follow]}
workflow: {parallel: [{agent: slow}, {agent: quick}]}
run: {budget: {requests: 2}}
"""


def ran(cli: Cli, file: Path, *options: str) -> Result:
    return cli("run", file.name, "Wait and follow.", *options, cwd=file.parent)


def test_what_is_broken_off_beside_a_failure_is_told(cli: Cli, write: Write) -> None:
    write("tools.py", TOOLS)
    result = ran(cli, write("a.yaml", FLOW), "--events")
    *events, last = map(json.loads, result.stdout.splitlines())
    assert (result.code, last["usage"]["requests"], last["turns"]) == (5, 2, 2)
    assert last["last_agent"] == "quick"
    cut = "the run ended before it returned"
    ends: list[Any] = [(e["name"], e["error"]) for e in events if e["event"] == "tool_returned"]
    assert ends == [("follow", None), ("wait", cut)]
    assert sorted((one["name"], one["error"]) for one in last["tool_calls"]) == sorted(ends)


STEPS = """\
agents:
  first: {instructions: Write., model: openai/gpt-4.1}
  second: {instructions: Judge., model: openai/gpt-4.1}
workflow: {sequence: [{agent: first}, {agent: second}]}
"""


def test_what_was_paid_before_a_failure_is_told(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(Text("A."), Status(400))
    options = ("--base-url", server.base_url, "--api-key", "dummy", "--json")
    document = json.loads(ran(cli, write("a.yaml", STEPS), *options).stdout)
    assert (document["error"]["exit"], document["usage"]["requests"]) == (3, 1)
    assert document["cost"]["usd"] > 0
