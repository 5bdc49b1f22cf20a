"""The SDK's own models for OpenAI's two kinds of API, over real HTTP."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from agents import OpenAIChatCompletionsModel, OpenAIResponsesModel
from openai.resources.chat.completions import AsyncCompletions
from openai.resources.responses import AsyncResponses

from tests import openai_server, responses_server
from tests.conftest import Cli
from tests.openai_faults import LengthFinish, Status, closed_port
from tests.openai_server import Behaviour
from tests.responses_server import CutStream, Failed, Items, ResponsesServer, Text
from yamlagents.spec.models.backends import KNOWN_ARGS, TAKEN

Write = Callable[[str, str], Path]
TEAM = """\
models:
  fast: {{model: openai/gpt-4.1, provider: {provider}, base_url: "{url}", api_key: "${{K}}"{more}}}
agents:
  a: {{instructions: Hi., model: fast, tools: [./tools.py:get_weather]}}
"""
TOOLS = """\
def get_weather(city: str) -> str:
    '''Give the weather.'''
    return f"{city} is sunny"
"""
BOTH = pytest.mark.parametrize("provider", ["openai_responses", "openai_chat"])
STREAMS = pytest.mark.parametrize("stream", ["--stream", "--no-stream"])


@pytest.fixture
def openai() -> Iterator[ResponsesServer]:
    server = ResponsesServer()
    with server:
        yield server


@pytest.fixture
def run(cli: Cli, write: Write, openai: ResponsesServer) -> Callable[..., Any]:
    """Run a file whose model has the provider `provider`, and the further keys `more`."""
    write("tools.py", TOOLS)

    def call(provider: str, *options: str, more: str = "", url: str = "") -> Any:
        text = TEAM.format(provider=provider, url=url or openai.base_url, more=more)
        path = write("team.yaml", text)
        given = ("run", path, "Weather in Oslo?", "--json", *options)
        return cli(*given, env={"K": "sk-none"}, cwd=path.parent)

    return call


@BOTH
@STREAMS
def test_tools_usage_and_cost(
    run: Callable[..., Any], openai: ResponsesServer, provider: str, stream: str
) -> None:
    result = run(provider, stream)
    told = json.loads(result.stdout)
    assert (result.code, told["final_output"]) == (0, "It is: Oslo is sunny")
    usage = told["usage"]
    assert (usage["requests"], usage["total_tokens"], usage["cached_input_tokens"]) == (2, 36, 6)
    assert (told["model"], told["cost"]["usd"] > 0) == ("openai/gpt-4.1", True)
    paths = {request.path for request in openai.requests}
    assert paths == {responses_server.PATH if "resp" in provider else openai_server.PATH}
    assert {request.body["model"] for request in openai.requests} == {"gpt-4.1"}


@BOTH
def test_own_prices_win(run: Callable[..., Any], provider: str) -> None:
    prices = {"input": 100, "output": 1000, "cached_input": 10, "request": 0.5}
    told = json.loads(run(provider, more=f", pricing: {json.dumps(prices)}").stdout)
    each = (8 * 100 + 3 * 10 + 7 * 1000) / 1_000_000 + 0.5
    assert told["cost"]["usd"] == pytest.approx(2 * each)


REFUSED: dict[str, tuple[Behaviour, str]] = {
    "key": (Status(401), "key-refused"),
    "model": (Status(404), "model-not-found"),
    "request": (Status(400), "bad-request"),
    "limit": (Status(429), "rate-limited"),
    "server": (Status(500), "provider-error"),
}
RETRY = ", settings: {retry: {max_retries: 0}}"


@BOTH
@STREAMS
@pytest.mark.parametrize(("behaviour", "code"), REFUSED.values(), ids=REFUSED)
def test_errors_are_told_as_those_of_litellm_are(
    run: Callable[..., Any],
    openai: ResponsesServer,
    *,
    provider: str,
    stream: str,
    behaviour: Behaviour,
    code: str,
) -> None:
    openai.behave(behaviour)
    result = run(provider, stream, more=RETRY)
    error = json.loads(result.stdout)["error"]
    assert (result.code, error["code"]) == (3, code)
    assert error["message"].startswith("openai/gpt-4.1 (team.yaml:2): ")
    assert "sk-none" not in result.stdout
    assert "Error getting response" not in result.stderr


@BOTH
def test_a_closed_port_is_named(run: Callable[..., Any], provider: str) -> None:
    url = f"http://127.0.0.1:{closed_port()}/v1"
    error = json.loads(run(provider, more=RETRY, url=url).stdout)["error"]
    assert (error["code"], url in error["message"]) == ("no-connection", True)


REASONING = {"type": "reasoning", "id": "rs_1", "summary": []}
BAD: dict[str, tuple[str, Behaviour, str]] = {
    "empty": ("openai_responses", Items(()), "empty-reply"),
    "empty-text": ("openai_responses", Text(""), "empty-reply"),
    "reasoning-only": ("openai_responses", Items((REASONING,)), "empty-reply"),
    "cut-at-limit": (
        "openai_responses",
        Failed("incomplete", reason="max_output_tokens"),
        "cut-reply",
    ),
    "filtered": (
        "openai_responses",
        Failed("incomplete", reason="content_filter"),
        "model-refused",
    ),
    "failed": (
        "openai_responses",
        Failed(error={"code": "server_error", "message": "out of order"}),
        "provider-error",
    ),
    "limited": (
        "openai_responses",
        Failed(error={"code": "rate_limit_exceeded", "message": "slow down"}),
        "rate-limited",
    ),
    "chat-empty": ("openai_chat", openai_server.Text(""), "empty-reply"),
    "chat-cut-at-limit": ("openai_chat", LengthFinish(), "cut-reply"),
}


@STREAMS
@pytest.mark.parametrize(("provider", "behaviour", "code"), BAD.values(), ids=BAD)
def test_a_reply_that_is_none_is_refused(
    run: Callable[..., Any],
    openai: ResponsesServer,
    *,
    stream: str,
    provider: str,
    behaviour: Behaviour,
    code: str,
) -> None:
    openai.behave(behaviour)
    result = run(provider, stream)
    assert (result.code, json.loads(result.stdout)["error"]["code"]) == (3, code)


@pytest.mark.parametrize("after", [2, 4], ids=["before-text", "in-text"])
def test_a_stream_without_its_end_is_cut(
    run: Callable[..., Any], openai: ResponsesServer, after: int
) -> None:
    openai.behave(CutStream(after))
    result = run("openai_responses", "--stream")
    assert json.loads(result.stdout)["error"]["code"] == "cut-stream"


@BOTH
def test_retry_is_the_only_layer(
    run: Callable[..., Any], openai: ResponsesServer, provider: str
) -> None:
    openai.behave(Status(500))
    run(provider, more=", settings: {retry: {max_retries: 1, backoff: {initial_delay: 0}}}")
    assert len(openai.requests) == 2


def test_a_missing_key_is_named(cli: Cli, write: Write, openai: ResponsesServer) -> None:
    text = TEAM.format(provider="openai_responses", url=openai.base_url, more="")
    path = write("team.yaml", text.replace(', api_key: "${K}"', ""))
    write("tools.py", TOOLS)
    result = cli("run", path, "hello", cwd=path.parent)
    assert (result.code, openai.requests) == (3, [])
    assert "OPENAI_API_KEY is not set" in result.stderr


def test_settings_that_only_responses_has(run: Callable[..., Any], openai: ResponsesServer) -> None:
    settings = "{truncation: auto, verbosity: low, store: false, reasoning: {summary: auto}}"
    result = run("openai_responses", more=f", settings: {settings}")
    assert (result.code, result.stderr) == (0, "")
    body = openai.requests[0].body
    assert (body["truncation"], body["text"], body["store"]) == (
        "auto",
        {"verbosity": "low"},
        False,
    )
    assert body["reasoning"] == {"summary": "auto"}


def test_settings_that_responses_lacks_are_told(run: Callable[..., Any]) -> None:
    result = run("openai_responses", more=", settings: {presence_penalty: 1}")
    assert "'presence_penalty' has no effect with the Responses API" in result.stderr


def test_arguments_that_the_client_lacks_are_told(run: Callable[..., Any]) -> None:
    result = run("openai_chat", more=", settings: {extra_args: {drop_params: true}}")
    assert (result.code, "'drop_params' is not an argument of Chat Comp" in result.stderr) == (
        2,
        True,
    )


def test_offline_and_scripts_stand_in(cli: Cli, write: Write, run: Callable[..., Any]) -> None:
    assert run("openai_responses", "--offline").code == 0
    text = TEAM.format(provider="openai_responses", url="http://127.0.0.1:1/v1", more="")
    case = "tests: [{name: n, input: x, script: [{text: sunny}], expect: [{contains: sunny}]}]\n"
    path = write("team.yaml", text + case)
    assert cli("test", path, env={"K": "k"}, cwd=path.parent).code == 0


CLIENTS: dict[str, Callable[..., Any]] = {
    "openai_responses": AsyncResponses.create,
    "openai_chat": AsyncCompletions.create,
}


@BOTH
def test_the_arguments_of_the_client_are_all_known(provider: str) -> None:
    known = set(inspect.signature(CLIENTS[provider]).parameters) - {"self"}
    assert {*KNOWN_ARGS[provider]} <= known
    assert known <= {*KNOWN_ARGS[provider], *TAKEN[provider]}


@pytest.mark.parametrize("model", [OpenAIResponsesModel, OpenAIChatCompletionsModel])
def test_the_private_method_has_the_parameters_that_are_passed_on(model: Any) -> None:
    parameters = list(inspect.signature(model._fetch_response).parameters)
    assert parameters[:4] == ["self", "system_instructions", "input", "model_settings"]
    source = inspect.getsource(model.get_response) + inspect.getsource(model.stream_response)
    assert source.count("await self._fetch_response(\n") == 2
    assert "self._client" in inspect.getsource(model._get_client)
