"""Calls that a tool's guardrail rejects, and calls of tools that there are not, are told."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from agents import Model
from agents.testing import ScriptedModel, assistant_message, function_call
from openai.types.responses import ResponseFunctionToolCall

import yamlagents
from tests import mcp_project
from tests.conftest import Cli
from tests.openai_server import OpenAIServer
from tests.tested_project import Write
from yamlagents import events

CODE = '''\
from agents import (
    ToolGuardrailFunctionOutput as Output, ToolInputGuardrail, ToolOutputGuardrail, function_tool,
)


def no_secret(data):
    """Keep calls about Atlantis from the tool."""
    if "Atlantis" in data.context.tool_arguments:
        return Output.reject_content("that city is a secret")
    return Output.allow()


READY = ToolInputGuardrail(no_secret, name="own")


def stop(data):
    return Output.raise_exception()


def broken(data):
    raise KeyError("lost")


async def no_rain(data):
    return Output.reject_content("never mind") if "rain" in str(data.output) else Output.allow()


def get_weather(city: str) -> str:
    """Get the weather in a city."""
    return "rain" if city != "Rome" else "sun"


def fail(city: str) -> str:
    raise ValueError("rain")


@function_tool(
    tool_input_guardrails=[ToolInputGuardrail(no_secret, name="own")],
    tool_output_guardrails=[ToolOutputGuardrail(no_rain)],
)
def built(city: str) -> str:
    return "rain"
'''
ALL = """

def reject_all(data):
    return Output.reject_content("no")
"""
FILE = """\
agents:
  desk:
    instructions: Be brief.
    model: offline/match
    tools: [TOOL]
"""
GUARDED = "{function: ./code.py:FUNCTION, OPTION: [./code.py:GUARD]}"
INPUT, OUTPUT = "tool_input_guardrails", "tool_output_guardrails"


def tool(guard: str, option: str, function: str = "get_weather") -> str:
    names = {"FUNCTION": function, "OPTION": option, "GUARD": guard}
    text = GUARDED
    for name, value in names.items():
        text = text.replace(name, value)
    return text


def told(write: Write, given: str, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """Run an agent with one tool that is called so; give all events but texts and replies."""
    write("code.py", CODE)
    spec = yamlagents.load(write("a.yaml", FILE.replace("TOOL", given)))
    made = [function_call(name, args, call_id=f"{n}") for n, (name, args) in enumerate(calls)]
    model: Model = ScriptedModel([made, [assistant_message("done")]])
    team = yamlagents.assemble(spec, models=lambda _: model)

    async def run() -> list[Any]:
        kinds = (events.TextDelta, events.RunStarted, events.AgentStarted)
        stream = yamlagents.stream(team, "go", streamed=False)
        return [event async for event in stream if not isinstance(event, kinds)]

    return asyncio.run(run())


NAMED = "{use: './code.py:no_secret', name: secrets}"
ATLANTIS = {"city": "Atlantis"}


@pytest.mark.parametrize(
    ("given", "name", "output", "error"),
    [
        (
            tool("no_secret", INPUT),
            "get_weather",
            "that city is a secret",
            "'no_secret' rejected the call",
        ),
        ("./code.py:built", "built", "that city is a secret", "'own' rejected the call"),
        (
            tool("no_secret", INPUT).replace("./code.py:no_secret", NAMED),
            "get_weather",
            "that city is a secret",
            "'secrets' rejected the call",
        ),
        (
            tool("READY", INPUT).replace("./code.py:READY", NAMED.replace("no_secret", "READY")),
            "get_weather",
            "that city is a secret",
            "'secrets' rejected the call",
        ),
        (
            tool("no_rain", OUTPUT),
            "get_weather",
            "never mind",
            "'no_rain' rejected what it returned",
        ),
    ],
    ids=["input", "built in Python", "named", "ready, named", "output"],
)
def test_a_rejected_call_is_told(
    write: Write, given: str, name: str, output: str, error: str
) -> None:
    replied, called, returned, _, finished = told(write, given, (name, ATLANTIS))
    assert isinstance(replied, events.ModelReplied)
    assert called == events.ToolCalled("desk", name, "0", ATLANTIS)
    said = f"the guardrail {error}"
    assert returned == events.ToolReturned("desk", name, "0", output, said)
    (call,) = finished.result.tool_calls
    assert (call.arguments, call.output, call.error) == (ATLANTIS, output, said)


def test_a_call_that_is_let_pass_is_told_once(write: Write) -> None:
    _, called, returned, *_ = told(write, "./code.py:built", ("built", {"city": "Rome"}))
    assert isinstance(called, events.ToolCalled)
    assert returned.error == "the guardrail 'no_rain' rejected what it returned"
    found = told(write, tool("no_secret", INPUT), ("get_weather", {"city": "Rome"}))
    assert [event.error for event in found if isinstance(event, events.ToolReturned)] == [None]


@pytest.mark.parametrize(
    ("guard", "option", "error", "code"),
    [
        ("stop", INPUT, "the guardrail 'stop' stopped the call", "guardrail"),
        ("stop", OUTPUT, "the guardrail 'stop' stopped the run", "guardrail"),
        ("broken", INPUT, "the guardrail 'broken' stopped the call", "tool-failed"),
    ],
)
def test_a_guardrail_that_ends_the_run_tells_of_the_call_first(
    write: Write, guard: str, option: str, error: str, code: str
) -> None:
    *_, called, returned, failed = told(write, tool(guard, option), ("get_weather", ATLANTIS))
    assert (called.name, called.arguments) == ("get_weather", ATLANTIS)
    assert (returned.output, returned.error) == ("", error)
    assert failed.error.code == code
    assert len(failed.error.result.tool_calls) == 1


def test_what_went_wrong_in_the_tool_is_told_as_well(write: Write) -> None:
    found = told(write, tool("no_rain", OUTPUT, "fail"), ("fail", ATLANTIS))
    (returned,) = [event for event in found if isinstance(event, events.ToolReturned)]
    assert returned.error is not None
    assert returned.error.startswith("ValueError: rain")


def test_of_two_calls_at_once_each_has_its_own_end(write: Write) -> None:
    both = (("get_weather", ATLANTIS), ("get_weather", {"city": "Rome"}))
    found = told(write, tool("no_secret", INPUT), *both)
    returned = {e.call_id: e.output for e in found if isinstance(e, events.ToolReturned)}
    assert returned == {"0": "that city is a secret", "1": "sun"}
    order = [type(event).__name__ for event in found]
    assert order[0] == "ModelReplied"
    assert order[-2:] == ["ModelReplied", "RunFinished"]


@pytest.mark.parametrize(("arguments", "shown"), [(ATLANTIS, ATLANTIS), ("{oops", "{oops")])
def test_a_tool_that_there_is_not_is_told_with_what_was_sent(
    write: Write, arguments: Any, shown: Any
) -> None:
    write("code.py", CODE)
    spec = yamlagents.load(write("a.yaml", FILE.replace("TOOL", "./code.py:get_weather")))
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    item = ResponseFunctionToolCall(
        arguments=text, call_id="c", name="get_wether", type="function_call"
    )
    model = ScriptedModel([[item], [assistant_message("done")]])
    team = yamlagents.assemble(spec, models=lambda _: model)
    result = yamlagents.run_sync(team, "go")
    (call,) = result.tool_calls
    assert (call.arguments, call.error) == (shown, "there is no such tool")


def test_the_rejected_calls_of_an_mcp_server_are_told(
    cli: Cli, write: Write, tmp_path: Any
) -> None:
    write("code.py", CODE)
    server = mcp_project.server(tmp_path, tool_input_guardrails=["./code.py:stop_add"])
    write(
        "code.py", CODE + "\n\ndef stop_add(data):\n    return Output.reject_content('no sums')\n"
    )
    file = write(
        "a.yaml",
        f"mcp_servers: {{calc: {server}}}\n"
        "agents: {a: {model: offline/match, mcp_servers: [calc]}}\n",
    )
    result = cli("run", "a.yaml", "Add a 2 and b 3", "--json", cwd=file.parent)
    (call,) = json.loads(result.stdout)["tool_calls"]
    assert (call["name"], call["output"]) == ("add", "no sums")
    assert call["error"] == "the guardrail 'stop_add' rejected the call"


def test_a_budget_of_calls_stops_rejected_ones(cli: Cli, write: Write) -> None:
    write("code.py", CODE)
    case = (
        "run: {budget: {tool_calls: 1}}\ntests:\n  - name: case\n    input: x\n    script:\n"
        + "      - tool_calls: [{name: get_weather, arguments: {city: Atlantis}}]\n" * 2
        + "    expect: [{error: budget-exceeded}, {tool_count: 1}]\n"
    )
    file = write("a.yaml", FILE.replace("TOOL", tool("no_secret", INPUT)) + case)
    result = cli("test", "a.yaml", cwd=file.parent)
    assert result.code == 0, result.stdout


RECORDED = """\
tests:
  - name: case
    input: Hello
    expect: [{contains: what it does not say}]
"""


def test_a_replay_tells_the_same(cli: Cli, write: Write, server: OpenAIServer) -> None:
    write("code.py", CODE + ALL)
    text = FILE.replace("offline/match", "openai/gpt-4.1") + RECORDED
    file = write("a.yaml", text.replace("TOOL", tool("reject_all", INPUT)))
    env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
    shown = []
    for options in (("--record",), ()):
        result = cli("test", "a.yaml", *options, "--format", "json", cwd=file.parent, env=env)
        (case,) = json.loads(result.stdout)["cases"]
        shown.append(case["transcript"])
    assert shown[0] == shown[1]
    said = {line["role"]: line["text"] for line in shown[1][0]}
    assert said["result"] == "no (the guardrail 'reject_all' rejected the call)"


@pytest.mark.parametrize(("option", "code"), [(INPUT, 1), (OUTPUT, 0)])
def test_smoke_takes_a_rejected_output_for_no_failure(
    cli: Cli, write: Write, option: str, code: int
) -> None:
    write("code.py", CODE + ALL)
    file = write("a.yaml", FILE.replace("TOOL", tool("reject_all", option)))
    result = cli("smoke", "a.yaml", cwd=file.parent)
    assert result.code == code, result.stdout
    why = "[not-covered]: 'get_weather' of 'desk' was never called: the guardrail 'reject_all' "
    assert (f"{why}rejected the call" in result.stdout) is bool(code)
