"""Calls that are denied are told like others: by whom, with what, and what the model is told."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from agents import Model
from agents.testing import ScriptedModel, assistant_message
from openai.types.responses import ResponseFunctionShellToolCall
from openai.types.responses.response_function_shell_tool_call import Action
from openai.types.responses.response_output_item import McpApprovalRequest

import yamlagents
from tests.approval_project import (
    QUESTION,
    Write,
    ask,
    done,
    nested,
    project,
    resumed,
    rules_of,
    scripted,
    waiting,
)
from tests.conftest import Cli
from tests.openai_server import OpenAIServer
from yamlagents.cli.approvals import approver, enforce
from yamlagents.events import Event, RunFinished, ToolCalled, ToolReturned
from yamlagents.runtime.approvals.rules import Approve
from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.replay import Mode, lazily, replaying
from yamlagents.waiting import Approval, Later

DENIED = "the call was denied"
USUAL = "Tool execution was not approved."
CALL: Any = ("pay", {"amount": 5})
SAID = 'def say(args):\n    return f"{args.kind}: not {args.tool_name}, {args.tool_type}"\n'
RAISES = "def say(args):\n    raise KeyError(args.tool_name)\n"


def told(team: yamlagents.Team, approve: Approve, **given: Any) -> list[Event]:
    """Run a team; give what it tells of tools, and its end."""

    async def run() -> list[Event]:
        kinds = (ToolCalled, ToolReturned, RunFinished)
        events = yamlagents.stream(team, "go", approve=approve, streamed=False, **given)
        return [event async for event in events if isinstance(event, kinds)]

    return asyncio.run(run())


@pytest.mark.parametrize(("answer", "output"), [(False, USUAL), ("Empty.", "Empty.")])
def test_a_denied_call_is_told_like_others(write: Write, answer: bool | str, output: str) -> None:
    team = scripted(project(write), [CALL], "ok")
    called, returned, finished = told(team, lambda _: answer)
    assert isinstance(called, ToolCalled)
    assert called == ToolCalled("clerk", "pay", called.call_id, {"amount": 5})
    assert returned == ToolReturned("clerk", "pay", called.call_id, output, DENIED)
    assert isinstance(finished, RunFinished)
    (call,) = finished.result.tool_calls
    assert (call.agent, call.output, call.error) == ("clerk", output, DENIED)


def test_it_is_told_of_the_agent_inside_that_asks(write: Write) -> None:
    team = scripted(nested(write), [("ask", {"input": "x"})], [CALL], "inner", "outer")
    denial = rules_of(deny=("pay",))
    enforce(denial, team)
    events = told(team, approver(replace(denial, reason="Empty.")))
    assert [
        (event.agent, event.name, getattr(event, "output", None))
        for event in events
        if isinstance(event, ToolCalled | ToolReturned)
    ] == [
        ("boss", "ask", None),
        ("The Clerk", "pay", None),
        ("The Clerk", "pay", "Empty."),
        ("boss", "ask", "inner"),
    ]


@pytest.mark.parametrize(
    ("code", "output"), [(SAID, "approval_rejected: not pay, function"), (RAISES, USUAL)]
)
def test_what_is_told_is_what_the_model_is_given(write: Write, code: str, output: str) -> None:
    write("said.py", code)
    file = project(write, more="run: {tool_error_formatter: ./said.py:say}\n")
    _, returned, finished = told(scripted(file, [CALL], "ok"), lambda _: False)
    assert isinstance(returned, ToolReturned)
    assert isinstance(finished, RunFinished)
    given = [item["output"] for item in finished.result.history if "output" in item]
    assert given == [returned.output] == [output]


def test_the_person_at_the_terminal_denies_it(cli: Cli, write: Write) -> None:
    result = ask(cli, project(write), input="n\n", tty=True)
    (call,) = json.loads(result.stdout)["tool_calls"]
    assert (call["arguments"]["amount"], call["error"]) == (5, DENIED)


def some(asked: Approval) -> bool | Later:
    return False if '"amount":5' in asked.arguments else Later.LATER


def test_it_is_told_once_though_others_wait(write: Write) -> None:
    file = project(write)
    with pytest.raises(yamlagents.RunError) as waits:
        yamlagents.run_sync(scripted(file, [CALL, ("pay", {"amount": 7})]), "go", approve=some)
    assert waits.value.result is not None
    assert waits.value.state is not None
    assert [call.error for call in waits.value.result.tool_calls] == [DENIED]
    state = yamlagents.SavedRun.parse(waits.value.state.text)
    result = yamlagents.run_sync(scripted(file, "ok"), state, approve=lambda _: True)
    calls = [(call.arguments["amount"], call.error) for call in result.tool_calls]
    assert calls == [(5, DENIED), (7, None)]
    assert done(file) == ["paid 7 to ada"]


def test_a_run_that_fails_after_a_denial_goes_on_without_again(cli: Cli, write: Write) -> None:
    file = project(write, more="run: {budget: {requests: 1}}\n")
    state = waiting(cli, file)
    failed = resumed(cli, file, state, "--deny", "pay")
    (call,) = json.loads(failed.stdout)["tool_calls"]
    assert (failed.code, call["error"]) == (5, DENIED)
    assert (file.parent / state).exists()


def test_a_budget_counts_it(cli: Cli, write: Write) -> None:
    file = project(write)
    result = ask(cli, file, "--deny", "pay", "--budget", "tool_calls=0")
    assert (result.code, json.loads(result.stdout)["tool_calls"]) == (5, [])


@pytest.mark.parametrize(
    "keys",
    [
        "expect: [{no_tool: true}, {tool_count: 0}, {tool_called: pay, times: 0}]",
        "reason: The till is empty.\n    expect: [{contains: The till is empty.}]",
    ],
    ids=["no call", "reason"],
)
def test_tests_take_it_for_no_call_and_give_a_reason(cli: Cli, write: Write, keys: str) -> None:
    case = f"tests:\n  - name: case\n    input: {QUESTION}\n    deny: pay\n    {keys}\n"
    result = cli("test", project(write, more=case).name, cwd=write("x", "").parent)
    assert result.code == 0, result.stdout


def test_a_replay_tells_the_same(write: Write, server: OpenAIServer) -> None:
    file = project(write)
    file.write_text(file.read_text().replace("offline/match", "openai/gpt-4.1"))
    spec = yamlagents.load(file).with_models(base_url=server.base_url, api_key="local-key-01")
    path = file.with_name("case.yaml")

    def play(mode: Mode) -> list[Event]:
        cassette = Cassette.load(path)
        team = replaying(yamlagents.assemble(spec, lazily()), cassette, mode=mode)
        *events, end = told(team, lambda _: "Empty.")
        cassette.save()
        assert isinstance(end, RunFinished)
        return [*events, RunFinished(replace(end.result, seconds=0))]

    recorded = play("once")
    assert [type(event) for event in recorded] == [ToolCalled, ToolReturned, RunFinished]
    assert play("none") == recorded
    assert len(server.requests) == 2


SHELL = """\
models: {m: {model: openai/gpt-4.1, provider: openai_responses}}
agents:
  clerk:
    model: m
    tools: [{hosted: shell, executor: ./shell.py:run, needs_approval: true, DECIDES}]
"""
LOCAL = """\
def run(request):
    raise AssertionError("it ran")


async def yes(context, item):
    return {"approve": True}
"""


@pytest.mark.parametrize("decides", ["on_approval: ./shell.py:yes", "x-decides: nobody"])
def test_a_denied_shell_is_told(write: Write, decides: str) -> None:
    write("shell.py", LOCAL)
    file = write("shop.yaml", SHELL.replace("DECIDES", decides))
    call = ResponseFunctionShellToolCall(
        id="c", action=Action(commands=["ls"]), call_id="c", status="completed", type="shell_call"
    )
    script: Model = ScriptedModel([[call], [assistant_message("ok")]])
    team = yamlagents.assemble(yamlagents.load(file), models=lambda _: script)
    denial = replace(rules_of(deny=("shell",)), reason="Not here.")
    enforce(denial, team)
    called, returned, finished = told(team, approver(denial))
    assert isinstance(called, ToolCalled)
    assert (called.name, called.call_id, called.arguments["commands"]) == ("shell", "c", ["ls"])
    assert returned == ToolReturned("clerk", "shell", "c", "Not here.", DENIED)
    assert isinstance(finished, RunFinished)
    assert "Not here." in str(finished.result.history)


FAR = """\
models: {m: {model: openai/gpt-4.1, provider: openai_responses}}
agents:
  clerk:
    model: m
    tools: [{hosted: hosted_mcp, tool_config: {server_label: far, CONFIG}}]
"""


@pytest.mark.parametrize(("answer", "output"), [(False, ""), ("Not now.", "Not now.")])
def test_a_denied_call_that_a_provider_asks_about_is_told(
    write: Write, answer: bool | str, output: str
) -> None:
    config = "server_url: 'https://far.example/mcp', require_approval: always"
    file = write("shop.yaml", FAR.replace("CONFIG", config))
    asked = McpApprovalRequest(
        id="r", arguments='{"q": 1}', name="find", server_label="far", type="mcp_approval_request"
    )
    script: Model = ScriptedModel([[asked], [assistant_message("ok")]])
    team = yamlagents.assemble(yamlagents.load(file), models=lambda _: script)
    called, returned, finished = told(team, lambda _: answer)
    assert called == ToolCalled("clerk", "find", "r", {"q": 1})
    assert returned == ToolReturned("clerk", "find", "r", output, DENIED)
    assert isinstance(finished, RunFinished)
    (response,) = (item for item in finished.result.history if "approve" in item)
    assert (response["approve"], response.get("reason", "")) == (False, output)


def test_a_test_is_told_what_no_approval_outdoes(cli: Cli, write: Write) -> None:
    # A letter of another script, which looks like the one that is denied.
    call = '{tool_calls: [{name: pay, arguments: {amount: 5, to: "\\u13acve"}}]}'
    case = (
        f"tests:\n  - name: case\n    input: {QUESTION}\n    approve: pay\n    deny: pay:to=eve\n"
        f"    script: [{call}]\n    expect: [{{tool_called: pay}}]\n"
    )
    result = cli("test", project(write, more=case).name, cwd=write("x", "").parent)
    assert result.code == 1
    said = "it may be denied by pay:to=eve, and no approval outdoes that"
    assert said in result.stdout, result.stdout
