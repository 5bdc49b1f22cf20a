"""An agent with Python tools that answers offline, and the tools it may be given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, Cli, Result

Write = Callable[[str, str], Path]

TOOLS = '''\
import asyncio, subprocess, sys, time

from agents import function_tool


def plain(city: str) -> str:
    """Get the weather.

    Args:
        city: Its name.
    """
    return f"It is plain in {city}."


async def later(city: str) -> str:
    """Get the weather."""
    await asyncio.sleep(0)
    return f"It is later in {city}."


@function_tool
def built(city: str) -> str:
    """Get the weather."""
    return f"It is built in {city}."


@function_tool(name_override="plain")
def second(city: str) -> str:
    """Get the weather."""
    return city


def broken(city: str) -> str:
    """Get the weather."""
    raise RuntimeError("wet fuse")


def leaving(city: str) -> str:
    """Get the weather."""
    sys.exit(0)


def exhausted(city: str) -> str:
    """Get the weather."""
    return next(iter(()))


def slow(city: str) -> str:
    """Get the weather."""
    time.sleep(30)
    return city


def stuck(city: str) -> str:
    """Get the weather."""
    time.sleep(100_000)


async def leaving_later(city: str) -> str:
    """Get the weather."""
    sys.exit(0)


async def slow_later(city: str) -> str:
    """Get the weather."""
    await asyncio.sleep(30)
    return city


@function_tool
def slow_built(city: str) -> str:
    """Get the weather."""
    time.sleep(30)
    return city


def mapping(city: str, details: dict[str, int]) -> str:
    """Get the weather."""
    return f"{city} {details}"


def loud(city: str) -> str:
    """Get the weather."""
    print("printed")
    subprocess.run([sys.executable, "-c", "print('echoed')"], check=True)
    return f"It is loud in {city}."


nothing = object()
'''


def ask(cli: Cli, write: Write, tools: str, *options: str) -> Result:
    """Ask an agent with `tools`, items of a YAML list, for the weather in Oslo."""
    file = project(write, tools)
    return cli("run", file, "Get the weather in Oslo", *options, cwd=file.parent)


def ask_fresh(write: Write, tools: str) -> subprocess.CompletedProcess[str]:
    """Do as `ask`, in a process of its own and the way the installed script does."""
    file = project(write, tools)
    script = write("bin/start.py", "from yamlagents.cli.main import main\nmain()\n")
    return subprocess.run(
        [sys.executable, str(script), "run", file.name, "Get the weather in Oslo"],
        cwd=file.parent,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def project(write: Write, tools: str) -> Path:
    """Write the agent file, with the tools of this module in tools/weather.py."""
    write("tools/weather.py", TOOLS)
    return write("team.yaml", f"agents:\n  solo:\n    model: offline/match\n    tools: [{tools}]\n")


def the_call(result: Result) -> dict[str, Any]:
    """Give the one tool call of a run with --json."""
    calls: list[dict[str, Any]] = json.loads(result.stdout)["tool_calls"]
    assert [call["arguments"] for call in calls] == [{"city": "Oslo"}]
    return calls[0]
