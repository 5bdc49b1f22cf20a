"""Models that stand in for others: when they are asked, with what, and how that is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agents import RunConfig, Runner

import yamlagents
from tests.conftest import Cli
from tests.openai_faults import (
    BrokenJson,
    CutStream,
    EmptyChoices,
    EndEarly,
    Hang,
    LengthFinish,
    Refusal,
    Status,
    closed_port,
)
from tests.openai_server import HELLO, Behaviour, OpenAIServer, Text, ToolCall
from yamlagents.events import FellBack, ModelReplied

Write = Callable[[str, str], Path]
STREAMS = pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
TEAM = """\
models:
  first:
    model: openai/gpt-4.1
    base_url: "{url}"
    api_key: "${{KEY}}"
    settings: {{retry: {{max_retries: 0}}, temperature: 0.1}}
    fallbacks: {fallbacks}
  second:
    model: openai/gpt-4.1-mini
    base_url: "{url}"
    api_key: "${{KEY}}"
    settings: {{retry: {{max_retries: 0}}, temperature: 0.9}}
  third: {{model: openai/gpt-4.1-nano, base_url: "{url}", api_key: "${{KEY}}"}}
  keyless: {{model: openai/gpt-4o, base_url: "{url}", api_key: "${{UNSET}}"}}
agents:
  a: {{instructions: Hi., model: first{more}}}
"""


@pytest.fixture
def team(write: Write, server: OpenAIServer) -> Callable[..., Path]:
    """Write a team whose model has `fallbacks`, and whose agent has the further keys `more`."""

    def make(fallbacks: str = "[second]", more: str = "", url: str = "") -> Path:
        text = TEAM.format(url=url or server.base_url, fallbacks=fallbacks, more=more)
        return write("team.yaml", text)

    return make


@pytest.fixture
def run(cli: Cli, team: Callable[..., Path]) -> Callable[..., Any]:
    def call(*options: str, **keys: str) -> Any:
        path = team(**keys)
        return cli("run", path, "hello", *options, env={"KEY": "sk-x"}, cwd=path.parent)

    return call


def models(server: OpenAIServer) -> list[str]:
    return [request.body["model"] for request in server.requests]


TAKEN: dict[str, Behaviour] = {
    "limited": Status(429),
    "failed": Status(500),
    "overloaded": Status(503),
    "busy": Status(409),
    "no-choices": EmptyChoices(),
    "nothing-said": Text(""),
    "cut-before-a-word": CutStream(after=1),
    "broken-before-a-word": BrokenJson(after=1),
    "ended-before-a-word": EndEarly(text=""),
}


@STREAMS
@pytest.mark.parametrize("behaviour", TAKEN.values(), ids=TAKEN)
def test_a_failure_leads_to_the_next_model(
    run: Callable[..., Any], server: OpenAIServer, behaviour: Behaviour, stream: str
) -> None:
    server.behave(behaviour, Text())
    result = run(stream, "--json")
    told = json.loads(result.stdout)
    assert (result.code, told["final_output"]) == (0, HELLO)
    assert (told["model"], models(server)) == ("openai/gpt-4.1-mini", ["gpt-4.1", "gpt-4.1-mini"])


NOT_TAKEN: dict[str, tuple[Behaviour, str]] = {
    "key": (Status(401), "key-refused"),
    "request": (Status(400), "bad-request"),
    "model": (Status(404), "model-not-found"),
    "length": (LengthFinish(), "cut-reply"),
}


@STREAMS
@pytest.mark.parametrize(("behaviour", "code"), NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_other_failures_do_not(
    run: Callable[..., Any], server: OpenAIServer, behaviour: Behaviour, code: str, stream: str
) -> None:
    server.behave(behaviour)
    result = run(stream, "--json")
    assert (result.code, json.loads(result.stdout)["error"]["code"]) == (3, code)
    assert models(server) == ["gpt-4.1"]


def test_a_refusal_is_an_answer(run: Callable[..., Any], server: OpenAIServer) -> None:
    server.behave(Refusal())
    assert "model-refused" in run("--no-stream").stderr
    assert models(server) == ["gpt-4.1"]


@STREAMS
def test_a_timeout_leads_to_the_next_model(
    run: Callable[..., Any], server: OpenAIServer, stream: str
) -> None:
    server.behave(Hang(30), Text())
    result = run(stream, "--set", "models.first.settings.timeout=0.3")
    assert (result.code, result.stdout) == (0, f"{HELLO}\n")
    assert "WARNING: openai/gpt-4.1 failed (no complete reply from" in result.stderr


@STREAMS
def test_the_timeout_of_runs_is_of_each_model(
    run: Callable[..., Any], server: OpenAIServer, stream: str
) -> None:
    server.behave(Hang(30), Hang(0.4))
    result = run(stream, "--set", "run.model_settings.timeout=0.6")
    assert (result.code, result.stdout) == (0, f"{HELLO}\n")


def test_a_closed_port_leads_to_the_next_model(run: Callable[..., Any]) -> None:
    url = f"http://127.0.0.1:{closed_port()}/v1"
    result = run(url=url, fallbacks="[offline/match]")
    assert (result.code, "(no connection to" in result.stderr) == (0, True)


@pytest.mark.parametrize("after", [2, 3])
def test_a_stream_that_has_spoken_is_not_replaced(
    run: Callable[..., Any], server: OpenAIServer, after: int
) -> None:
    server.behave(CutStream(after=after), Text())
    result = run("--stream")
    assert (result.code, models(server)) == (3, ["gpt-4.1"])
    assert "error[cut-stream]" in result.stderr


def test_only_the_causes_that_are_named(run: Callable[..., Any], server: OpenAIServer) -> None:
    server.behave(Status(429), Text())
    named = "[{model: second, on: [timeout, 5xx]}, {model: third, on: [429]}]"
    assert run(fallbacks=named).code == 0
    assert models(server) == ["gpt-4.1", "gpt-4.1-nano"]


def test_a_refused_key_can_be_named(run: Callable[..., Any], server: OpenAIServer) -> None:
    server.behave(Status(401), Text())
    assert run(fallbacks="[{model: second, on: [4xx]}]").code == 0


def test_fallbacks_of_fallbacks_follow(run: Callable[..., Any], server: OpenAIServer) -> None:
    server.behave(Status(500), Status(500), Text())
    result = run("--set", "models.second.fallbacks=[third]", fallbacks="[second, openai/last]")
    assert (result.code, models(server)) == (0, ["gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano"])


def test_each_has_its_own_settings_below_those_of_the_agent(
    run: Callable[..., Any], server: OpenAIServer
) -> None:
    server.behave(Status(500), Text())
    run(more=", model_settings: {top_p: 0.5}")
    sent = [(request.body["temperature"], request.body["top_p"]) for request in server.requests]
    assert sent == [(0.1, 0.5), (0.9, 0.5)]


def test_each_retries_by_itself(run: Callable[..., Any], server: OpenAIServer) -> None:
    server.behave(Status(500), Status(500), Status(500), Status(500), Text())
    backoff = "{max_retries: 1, backoff: {initial_delay: 0}}"
    run("--set", f"models.first.settings.retry={backoff}")
    assert models(server) == ["gpt-4.1", "gpt-4.1", "gpt-4.1-mini"]


def test_all_that_failed_are_told(run: Callable[..., Any], server: OpenAIServer) -> None:
    server.behave(Status(429), Status(500, "out of order"))
    error = json.loads(run("--json").stdout)["error"]
    assert error["code"] == "provider-error"
    assert error["message"].startswith("openai/gpt-4.1-mini (team.yaml:9): the server failed: ")
    assert "; so did openai/gpt-4.1 (too many requests, or no quota left: " in error["message"]


def test_a_key_that_is_not_set_matters_once_it_is_asked(
    run: Callable[..., Any], server: OpenAIServer
) -> None:
    server.behave(Text())
    assert run(fallbacks="[keyless, second]").code == 0
    server.behave(Status(500), Text())
    result = run(fallbacks="[keyless, second]")
    assert (result.code, models(server)[1:]) == (0, ["gpt-4.1", "gpt-4.1-mini"])
    assert "openai/gpt-4o failed (UNSET is not set); asking openai/gpt-4.1-mini" in result.stderr


def test_the_last_one_may_be_the_one_without_a_key(
    run: Callable[..., Any], server: OpenAIServer
) -> None:
    server.behave(Status(500))
    result = run(fallbacks="[keyless]")
    assert result.code == 3
    assert "openai/gpt-4.1 (team.yaml:3): the server failed" in result.stderr
    assert "; so did openai/gpt-4o (UNSET is not set)" in result.stderr


@STREAMS
def test_events_name_who_answered(
    run: Callable[..., Any], server: OpenAIServer, stream: str
) -> None:
    server.behave(Status(429, "slow down"), Text())
    lines = [json.loads(line) for line in run("--events", stream).stdout.splitlines()]
    kinds = [line["event"] for line in lines if line["event"] != "text_delta"]
    assert kinds == ["run_started", "agent_started", "fell_back", "model_replied", "run_finished"]
    told = next(line for line in lines if line["event"] == "fell_back")
    assert (told["agent"], told["model"], told["to"]) == (
        "a",
        "openai/gpt-4.1",
        "openai/gpt-4.1-mini",
    )
    assert (told["code"], "slow down" in told["reason"]) == ("rate-limited", True)
    assert lines[-2]["model"] == lines[-1]["model"] == "openai/gpt-4.1-mini"


def test_the_price_is_that_of_who_answered(run: Callable[..., Any], server: OpenAIServer) -> None:
    server.behave(Status(500), Text())
    priced = ["models.first.pricing={input: 1000, output: 1000}"]
    priced.append("models.second.pricing={input: 1, output: 1}")
    result = run("--json", "--set", priced[0], "--set", priced[1])
    assert json.loads(result.stdout)["cost"]["usd"] == pytest.approx(18 / 1_000_000)


def test_each_request_begins_with_the_first(
    team: Callable[..., Path], server: OpenAIServer, write: Write
) -> None:
    write("tools.py", "def now() -> str:\n    return 'noon'\n")
    path = team(more=", tools: [./tools.py:now]")
    spec = yamlagents.load(path, environ={"KEY": "k"})
    server.behave(Status(500), ToolCall("now"), Text())

    async def events() -> list[Any]:
        return [event async for event in yamlagents.stream(yamlagents.assemble(spec), "hello")]

    found = asyncio.run(events())
    assert models(server) == ["gpt-4.1", "gpt-4.1-mini", "gpt-4.1"]
    replied = [event.model for event in found if isinstance(event, ModelReplied)]
    assert replied == ["openai/gpt-4.1-mini", "openai/gpt-4.1"]
    assert sum(isinstance(event, FellBack) for event in found) == 1


def test_a_budget_counts_each_request(run: Callable[..., Any], server: OpenAIServer) -> None:
    server.behave(Status(500), Text())
    result = run("--budget", "requests=1")
    assert (result.code, models(server)) == (5, ["gpt-4.1"])


def test_the_agents_of_a_team_fall_back_in_any_run(
    team: Callable[..., Path], server: OpenAIServer
) -> None:
    server.behave(Status(500), Text())
    spec = yamlagents.load(team(), environ={"KEY": "k"})
    agent = yamlagents.assemble(spec).entry
    config = RunConfig(tracing_disabled=True)
    result = asyncio.run(Runner.run(agent, "hello", run_config=config))
    assert result.final_output == HELLO


def test_another_model_has_none(run: Callable[..., Any], server: OpenAIServer) -> None:
    server.behave(Status(500))
    options = ("--model", "openai/other", "--base-url", server.base_url, "--api-key", "k")
    assert run(*options).code == 3
    assert set(models(server)) == {"other"}


CASE = "tests: [{name: greets, input: hello, expect: [{contains: Hello}]}]\n"


def test_a_recording_keeps_who_paid(
    cli: Cli, team: Callable[..., Path], server: OpenAIServer
) -> None:
    path = team()
    priced = "second:\n    pricing: {input: 1000, output: 1000}"
    path.write_text(path.read_text().replace("second:", priced) + CASE)
    server.behave(Status(500), Text())
    recorded = cli("test", path, "--record", env={"KEY": "sk-x"}, cwd=path.parent)
    assert (recorded.code, len(server.requests)) == (0, 2)
    replayed = cli("test", path, cwd=path.parent)
    assert (replayed.code, len(server.requests)) == (0, 2)
    [cassette] = path.parent.rglob("greets.yaml")
    assert "0.018" in cassette.read_text()
