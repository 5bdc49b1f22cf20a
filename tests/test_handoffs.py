"""Agents that hand over to each other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli
from tests.openai_server import OpenAIServer, Text, ToolCall

Write = Callable[[str, str], Path]

KEY = {"OPENAI_API_KEY": "test-key-0123456789"}
CYCLE = """\
agents:
  desk:
    name: Front desk
    handoff_description: Greets people.
    model: openai/gpt-4.1
    handoffs: [billing]
  billing:
    handoff_description: Refunds and invoices.
    model: openai/gpt-4.1-mini
    handoffs: [desk]
"""
TO_BILLING, TO_DESK = ToolCall("transfer_to_billing"), ToolCall("transfer_to_front_desk")


def events_of(stdout: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = [json.loads(line) for line in stdout.splitlines()]
    return [event for event in events if event["event"] != "text_delta"]


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_events_name_the_agent_at_work(
    cli: Cli, write: Write, server: OpenAIServer, stream: str
) -> None:
    server.behave(TO_BILLING, Text("Refunded."))
    options = ("--events", stream, "--base-url", server.base_url)
    result = cli("run", write("team.yaml", CYCLE), "refund me", *options, env=KEY)
    told = [(event["event"], event.get("agent")) for event in events_of(result.stdout)[:-1]]
    assert told == [
        ("run_started", "Front desk"),
        ("agent_started", "Front desk"),
        ("model_replied", "Front desk"),
        ("handed_off", "Front desk"),
        ("agent_started", "billing"),
        ("model_replied", "billing"),
    ]
    assert [request.body["model"] for request in server.requests] == ["gpt-4.1", "gpt-4.1-mini"]


def test_control_goes_there_and_back(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(TO_BILLING, TO_DESK, Text("Welcome back."))
    options = ("--json", "--base-url", server.base_url)
    result = cli("run", write("team.yaml", CYCLE), "refund me", *options, env=KEY)
    document = json.loads(result.stdout)
    assert (result.code, document["last_agent"]) == (0, "Front desk")
    assert (document["model"], document["turns"]) == ("openai/gpt-4.1", 3)
    assert document["final_output"] == "Welcome back."
    offered = [request.body["tools"][0]["function"]["name"] for request in server.requests]
    assert offered == ["transfer_to_billing", "transfer_to_front_desk", "transfer_to_billing"]


def test_the_description_reaches_the_model(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(Text())
    cli("run", write("team.yaml", CYCLE), "hi", "--base-url", server.base_url, env=KEY)
    description = server.requests[0].body["tools"][0]["function"]["description"]
    assert description.endswith("Refunds and invoices.")


def test_a_failure_names_the_model_of_the_agent_at_work(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(TO_BILLING, Text(""))
    file = write("team.yaml", CYCLE)
    result = cli("run", file, "refund me", "--base-url", server.base_url, env=KEY)
    assert result.code == 3
    assert f"error[empty-reply]: openai/gpt-4.1-mini ({file}:9): " in result.stderr


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_a_call_of_a_tool_that_there_is_not_is_told(
    cli: Cli, write: Write, server: OpenAIServer, stream: str
) -> None:
    server.behave(ToolCall("transfer_to_sales"), Text("Sorry."))
    file, options = write("team.yaml", CYCLE), ("--json", "--base-url", server.base_url)
    result = cli("run", file, "sell me one", stream, *options, env=KEY)
    call = json.loads(result.stdout)["tool_calls"][0]
    assert result.code == 0
    assert (
        result.stderr == "WARNING: the model called a tool that there is not: 'transfer_to_sales'\n"
    )
    assert (call["name"], call["error"]) == ("transfer_to_sales", "there is no such tool")


def test_the_key_of_an_agent_that_may_be_reached_is_needed(cli: Cli, write: Write) -> None:
    text = CYCLE.replace("openai/gpt-4.1-mini", "anthropic/claude-haiku-4-5")
    result = cli("run", write("team.yaml", text), "hi", env=KEY)
    assert result.code == 3
    assert "ANTHROPIC_API_KEY is not set" in result.stderr


@pytest.mark.parametrize(("start", "name"), [("desk", "Front desk"), ("billing", "billing")])
def test_a_cycle_ends_offline(cli: Cli, write: Write, start: str, name: str) -> None:
    options = ("--offline", "--agent", start, "--json")
    question = "Refunds and invoices, please; somebody who greets people"
    result = cli("run", write("team.yaml", CYCLE), question, *options)
    document = json.loads(result.stdout)
    # The question names both, so that each hands over once.
    assert (result.code, document["model"], document["turns"]) == (0, "offline/match", 3)
    assert document["last_agent"] == name


def test_a_terminal_is_told_of_the_handoff(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(TO_BILLING, Text("Refunded."))
    file = write("team.yaml", CYCLE)
    result = cli("run", file, "refund me", "--base-url", server.base_url, env=KEY, tty=True)
    assert result.stdout == "Refunded.\n"
    assert result.stderr.splitlines()[0] == "> Front desk hands off to billing"


ASKING = """\
agents:
  desk: {model: offline/match, handoffs: [{agent: other, input_type: "./bits.py:Why", %s}]}
  other: {model: offline/match}
tests:
  - name: one
    input: go
    script: [{handoff: other}, {text: done}]
    expect: [{handoffs: [other]}, {equals: done}]
"""
BITS = """\
from pydantic import BaseModel


class Why(BaseModel):
    reason: str
    urgent: bool


def note(context, why):
    assert isinstance(why, Why)
"""


def test_a_scripted_handoff_says_what_it_has_to(cli: Cli, write: Write) -> None:
    write("bits.py", BITS)
    file = write("a.yaml", ASKING % 'on_handoff: "./bits.py:note"')
    result = cli("test", "a.yaml", cwd=file.parent)
    assert result.code == 0, result.stdout + result.stderr


MADE = """\
from agents import Agent, handoff


def take_note(context):
    print("noted")


def to_billing(agent, name="pay"):
    return handoff(agent, tool_name_override=name, on_handoff=take_note, input_filter=filtered)


def filtered(data):
    print("filtering")
    return data


def wrong(data):
    return None


READY = handoff(Agent(name="Elsewhere"), tool_name_override="pay", on_handoff=take_note)
WRONG = handoff(Agent(name="Elsewhere"), tool_name_override="pay", input_filter=wrong)


def nothing(agent):
    return None


def failing(agent):
    raise ValueError("no such desk")
"""
TEAM = """\
agents:
  desk: {model: offline/match, handoffs: [{agent: billing, OPTIONS}]}
  billing: {model: offline/match}
tests:
  - name: hands over
    input: go
    script: [{handoff: billing}, {text: paid}]
    expect: [{handoffs: [billing]}, {last_agent: billing}, {equals: paid}]
"""


def test_a_handoff_that_python_makes_leads_to_the_files_agent(cli: Cli, write: Write) -> None:
    write("code.py", MADE)
    for options in (
        "use: './code.py:to_billing'",
        "use: './code.py:to_billing', with: {name: give}",
        "use: './code.py:READY'",
    ):
        file = write("a.yaml", TEAM.replace("OPTIONS", options))
        assert cli("validate", file).code == 0
        result = cli("test", file)
        assert (result.code, "noted" in result.stderr) == (0, True), result.stdout
        smoke = cli("smoke", file)
        assert (smoke.code, "1 of 1 handoffs" in smoke.stdout) == (0, True), smoke.stderr


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ("use: './code.py:to_money'", "missing-name", "has no 'to_money'"),
        ("use: './code.py:MADE', with: {}", "missing-name", "has no 'MADE'"),
        ("use: './code.py:READY', is_enabled: false", "conflicting-keys", "Python makes the"),
        ("with: {name: give}", "conflicting-keys", "'with' does nothing without 'use'"),
        ("use: './code.py:nothing'", "wrong-kind", "a NoneType, not a Handoff of the SDK"),
        ("use: './code.py:failing'", "call-failed", "ValueError: no such desk"),
        ("use: './code.py:filtered', with: {a: 1}", "call-failed", "unexpected keyword"),
    ],
)
def test_a_handoff_that_python_cannot_make_is_told(
    cli: Cli, write: Write, options: str, code: str, said: str
) -> None:
    write("code.py", MADE)
    result = cli("run", write("a.yaml", TEAM.replace("OPTIONS", options)), "go")
    assert (result.code, f"error[{code}]" in result.stderr) == (2, True), result.stderr
    assert said in result.stderr


def test_what_the_filter_of_a_made_handoff_gives_is_told(cli: Cli, write: Write) -> None:
    write("code.py", MADE)
    result = cli("test", write("a.yaml", TEAM.replace("OPTIONS", "use: './code.py:WRONG'")))
    assert "'./code.py:WRONG'" in result.stdout
    assert "gave None" in result.stdout
