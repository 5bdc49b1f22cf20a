"""Every event bears the name of the agent whose doing it tells, whatever goes on beside it."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

import yamlagents
from tests.conftest import Cli
from tests.event_team import (
    FALLEN,
    NESTED,
    NOWHERE,
    PLAN,
    REPLIES,
    TEAM,
    TOKENS,
    TOOLS,
    Speaker,
    speak,
)
from tests.openai_faults import Hang, Status
from tests.openai_server import OpenAIServer, Reply, Request
from tests.tested_project import Write
from yamlagents.events import event_json

Events = Sequence[dict[str, Any]]
KEY = {"OPENAI_API_KEY": "test-key-0123456789"}
STEPS = """\
workflow:
  parallel:
    - {agent: a, name: first}
    - {agent: a, name: second}
"""


@pytest.fixture(autouse=True)
def files(write: Write, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the team, with the server to speak for it."""
    monkeypatch.setenv(*next(iter(KEY.items())))
    server.behave(speak)
    reached = f'base_url: "{server.base_url}", api_key: "${{OPENAI_API_KEY}}"'
    write("tools.py", TOOLS)
    text = TEAM.replace("BASE_URL", reached)
    write("team.yaml", text)
    write("steps.yaml", text + STEPS)


@pytest.fixture(params=["seam", "server"])
def answering(request: pytest.FixtureRequest) -> Any:
    """Who answers: a model in the seam, or LiteLLM and a server."""
    return Speaker if request.param == "seam" else yamlagents.live


def team_of(write: Write, file: str, models: Any) -> yamlagents.Team:
    folder = write("pyproject.toml", "").parent
    return yamlagents.assemble(yamlagents.load(folder / file), models=models)


async def events_of(team: yamlagents.Team, told: str = "p", *, streamed: bool) -> Events:
    return [event_json(event) async for event in yamlagents.stream(team, told, streamed=streamed)]


def kind(events: Events, name: str) -> Events:
    return [event for event in events if event["event"] == name]


def check(events: Events, *, streamed: bool, told: str = "p", runs: int = 1) -> None:
    """Hold each event against its own content; there are those of so many runs side by side."""
    assert events[-1]["event"] == "run_finished", events[-1]
    check_control(events, runs)
    check_names(events, told)
    check_replies(events, runs)
    check_calls(events, runs)
    turns = "aabba" if streamed else ""
    assert texts(events) == [(agent, said(agent, told)) for agent in turns]


def check_control(events: Events, runs: int) -> None:
    """Hold against the plan who started, who handed off, and who fell back on another model."""
    started = kind(events, "agent_started")
    assert all(event["nested"] == (event["agent"] in NESTED) for event in started)
    if runs == 1:
        assert [event["agent"] for event in started if not event["nested"]] == ["a", "b", "a"]
    handed = Counter((e["agent"], e["to"], e["nested"]) for e in kind(events, "handed_off"))
    assert handed == {("a", "b", False): runs, ("b", "a", False): runs}
    fallen = kind(events, "fell_back")
    assert {(event["model"], event["to"]) for event in fallen} == {
        ("openai/weak", "openai/gpt-4.1")
    }
    assert Counter(event["agent"] for event in fallen) == times(FALLEN, runs)
    seen: set[str] = set()
    for event in events:
        if event["event"] == "agent_started":
            seen.add(event["agent"])
        elif event["event"] not in ("run_started", "step_started"):
            assert event.get("agent", "a") in seen, event


def times(counted: Counter[str], runs: int) -> dict[str, int]:
    return {name: number * runs for name, number in counted.items()}


def check_names(events: Events, told: str) -> None:
    """Hold names against the arguments of calls."""
    for event in kind(events, "tool_called"):
        arguments = event["arguments"]
        if event["name"] != NOWHERE:
            who, _, label = arguments.get("input", "").partition("@")
            assert event["agent"] == arguments.get("who", who), event
            assert told in arguments.get("label", label), event


def check_replies(events: Events, runs: int) -> None:
    """Hold replies against their usage, and the totals against the parts."""
    replies, result = kind(events, "model_replied"), events[-1]
    assert Counter(event["agent"] for event in replies) == times(REPLIES, runs)
    for event in replies:
        assert event["usage"]["input_tokens"] == TOKENS[event["agent"]], event
        assert event["nested"] == (event["agent"] in NESTED), event
    assert Counter(e["turn"] for e in replies) == dict.fromkeys(range(1, 23), runs)
    assert result["turns"] == sum(not event["nested"] for event in replies)
    for name in ("requests", "input_tokens", "output_tokens", "total_tokens"):
        assert result["usage"][name] == sum(event["usage"][name] for event in replies)


def said(agent: str, told: str) -> str:
    return " ".join(f"{agent}:{told}:{word}" for word in range(3))


def texts(events: Events) -> list[tuple[str, str]]:
    """Join the pieces of each reply that is streamed."""
    found: list[tuple[str, str]] = []
    for event in kind(events, "text_delta"):
        if not found or found[-1][0] != event["agent"] or found[-1][1].endswith(":2"):
            found.append((event["agent"], ""))
        found[-1] = (event["agent"], found[-1][1] + event["text"])
    return found


def check_calls(events: Events, runs: int) -> None:
    """Pair calls with what they gave, in order, and hold the result against them."""
    calls: dict[tuple[str, str, str], Any] = {}
    pairs: list[tuple[Any, ...]] = []
    for event in events:
        if event["event"] == "tool_called":
            assert calls.setdefault(key_of(event), event["arguments"]) is event["arguments"], event
        elif event["event"] == "tool_returned":
            arguments = calls.pop(key_of(event))
            assert (event["output"], event["error"]) == expected(event, arguments), event
            pairs.append((event["agent"], event["name"], arguments, event["output"]))
    assert calls == {}
    of_result = [
        (call["agent"], call["name"], call["arguments"], call["output"])
        for call in events[-1]["tool_calls"]
    ]
    assert sorted(map(repr, of_result)) == sorted(map(repr, pairs))
    number = {("a", 0): 1, ("b", 2): 1, ("x", 0): 3, ("y", 0): 2, ("z", 0): 3}
    assert len(pairs) == runs * sum(len(PLAN[at]) * often for at, often in number.items())


def key_of(event: dict[str, Any]) -> tuple[str, str, str]:
    return event["agent"], event["name"], event["call_id"]


def expected(event: dict[str, Any], arguments: Any) -> tuple[str, str | None]:
    """Give what a call has to give, by its arguments."""
    name = event["name"]
    if name == NOWHERE:
        return f"Tool '{NOWHERE}' not found.", "there is no such tool"
    if name.startswith("ask_"):
        return said(name.removeprefix("ask_"), arguments["input"]), None
    own = f"{event['agent']}:{arguments['label']}:{name}"
    return (event["output"], f"RuntimeError: {own}") if name == "broken" else (own, None)


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_all_at_once(write: Write, answering: Any, streamed: bool) -> None:
    team = team_of(write, "team.yaml", answering)
    check(asyncio.run(events_of(team, streamed=streamed)), streamed=streamed)


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_two_runs_at_a_time(write: Write, answering: Any, streamed: bool) -> None:
    team = team_of(write, "team.yaml", answering)

    async def both() -> list[Events]:
        return await asyncio.gather(*(events_of(team, told, streamed=streamed) for told in "pq"))

    for told, events in zip("pq", asyncio.run(both()), strict=True):
        check(events, streamed=streamed, told=told)


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_steps_side_by_side(write: Write, answering: Any, streamed: bool) -> None:
    team = team_of(write, "steps.yaml", answering)
    events = asyncio.run(events_of(team, streamed=streamed))
    check(events, streamed=False, runs=2)
    steps = {(event["step"], event["agent"]) for event in kind(events, "step_finished")}
    assert steps == {("first", "a"), ("second", "a")}


@pytest.mark.parametrize("file", ["team.yaml", "steps.yaml"])
@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_events_as_lines(cli: Cli, write: Write, file: str, stream: str) -> None:
    folder = write("pyproject.toml", "").parent
    result = cli("run", file, "p", "--events", stream, cwd=folder, env=KEY)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    is_team = file == "team.yaml"
    check(events, streamed=stream == "--stream" and is_team, runs=1 if is_team else 2)


CHECKED = """\
agents:
  a: {instructions: a, model: openai/gpt-4.1, input_guardrails: [{agent: g, tripwire: bad}]}
  g:
    instructions: g
    model: openai/checker
    output_type: {type: object, properties: {bad: {type: boolean}}, required: [bad]}
"""


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_a_failure_is_that_of_the_agent_whose_request_failed(
    cli: Cli, write: Write, server: OpenAIServer, stream: str
) -> None:
    def one(request: Request) -> Reply:
        is_checker = request.body["model"] == "checker"
        return Status(401)(request) if is_checker else Hang(30)(request)

    server.behave(one)
    file = write("checked.yaml", CHECKED)
    result = cli("run", file, "p", "--base-url", server.base_url, stream, env=KEY)
    assert result.code == 3
    assert "openai/checker (" in result.stderr
    assert "checked.yaml:5)" in result.stderr
