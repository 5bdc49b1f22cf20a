"""Runs that fail: exit codes, messages that say what to do, one JSON document."""

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli, Result
from tests.openai_faults import (
    BrokenJson,
    CutStream,
    EmptyChoices,
    EndEarly,
    ErrorEvent,
    Hang,
    LengthFinish,
    Refusal,
    Status,
    closed_port,
)
from tests.openai_server import HELLO, Behaviour, OpenAIServer, ToolCall, answer

Write = Callable[[str, str], Path]

SECRET = "test-key-0123456789"
KEY = {"OPENAI_API_KEY": SECRET}
FILE = """\
agents:
  weather:
    instructions: Be brief.
    model: openai/gpt-4.1
    model_settings:
      extra_args: {max_retries: 0}
"""
WITH_TOOL = f"{FILE}    tools: [./tool_that_works.py:get_weather]\n"
TOOL = '''\
def get_weather(city: str) -> str:
    """Get the weather."""
    return "sunny"
'''

FAULTS: dict[str, Behaviour] = {
    "401": Status(401, f"Incorrect API key provided: {SECRET}."),
    "403": Status(403),
    "404": Status(404),
    "400": Status(400),
    "429": Status(429, headers={"retry-after": "0"}),
    "500": Status(500),
    "cut": CutStream(),
    "broken-json": BrokenJson(),
    "empty-choices": EmptyChoices(),
    "length": LengthFinish(),
    "error-event": ErrorEvent(),
    "refusal": Refusal(),
}
# The code in the message and what the message or hint must name, streamed and not.
STREAMED = {
    "401": ("key-refused", "check OPENAI_API_KEY"),
    "403": ("key-refused", "check OPENAI_API_KEY"),
    "404": ("model-not-found", "http://127.0.0.1"),
    "400": ("bad-request", "drop_params"),
    "429": ("rate-limited", "max_retries"),
    "500": ("provider-error", "http://127.0.0.1"),
    "cut": ("cut-stream", "before the model had finished"),
    "broken-json": ("cut-stream", "Unterminated string"),
    "empty-choices": ("cut-stream", "before the model had finished"),
    "length": ("cut-reply", "raise max_tokens"),
    "error-event": ("cut-stream", "The server had an error."),
    "refusal": ("empty-reply", "--no-stream"),
}
WHOLE = {
    **STREAMED,
    "cut": ("unreadable-reply", "base_url"),
    "broken-json": ("unreadable-reply", "base_url"),
    "empty-choices": ("empty-reply", "the model's reply is empty"),
    "error-event": ("provider-error", "The server had an error."),
    "refusal": ("model-refused", "I cannot help with that."),
}


def ask(cli: Cli, file: Path, url: str, *options: str, env: dict[str, str] = KEY) -> Result:
    result = cli("run", file, "hello", "--base-url", url, *options, env=env)
    assert "Traceback" not in result.stderr
    assert "litellm." not in result.stderr.lower()
    assert SECRET not in result.stderr + result.stdout
    return result


# Newer releases tell of these themselves, and in other words.
LITELLM = tuple(int(part) for part in version("litellm").split(".")[:2])
SINCE_1_107 = {
    ("cut", False): ("no-connection", "or it was cut"),
    ("empty-choices", True): ("cut-stream", "before a finish_reason was received"),
}


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_provider_error_says_what_to_do(
    cli: Cli, write: Write, server: OpenAIServer, fault: str, stream: bool
) -> None:
    server.behave(FAULTS[fault])
    file = write("agent.yaml", FILE)
    result = ask(cli, file, server.base_url, "--stream" if stream else "--no-stream")
    code, said = (STREAMED if stream else WHOLE)[fault]
    if LITELLM >= (1, 107):
        code, said = SINCE_1_107.get((fault, stream), (code, said))
    assert result.code == 3
    assert result.stderr.startswith(f"error[{code}]: openai/gpt-4.1 ({file}:4): ")
    assert said in result.stderr
    assert "\n  hint: " in result.stderr
    assert HELLO.startswith(result.stdout.strip() if stream else result.stdout)
    assert len(server.requests) == 1


def test_a_stream_that_ends_without_a_reason_is_cut(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(EndEarly())
    result = ask(cli, write("agent.yaml", FILE), server.base_url, "--stream")
    assert (result.code, result.stdout) == (3, f"{HELLO}\n")
    assert "error[cut-stream]" in result.stderr


@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_a_model_that_hangs_times_out(
    cli: Cli, write: Write, server: OpenAIServer, stream: str, after: int
) -> None:
    server.behave(Hang(60, after=after))
    file = write("agent.yaml", f"{FILE}      timeout: 0.5\n")
    result = ask(cli, file, server.base_url, stream)
    assert result.code == 3
    assert f"error[model-timeout]: openai/gpt-4.1 ({file}:4): " in result.stderr
    assert server.base_url in result.stderr
    assert "raise timeout" in result.stderr


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_a_closed_port_is_named(cli: Cli, write: Write, stream: str) -> None:
    url = f"http://127.0.0.1:{closed_port()}/v1"
    result = ask(cli, write("agent.yaml", FILE), url, stream)
    assert (result.code, result.stdout) == (3, "")
    assert f"no connection to {url}" in result.stderr


def test_a_key_of_the_file_is_hidden_and_its_place_named(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(FAULTS["401"])
    models = f"models:\n  m: {{model: openai/x, api_key: '${{MINE}}'}}\n{FILE}"
    file = write("agent.yaml", models.replace("openai/gpt-4.1", "m"))
    result = ask(cli, file, server.base_url, env={"MINE": SECRET})
    assert result.stderr.startswith(f"error[key-refused]: openai/x ({file}:2): ")
    assert "check api_key of this model" in result.stderr
    assert "Incorrect API key provided: ***." in result.stderr


@pytest.mark.parametrize("form", ["--json", "--events"])
def test_a_missing_key_is_named_before_anything_is_sent(
    cli: Cli, write: Write, server: OpenAIServer, form: str
) -> None:
    file = write("agent.yaml", FILE)
    result = ask(cli, file, server.base_url, form, env={})
    document = json.loads(result.stdout)
    assert (result.code, server.requests) == (3, [])
    assert document.pop("event", "run_failed") == "run_failed"
    assert document["error"]["code"] == "missing-key"
    assert f"openai/gpt-4.1 ({file}:4): OPENAI_API_KEY is not set" in result.stderr


def test_the_problems_of_a_file_are_in_the_document(cli: Cli, write: Write) -> None:
    file = write("agent.yaml", f"{FILE}      temprature: 1\n")
    result = cli("run", file, "hello", "--json", env=KEY)
    checked = cli("validate", file, "--format", "json")
    error = json.loads(result.stdout)["error"]
    assert (result.code, error["code"], error["exit"]) == (2, "invalid-file", 2)
    assert error["message"] == f"{file} has 1 problem"
    assert error["problems"] == json.loads(checked.stdout)


def test_an_unknown_provider_is_named(cli: Cli, write: Write, server: OpenAIServer) -> None:
    result = ask(cli, write("agent.yaml", FILE), server.base_url, "--model", "acme/one")
    assert result.code == 3
    assert "error[unknown-provider]: acme/one (--model:1): " in result.stderr


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_the_document_counts_the_turns_before_the_failure(
    cli: Cli, write: Write, server: OpenAIServer, stream: str
) -> None:
    write("tool_that_works.py", TOOL)
    server.behave(answer, Status(500))
    result = ask(cli, write("agent.yaml", WITH_TOOL), server.base_url, stream, "--json")
    document: dict[str, Any] = json.loads(result.stdout)
    assert (result.code, len(server.requests)) == (3, 2)
    assert (document["usage"]["requests"], document["usage"]["total_tokens"]) == (1, 18)
    assert document["cost"]["usd"] == pytest.approx(73.5e-6)
    assert [call["output"] for call in document["tool_calls"]] == ["sunny"]
    assert (document["final_output"], document["turns"]) == (None, 1)
    assert list(document["error"]) == ["code", "message", "exit"]
    assert (document["error"]["code"], document["error"]["exit"]) == ("provider-error", 3)


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_the_limit_of_turns(cli: Cli, write: Write, server: OpenAIServer, stream: str) -> None:
    write("tool_that_works.py", TOOL)
    server.behave(ToolCall("get_weather", {"city": "Oslo"}))
    file = write("agent.yaml", WITH_TOOL)
    result = ask(cli, file, server.base_url, "--max-turns", "2", "--json", stream)
    assert result.code == 5
    assert "error[max-turns]: the run did not end within 2 turns" in result.stderr
    assert json.loads(result.stdout)["usage"]["requests"] == len(server.requests) == 2
