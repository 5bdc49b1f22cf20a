"""What the project's functions give to the SDK and is not what it wants: told, with the line."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from agents.testing import ScriptedModel, assistant_message, function_call

import yamlagents
from tests import mcp_project
from tests.conftest import Cli
from tests.openai_faults import Status
from tests.openai_server import OpenAIServer
from tests.tested_project import Write

CODE = '''\
from agents import function_tool


def five(*args):
    return 5


async def nothing(*args):
    return None


def numbered(data):
    return {1: "one"}


def endless(data):
    return {"limit": float("inf")}


def kept(data):
    return {"number": 7}


def words(result):
    return f"said: {result.final_output}"


def explain(context, error):
    return "Try later."


def count() -> str:
    """Count."""
    return "7"


@function_tool(failure_error_function=explain)
def broken() -> str:
    raise ValueError("the disk is full")


@function_tool(failure_error_function=None)
def fatal() -> str:
    raise ValueError("the disk is full")
'''
FILE = """\
agents:
  desk:
    instructions: Help.
    model: offline/match
    DESK
  clerk: {instructions: Help., model: offline/match}
run: {max_turns: 5RUN}
"""
COUNT = "tools: [./code.py:count]"
HANDOFF = "handoffs: [clerk]"


def run(write: Write, desk: str, of_run: str, *called: str) -> yamlagents.RunResult:
    """Run an agent that calls these tools, all that is said after that is `Done.`."""
    write("code.py", CODE)
    text = FILE.replace("DESK", desk).replace("5RUN", f"5, {of_run}" if of_run else "5")
    calls: list[Any] = [
        [function_call(name, {"input": "Go."} if name == "clerk" else {}, call_id=f"c{number}")]
        for number, name in enumerate(called)
    ]
    model = ScriptedModel([*calls, *([assistant_message("Done.")] for _ in range(3))])
    spec = yamlagents.load(write("a.yaml", text))
    return yamlagents.run_sync(yamlagents.assemble(spec, models=lambda _: model), "Go.")


WRONG = {
    "tool_use_behavior": (f"{COUNT}\n    tool_use_behavior: ./code.py:FUNCTION", "", ["count"], 6),
    "custom_data_extractor": (
        "tools: [{function: './code.py:count', custom_data_extractor: './code.py:FUNCTION'}]",
        "",
        ["count"],
        5,
    ),
    "input_filter": (
        "handoffs: [{agent: clerk, input_filter: './code.py:FUNCTION'}]",
        "",
        ["transfer_to_clerk"],
        5,
    ),
    "handoff_input_filter": (
        HANDOFF,
        "handoff_input_filter: './code.py:FUNCTION'",
        ["transfer_to_clerk"],
        7,
    ),
    "call_model_input_filter": (COUNT, "call_model_input_filter: './code.py:FUNCTION'", [], 7),
    "custom_output_extractor": (
        "tools: [{agent: clerk, custom_output_extractor: './code.py:FUNCTION'}]",
        "",
        ["clerk"],
        5,
    ),
}
WANTED = {
    "tool_use_behavior": "a ToolsToFinalOutputResult",
    "custom_data_extractor": "None, or a mapping",
    "input_filter": "a HandoffInputData",
    "handoff_input_filter": "a HandoffInputData",
    "call_model_input_filter": "a ModelInputData",
    "custom_output_extractor": "a text",
}
FINE = {("custom_data_extractor", "nothing"), ("custom_output_extractor", "five")}


@pytest.mark.parametrize(("function", "what"), [("five", "a int"), ("nothing", "None")])
@pytest.mark.parametrize("key", WRONG)
def test_what_a_function_gives_is_told(write: Write, key: str, function: str, what: str) -> None:
    desk, of_run, called, line = WRONG[key]
    given = (desk.replace("FUNCTION", function), of_run.replace("FUNCTION", function))
    if (key, function) in FINE:
        assert run(write, *given, *called).final_output == "Done."
        return
    with pytest.raises(yamlagents.RunError) as caught:
        run(write, *given, *called)
    assert (caught.value.code, caught.value.exit) == ("code-failed", 4)
    assert f"'./code.py:{function}' (" in caught.value.message
    assert caught.value.message.endswith(f"a.yaml:{line}) gave {what}")
    assert WANTED[key] in str(caught.value.hint)


@pytest.mark.parametrize(("function", "fine"), [("numbered", 0), ("endless", 0), ("kept", 1)])
def test_what_cannot_be_kept_with_a_call_is_told(write: Write, function: str, fine: int) -> None:
    desk = WRONG["custom_data_extractor"][0].replace("FUNCTION", function)
    if fine:
        assert run(write, desk, "", "count").final_output == "Done."
        return
    with pytest.raises(yamlagents.RunError, match=r"a.yaml:5\) gave a dict") as caught:
        run(write, desk, "", "count")
    assert caught.value.code == "code-failed"


def test_a_plain_function_makes_the_result_of_an_inner_run(write: Write) -> None:
    result = run(
        write, WRONG["custom_output_extractor"][0].replace("FUNCTION", "words"), "", "clerk"
    )
    assert result.tool_calls[0].output == "said: Done."


def test_what_a_server_of_tools_has_is_told_too(cli: Cli, write: Write, tmp_path: Path) -> None:
    write("code.py", CODE)
    text = mcp_project.file_of(mcp_project.server(tmp_path, custom_data_extractor="./code.py:five"))
    ran = cli("run", write("a.yaml", text), "use add with 1 and 2")
    assert (ran.code, "'./code.py:five' (" in ran.stderr) == (4, True), ran.stderr


RETRIED = """\
agents:
  a:
    model: openai/gpt-4.1
    model_settings: {retry: {max_retries: 2, policy: './code.py:FUNCTION'}}
"""


@pytest.mark.parametrize(("function", "what"), [("five", "a int"), ("nothing", "None")])
def test_what_a_policy_of_retries_gives_is_told(
    cli: Cli, write: Write, server: OpenAIServer, function: str, what: str
) -> None:
    write("code.py", CODE)
    server.behave(Status(500))
    file = write("a.yaml", RETRIED.replace("FUNCTION", function))
    options = ("--base-url", server.base_url)
    result = cli("run", file, "hello", *options, env={"OPENAI_API_KEY": "test-key-0123456789"})
    assert result.code == 4, result.stderr
    assert f"a.yaml:4) gave {what}" in result.stderr
    assert "True, False, or a RetryDecision" in result.stderr
    assert len(server.requests) == 1


def test_a_tool_that_python_has_words_for_is_told(
    write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "yamlagents.tools"):
        result = run(write, "tools: [./code.py:broken]", "", "broken")
    (call,) = result.tool_calls
    assert (call.output, call.error) == ("Try later.", "ValueError: the disk is full")
    assert "tool 'broken' raised ValueError" in caplog.text


def test_a_tool_of_python_that_is_to_end_the_run_does(write: Write) -> None:
    with pytest.raises(yamlagents.RunError) as caught:
        run(write, "tools: [./code.py:fatal]", "", "fatal")
    assert (caught.value.code, caught.value.exit) == ("tool-failed", 4)
