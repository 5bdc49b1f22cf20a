"""Runs from plain Python: tools that misbehave there neither hang a run nor end the program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import yamlagents

Write = Callable[[str, str], Path]
TOOLS = """\
import sys, threading
from agents import function_tool

def leaving(city: str) -> str:
    sys.exit(0)

def exhausted(city: str) -> str:
    return next(iter(()))

def stuck(city: str) -> str:
    threading.Event().wait(60)
    return "late"

def rows(city: str) -> dict[str, int]:
    return {city: 1}

@function_tool(timeout=0.05)
async def built(city: str) -> str:
    await __import__("asyncio").sleep(60)
    return "late"
"""


def team(write: Write, tool: str) -> yamlagents.Team:
    """A team of one agent with one tool, that answers offline."""
    write("tools.py", TOOLS)
    text = f"agents: {{a: {{instructions: Hi., model: offline/match, tools: [{tool}]}}}}\n"
    return yamlagents.assemble(yamlagents.load(write("a.yaml", text)))


def the_call(write: Write, tool: str) -> tuple[str | None, str | None]:
    name = tool.partition("tools.py:")[2].partition(",")[0]
    result = yamlagents.run_sync(team(write, tool), f"{name} city Oslo")
    assert len(result.tool_calls) == 1
    return result.tool_calls[0].output, result.tool_calls[0].error


@pytest.mark.parametrize(
    ("tool", "error"),
    [("leaving", "RuntimeError: SystemExit: 0"), ("exhausted", "RuntimeError: StopIteration: ")],
)
def test_exceptions_that_loops_cannot_bear_are_tool_errors(
    write: Write, tool: str, error: str
) -> None:
    assert the_call(write, f"./tools.py:{tool}")[1] == error


def test_a_sync_tool_past_its_timeout_holds_nothing_up(write: Write) -> None:
    _, error = the_call(write, "{function: ./tools.py:stuck, timeout: 0.1}")
    assert error == "timed out after 0.1 seconds"
    # The thread goes on, as the documentation says, and would be waited for if it could be.
    assert all(thread.daemon for thread in threading.enumerate() if "call" in thread.name)


def test_output_is_what_the_model_is_told(write: Write) -> None:
    tool = "{function: ./tools.py:rows, strict_mode: false}"
    assert the_call(write, tool) == ("{'Oslo': 1}", None)


def test_a_behaviour_without_a_timeout_is_a_problem(write: Write) -> None:
    tool = "{function: ./tools.py:rows, timeout_behavior: raise_exception}"
    with pytest.raises(yamlagents.SpecError, match="does nothing without a timeout"):
        team(write, tool)


def test_a_behaviour_is_set_on_a_built_tool(write: Write) -> None:
    tool = "{function: ./tools.py:built, timeout_behavior: raise_exception}"
    with pytest.raises(yamlagents.RunError, match=r"did not return within 0\.05 seconds") as failed:
        yamlagents.run_sync(team(write, tool), "built city Oslo")
    assert (failed.value.code, failed.value.exit) == ("tool-failed", 4)
    assert failed.value.result is not None
    assert "did not return" in str(failed.value.result.tool_calls[0].error)


def test_inside_a_loop_it_says_what_to_do_instead(write: Write) -> None:
    async def ask() -> None:
        yamlagents.run_sync(team(write, "./tools.py:rows"), "hello")

    with pytest.raises(RuntimeError, match="await `run`"):
        asyncio.run(ask())
