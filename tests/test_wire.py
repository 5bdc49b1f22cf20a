"""What reaches the provider: settings, keys and addresses as the body and head of a request."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli
from tests.openai_server import OpenAIServer, Request, Text

Write = Callable[[str, str], Path]

KEY = {"OPENAI_API_KEY": "test-key-0123456789"}
TOOL = 'def now(city: str) -> str:\n    """Get the weather."""\n    return "It rains."\n'
SETTINGS = """\
agents:
  a:
    model: openai/gpt-4.1
    tools: [./tool.py:now]
    model_settings: {%s}
"""


@pytest.fixture
def send(cli: Cli, write: Write, server: OpenAIServer) -> Callable[..., Request]:
    """Run a file and give the request that it makes."""

    def run(text: str, *options: str, **env: str) -> Request:
        server.behave(Text())
        write("tool.py", TOOL)
        file = write("a.yaml", text.replace("SERVER", server.base_url))
        result = cli("run", file, "hello", *options, env={**KEY, **env})
        assert result.code == 0, result.stderr
        return server.requests[-1]

    return run


Send = Callable[..., Request]


@pytest.mark.parametrize(
    ("setting", "body"),
    [
        ("temperature: 0.25", {"temperature": 0.25}),
        ("top_p: 0.5", {"top_p": 0.5}),
        ("frequency_penalty: 0.1", {"frequency_penalty": 0.1}),
        ("presence_penalty: -0.1", {"presence_penalty": -0.1}),
        ("max_tokens: 99", {"max_tokens": 99}),
        ("tool_choice: required", {"tool_choice": "required"}),
        ("tool_choice: none", {"tool_choice": "none"}),
        (
            "tool_choice: now",
            {"tool_choice": {"type": "function", "function": {"name": "now"}}},
        ),
        ("parallel_tool_calls: false", {"parallel_tool_calls": False}),
        ("top_logprobs: 2", {"top_logprobs": 2, "logprobs": True}),
        ("extra_body: {routing: fast}", {"routing": "fast"}),
        ("extra_args: {seed: 7}", {"seed": 7}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_setting_reaches_the_body(
    send: Send, server: OpenAIServer, setting: str, body: dict[str, Any]
) -> None:
    request = send(SETTINGS % setting, "--base-url", server.base_url)
    assert {key: request.body.get(key) for key in body} == body


def test_nothing_is_sent_that_was_not_set(send: Send, server: OpenAIServer) -> None:
    request = send(SETTINGS % "x-note: 1", "--base-url", server.base_url)
    assert set(request.body) == {"model", "messages", "tools"}
    assert request.body["model"] == "gpt-4.1"


def test_reasoning_effort_reaches_a_model_that_reasons(send: Send, server: OpenAIServer) -> None:
    text = SETTINGS.replace("gpt-4.1", "o4-mini") % "reasoning: {effort: high}"
    assert send(text, "--base-url", server.base_url).body["reasoning_effort"] == "high"


def test_headers_are_added(send: Send, server: OpenAIServer) -> None:
    text = SETTINGS % "extra_headers: {X-Team: weather, X-Token: '${TEAM_TOKEN}'}"
    request = send(text, "--base-url", server.base_url, TEAM_TOKEN="from-a-variable")
    assert request.headers["x-team"] == "weather"
    assert request.headers["x-token"] == "from-a-variable"
    assert request.headers["authorization"] == f"Bearer {KEY['OPENAI_API_KEY']}"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param("x-note: 1", {"include_usage": True}, id="default"),
        pytest.param("include_usage: false", {"include_usage": False}, id="off"),
    ],
)
def test_a_stream_asks_for_usage(
    send: Send, server: OpenAIServer, settings: str, expected: dict[str, bool]
) -> None:
    request = send(SETTINGS % settings, "--stream", "--base-url", server.base_url)
    assert request.body["stream_options"] == expected


ALIAS = """\
models:
  ours:
    model: openai/gpt-4.1
    api_key: ${OUR_KEY}
    base_url: ${OUR_URL:-SERVER}
    settings: {temperature: 0.25, top_p: 0.5, extra_args: {seed: 1}}
agents:
  a:
    model: ours
    model_settings: {temperature: 0.75, extra_args: {user: u}}
"""


def test_a_named_model_brings_its_key_and_address(send: Send) -> None:
    request = send(ALIAS, OUR_KEY="our-own-key")
    assert request.headers["authorization"] == "Bearer our-own-key"
    assert request.body["model"] == "gpt-4.1"


def test_an_agents_settings_replace_its_models_one_by_one(send: Send) -> None:
    body = send(ALIAS, OUR_KEY="our-own-key").body
    assert (body["temperature"], body["top_p"]) == (0.75, 0.5)
    assert (body["user"], body.get("seed")) == ("u", None)


def test_another_model_is_not_reached_with_the_declared_key(
    send: Send, server: OpenAIServer
) -> None:
    options = ("--model", "openai/gpt-4o", "--base-url", server.base_url)
    request = send(ALIAS, *options, OUR_KEY="our-own-key")
    assert request.headers["authorization"] == f"Bearer {KEY['OPENAI_API_KEY']}"
    assert request.body["model"] == "gpt-4o"


def test_a_key_may_be_given_by_option(send: Send, server: OpenAIServer) -> None:
    request = send(SETTINGS % "x-note: 1", "--api-key", "given", "--base-url", server.base_url)
    assert request.headers["authorization"] == "Bearer given"


def test_a_tool_is_described_by_its_docstring(send: Send, server: OpenAIServer) -> None:
    request = send(SETTINGS % "x-note: 1", "--base-url", server.base_url)
    function = request.body["tools"][0]["function"]
    assert (function["name"], function["description"]) == ("now", "Get the weather.")
    assert function["parameters"]["properties"] == {"city": {"title": "City", "type": "string"}}


@pytest.mark.parametrize(
    ("setting", "body"),
    [
        pytest.param("metadata: {team: weather}", {"metadata": None}, id="metadata"),
        pytest.param("extra_query: {v: '2'}", {"extra_query": {"v": "2"}}, id="query"),
    ],
)
def test_what_the_warnings_say_of_settings_is_so(
    send: Send, server: OpenAIServer, setting: str, body: dict[str, Any]
) -> None:
    request = send(SETTINGS % setting, "--base-url", server.base_url)
    assert {key: request.body.get(key) for key in body} == body
    assert "?" not in request.path


def test_the_files_own_notes_are_not_sent(send: Send, server: OpenAIServer) -> None:
    settings = "x-a: 1, extra_body: {x-b: 2}, extra_headers: {x-c: '3'}"
    request = send(SETTINGS % settings, "--base-url", server.base_url)
    assert {key for key in request.body if key.startswith("x-")} == {"x-b"}
    assert request.headers["x-c"] == "3"
