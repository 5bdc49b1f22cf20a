"""`yamlagents run` against a server that speaks OpenAI's protocol."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Cli
from tests.openai_faults import NoUsage
from tests.openai_server import OpenAIServer

Write = Callable[[str, str], Path]

WEATHER = ROOT / "agents.d" / "weather.yaml"
QUESTION = "What's the weather in Tokyo?"
ANSWER = "It is: The weather in Tokyo is sunny.\n"
KEY = {"OPENAI_API_KEY": "test-key-0123456789"}
DOCUMENT = (
    *("final_output", "last_agent", "usage", "cost", "turns", "tool_calls", "seconds"),
    *("model", "definition"),
)
USAGE = (
    *("requests", "input_tokens", "output_tokens", "total_tokens"),
    *("cached_input_tokens", "reasoning_tokens"),
)
TOOL_LINES = ['> get_weather(city="Tokyo")', "  get_weather: The weather in Tokyo is sunny."]
PLAIN = """\
agents:
  solo:
    instructions: Be brief.
    model: openai/gpt-4.1
  other:
    instructions: Be long.
    model: openai/gpt-4.1-mini
"""


def test_a_tool_is_run_and_the_answer_alone_is_on_stdout(cli: Cli, server: OpenAIServer) -> None:
    result = cli("run", WEATHER, QUESTION, "--base-url", server.base_url, env=KEY)
    assert (result.code, result.stdout, result.stderr) == (0, ANSWER, "")
    first, second = (request.body["messages"] for request in server.requests)
    assert [message["role"] for message in first] == ["system", "user"]
    assert [message["role"] for message in second] == ["system", "user", "assistant", "tool"]
    assert second[-1]["content"] == "The weather in Tokyo is sunny."
    assert not server.requests[0].streams


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
def test_json_is_one_document_with_usage_and_cost(
    cli: Cli, server: OpenAIServer, streamed: bool
) -> None:
    stream = "--stream" if streamed else "--no-stream"
    result = cli("run", WEATHER, QUESTION, "--json", stream, "--base-url", server.base_url, env=KEY)
    document = json.loads(result.stdout)
    call = {"agent": "weather", "name": "get_weather", "arguments": {"city": "Tokyo"}}
    assert tuple(document) == DOCUMENT
    assert document["usage"] == dict(zip(USAGE, [2, 22, 14, 36, 6, 4], strict=True))
    assert (document["final_output"], document["turns"]) == (ANSWER.strip(), 2)
    returned = {"output": "The weather in Tokyo is sunny.", "error": None}
    assert document["tool_calls"] == [{**call, **returned}]
    assert [request.streams for request in server.requests] == [streamed] * 2
    assert document["model"] == "openai/gpt-4.1"
    assert (result.code, result.stderr) == (0, "")


def test_cost_is_the_price_of_fresh_cached_and_output_tokens(
    cli: Cli, server: OpenAIServer
) -> None:
    result = cli("run", WEATHER, QUESTION, "--json", "--base-url", server.base_url, env=KEY)
    # gpt-4.1, USD for a million tokens: 2 in, 0.5 in from the cache, 8 out.
    one_request = ((11 - 3) * 2 + 3 * 0.5 + 7 * 8) / 1_000_000
    cost = json.loads(result.stdout)["cost"]
    assert cost["usd"] == pytest.approx(2 * one_request)
    assert cost["reason"] is None


@pytest.mark.parametrize(
    ("model", "usage", "reason"),
    [
        pytest.param("openai/ours", True, "no price is known for openai/ours", id="model"),
        pytest.param("openai/gpt-4.1", False, "the provider reported no usage", id="usage"),
    ],
)
def test_an_unknown_cost_is_null_with_the_reason(
    cli: Cli, server: OpenAIServer, model: str, usage: bool, reason: str
) -> None:
    if not usage:
        server.behave(NoUsage())
    options = ("--json", "--model", model, "--base-url", server.base_url)
    document = json.loads(cli("run", WEATHER, QUESTION, *options, env=KEY).stdout)
    assert document["cost"] == {"usd": None, "reason": reason}


def test_events_are_lines_in_order(cli: Cli, server: OpenAIServer) -> None:
    options = ("--events", "--stream", "--base-url", server.base_url)
    result = cli("run", WEATHER, QUESTION, *options, env=KEY)
    events: list[dict[str, Any]] = [json.loads(line) for line in result.stdout.splitlines()]
    text = "".join(event["text"] for event in events if event["event"] == "text_delta")
    kinds = [event["event"] for event in events if event["event"] != "text_delta"]
    called = ["model_replied", "tool_called", "tool_returned", "model_replied"]
    assert kinds == ["run_started", "agent_started", *called, "run_finished"]
    assert [event["event"] for event in events][-3:-1] == ["text_delta", "model_replied"]
    assert (text, events[0]["input"]) == (ANSWER.strip(), QUESTION)
    assert events[-1]["usage"]["requests"] == 2
    assert events[3]["call_id"] == events[4]["call_id"] != ""


@pytest.mark.parametrize(
    ("argv", "piped"),
    [
        pytest.param([QUESTION], "", id="argument"),
        pytest.param(["-"], QUESTION, id="dash"),
        pytest.param([], QUESTION, id="pipe"),
        pytest.param(["--input-file", "question.txt"], "ignored", id="file"),
    ],
)
def test_input_comes_from(
    cli: Cli, write: Write, server: OpenAIServer, argv: list[str], piped: str
) -> None:
    file, folder = write("solo.yaml", PLAIN), write("question.txt", QUESTION).parent
    options = ("--base-url", server.base_url)
    assert cli("run", file, *argv, *options, input=piped, env=KEY, cwd=folder).code == 0
    assert server.requests[0].body["messages"][-1]["content"] == QUESTION


@pytest.mark.parametrize(
    ("argv", "tty", "said"),
    [
        pytest.param([], True, "There is no INPUT", id="terminal"),
        pytest.param([], False, "INPUT is empty", id="empty-pipe"),
        pytest.param([" \n"], False, "INPUT is empty", id="blank"),
        pytest.param(["a", "--input-file", str(WEATHER)], False, "exclude each other", id="both"),
        pytest.param(["a", "--json", "--events"], False, "exclude each other", id="two-forms"),
        pytest.param(["a", "--agent", "sole"], False, "did you mean 'solo'?", id="agent"),
        pytest.param(["a", "--model", "gpt-4.1"], False, "write openai/gpt-4.1", id="model"),
        pytest.param(["a", "--model", "offline/wise"], False, "offline/match", id="offline"),
        pytest.param(["a", "--set", "entry"], False, "is not KEY=VALUE", id="set"),
        pytest.param(["a", "--max-turns", "0"], False, "--max-turns", id="turns"),
    ],
)
def test_wrong_usage_sends_nothing(
    cli: Cli, write: Write, server: OpenAIServer, argv: list[str], tty: bool, said: str
) -> None:
    file = write("solo.yaml", PLAIN)
    result = cli("run", file, *argv, "--base-url", server.base_url, env=KEY, tty=tty)
    assert (result.code, result.stdout, server.requests) == (2, "", [])
    assert said in result.stderr
    assert "Usage:" in result.stderr


@pytest.mark.parametrize(
    ("name", "folder", "argv", "env"),
    [
        pytest.param("solo", "agents.d", [], {}, id="default"),
        pytest.param("solo", "crew", ["--dir", "crew"], {}, id="option"),
        pytest.param("solo", "crew", [], {"YAMLAGENTS_DIR": "crew"}, id="variable"),
        pytest.param("crew/solo.yaml", "crew", [], {}, id="path"),
    ],
)
def test_a_file_is_found_by_name(
    cli: Cli, write: Write, name: str, folder: str, argv: list[str], env: dict[str, str]
) -> None:
    root = write(f"{folder}/solo.yaml", PLAIN).parent.parent
    result = cli("run", name, "hello", "--offline", *argv, env=env, cwd=root)
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.startswith("Offline model")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param(
            "wether", "There is no agent file 'wether' in agents.d/; did you mean", id="1"
        ),
        pytest.param("x.yaml", "There is no file 'x.yaml'.", id="path"),
    ],
)
def test_a_file_that_is_not_found_is_told(cli: Cli, name: str, said: str) -> None:
    result = cli("run", name, "hello", cwd=ROOT)
    assert (result.code, result.stdout) == (2, "")
    assert said in result.stderr


def test_agent_and_model_are_chosen_by_option(cli: Cli, write: Write, server: OpenAIServer) -> None:
    file, options = write("solo.yaml", PLAIN), ("--base-url", server.base_url)
    cli("run", file, "hello", "--agent", "other", *options, env=KEY)
    cli("run", file, "hello", "--model", "litellm/openai/gpt-4o", *options, env=KEY)
    bodies = [request.body for request in server.requests]
    assert [body["model"] for body in bodies] == ["gpt-4.1-mini", "gpt-4o"]
    assert [body["messages"][0]["content"] for body in bodies] == ["Be long.", "Be brief."]


def test_set_changes_a_value_and_its_errors_name_it(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    file, options = write("solo.yaml", PLAIN), ("--base-url", server.base_url)
    setting = "agents.solo.model_settings.temperature"
    cli("run", file, "hello", "--set", f"{setting}=0.25", *options, env=KEY)
    result = cli("run", file, "hello", "--set", f"{setting}=hot", *options, env=KEY)
    assert [request.body["temperature"] for request in server.requests] == [0.25]
    assert result.code == 2
    assert result.stderr.startswith("--set:1:1: error[")


def test_env_file_sets_what_is_not_set(
    cli: Cli, write: Write, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "put back after the test")
    file, secrets = write("solo.yaml", PLAIN), write(".env", "OPENAI_API_KEY=from-the-file\n")
    options = ("--env-file", secrets, "--base-url", server.base_url)
    cli("run", file, "hello", *options)
    cli("run", file, "hello", *options, env=KEY)
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == ["Bearer from-the-file", f"Bearer {KEY['OPENAI_API_KEY']}"]


def test_quiet_and_verbose(cli: Cli, server: OpenAIServer) -> None:
    options = ("--base-url", server.base_url)
    quiet = cli("run", WEATHER, QUESTION, "-q", *options, env=KEY, tty=True)
    verbose = cli("run", WEATHER, QUESTION, "-v", *options, env=KEY)
    assert (quiet.stdout, quiet.stderr) == (ANSWER, "")
    lines = verbose.stderr.splitlines()
    assert verbose.stdout == ANSWER
    assert lines[:2] == ["> agent weather, model openai/gpt-4.1", "  turn 1: 18 tokens"]
    assert lines[2:5] == [*TOOL_LINES, "  turn 2: 18 tokens"]


def test_a_terminal_gets_a_streamed_answer_and_a_summary(cli: Cli, server: OpenAIServer) -> None:
    result = cli("run", WEATHER, QUESTION, "--base-url", server.base_url, env=KEY, tty=True)
    assert (result.code, result.stdout) == (0, ANSWER)
    assert server.requests[0].streams
    *told, summary = result.stderr.splitlines()
    assert told == TOOL_LINES
    assert summary.startswith("2 requests, 22 tokens in, 14 out, $0.000147, ")


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_an_answer_is_shown_once(cli: Cli, server: OpenAIServer, stream: str) -> None:
    result = cli("run", WEATHER, QUESTION, stream, "--base-url", server.base_url, env=KEY)
    assert (result.code, result.stdout) == (0, ANSWER)
