"""Models that code of the project makes, and providers of its own behind LiteLLM."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import yamlagents
from tests.conftest import Cli

Write = Callable[[str, str], Path]
STREAMS = pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
MODELS = """\
from agents import Usage
from agents.testing import ScriptedModel, assistant_message, function_call


def make(word="plain"):
    calls = [function_call("get_weather", '{"city": "Oslo"}', call_id="c1")]
    return ScriptedModel([calls, [assistant_message(f"{word} answer")]])


async def late():
    return make()


class Priced(ScriptedModel):
    def __init__(self):
        super().__init__([[assistant_message("priced")]])

    def cost(self, usage):
        return 0.5, None


def none():
    return "no model"


def broken():
    raise RuntimeError("no license")


ready = Priced()
"""
PROVIDERS = """\
import litellm
from litellm.types.utils import Choices, Message, ModelResponse


class House(litellm.CustomLLM):
    def __init__(self, motto="welcome"):
        super().__init__()
        self.motto = motto

    def plan(self, kwargs):
        results = [m["content"] for m in kwargs["messages"] if m["role"] == "tool"]
        if results:
            return f"{self.motto}: {results[-1]} ({kwargs['model']})", None
        function = {"name": "get_weather", "arguments": '{"city": "Oslo"}'}
        return None, {"id": "call_1", "type": "function", "function": function}

    async def acompletion(self, *args, **kwargs):
        text, call = self.plan(kwargs)
        message = Message(role="assistant", content=text, tool_calls=[call] if call else None)
        finish = "tool_calls" if call else "stop"
        reply = ModelResponse(choices=[Choices(message=message, finish_reason=finish, index=0)])
        reply.usage = litellm.Usage(prompt_tokens=10, completion_tokens=5, total_tokens=15)
        return reply

    async def astreaming(self, *args, **kwargs):
        text, call = self.plan(kwargs)
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        base = {"index": 0, "is_finished": False, "finish_reason": "", "usage": None}
        for word in (text or "").split(" "):
            yield {**base, "text": word + " ", "tool_use": None}
        use = {**call, "index": 0} if call else None
        done = {"is_finished": True, "finish_reason": "tool_calls" if call else "stop"}
        yield {**base, "text": "", "tool_use": use, **done, "usage": usage}


class Limited(House):
    async def acompletion(self, *args, **kwargs):
        raise litellm.llms.custom_llm.CustomLLMError(429, "slow down")


class Sync(litellm.CustomLLM):
    def completion(self, *args, **kwargs):
        pass


class Whole(litellm.CustomLLM):
    async def acompletion(self, *args, **kwargs):
        pass


open_house = House("open")
number = len("no provider")
"""
TOOLS = '''\
def get_weather(city: str) -> str:
    """Give the weather."""
    return f"{city} is sunny"
'''
TEAM = """\
{head}
agents:
  a: {{instructions: Hi., model: {model}, tools: [./tools.py:get_weather]}}
"""


@pytest.fixture
def project(write: Write) -> Callable[..., Path]:
    def make(head: str, model: str) -> Path:
        write("models.py", MODELS)
        write("providers.py", PROVIDERS)
        write("tools.py", TOOLS)
        return write("team.yaml", TEAM.format(head=head, model=model))

    return make


@pytest.fixture
def run(cli: Cli, project: Callable[..., Path]) -> Callable[..., Any]:
    def call(head: str, model: str, *options: str) -> Any:
        path = project(head, model)
        return cli("run", path, "Weather in Oslo?", *options, cwd=path.parent)

    return call


MADE = {
    "function": ("{use: './models.py:make'}", "plain answer", "./models.py:make"),
    "call": ("{use: './models.py:make', with: {word: big}}", "big answer", "./models.py:make"),
    "class": ("{use: './models.py:Priced'}", "priced", "./models.py:Priced"),
    "object": ("{use: './models.py:ready'}", "priced", "./models.py:ready"),
    "label": ("{use: './models.py:make', model: our/own}", "plain answer", "our/own"),
}


@STREAMS
@pytest.mark.parametrize(("model", "answer", "name"), MADE.values(), ids=MADE)
def test_code_makes_a_model(
    run: Callable[..., Any], *, model: str, answer: str, name: str, stream: str
) -> None:
    result = run(f"models: {{own: {model}}}", "own", "--json", stream)
    told = json.loads(result.stdout)
    assert (result.code, told["final_output"], told["model"]) == (0, answer, name)


def test_its_price_is_its_own_or_the_files(run: Callable[..., Any]) -> None:
    own = json.loads(run("models: {own: {use: './models.py:Priced'}}", "own", "--json").stdout)
    assert own["cost"] == {"usd": 0.5, "reason": None}
    priced = "{use: './models.py:make', pricing: {input: 1, output: 1, request: 1}}"
    none = json.loads(run(f"models: {{own: {priced}}}", "own", "--json").stdout)
    assert none["cost"]["reason"] == "the provider reported no usage"


NO_MODEL = {
    "text": (
        "none",
        "error[wrong-kind]: './models.py:none' gives a str, not an object of the SDK's",
    ),
    "coroutine": ("late", "error[wrong-kind]: './models.py:late' gives a coroutine, not an object"),
    "raises": (
        "broken",
        "error[call-failed]: calling './models.py:broken' failed: RuntimeError: no",
    ),
}


@pytest.mark.parametrize(("name", "said"), NO_MODEL.values(), ids=NO_MODEL)
def test_what_is_no_model_is_told_at_its_place(
    run: Callable[..., Any], name: str, said: str
) -> None:
    result = run(f"models: {{own: {{use: './models.py:{name}'}}}}", "own")
    assert (result.code, "team.yaml:1:21: " + said in result.stderr) == (2, True)


def test_offline_makes_none(run: Callable[..., Any]) -> None:
    head = "models: {own: {use: './models.py:broken', with: {key: '${UNSET}'}}}"
    assert run(head, "own", "--offline").code == 0
    assert "error[unset-variable]: UNSET is not set" in run(head, "own").stderr


HOUSES = {
    "class": ("./providers.py:House", "welcome"),
    "object": ("./providers.py:open_house", "open"),
    "call": ("{use: './providers.py:House', with: {motto: hello}}", "hello"),
}


@STREAMS
@pytest.mark.parametrize(("provider", "motto"), HOUSES.values(), ids=HOUSES)
def test_a_provider_of_its_own_answers_with_tools(
    run: Callable[..., Any], provider: str, motto: str, stream: str
) -> None:
    result = run(f"providers: {{house: {provider}}}", "house/small", "--json", stream)
    told = json.loads(result.stdout)
    assert (result.code, result.stderr) == (0, "")
    assert told["final_output"].strip() == f"{motto}: Oslo is sunny (small)"
    assert (told["model"], told["usage"]["total_tokens"]) == ("house/small", 30)
    assert told["cost"]["reason"] == "no price is known for house/small"


def test_a_provider_may_be_priced_and_fall_back(run: Callable[..., Any]) -> None:
    head = """\
providers: {house: ./providers.py:House, shed: ./providers.py:Limited}
models:
  shed: {model: shed/x, fallbacks: [house]}
  house: {model: house/y, pricing: {input: 1, output: 2}}
"""
    result = run(head, "shed", "--json", "--no-stream")
    told = json.loads(result.stdout)
    assert (result.code, told["model"]) == (0, "house/y")
    assert told["cost"]["usd"] == pytest.approx(2 * (10 + 2 * 5) / 1_000_000)
    # Of what a provider of one's own raises, LiteLLM 1.110 keeps the status, and 1.83 does not.
    reasons = ("the server failed", "too many requests, or no quota left")
    said = [f"shed/x failed ({reason}: slow down); asking house/y" for reason in reasons]
    assert any(line in result.stderr for line in said)


def test_files_with_different_providers_of_one_name_do_not_meet(write: Write) -> None:
    specs = []
    for folder, motto in (("one", "first"), ("two", "second")):
        write(f"{folder}/providers.py", PROVIDERS)
        write(f"{folder}/tools.py", TOOLS)
        head = f"providers: {{house: {{use: './providers.py:House', with: {{motto: {motto}}}}}}}"
        path = write(f"{folder}/team.yaml", TEAM.format(head=head, model="house/x"))
        specs.append(yamlagents.load(path, environ={}))
    teams = [yamlagents.assemble(spec) for spec in (*specs, specs[0])]
    results = [yamlagents.run_sync(team, "Weather in Oslo?") for team in teams]
    found = [result.final_output.partition(":")[0] for result in results]
    assert found == ["first", "second", "first"]
    assert {result.model for result in results} == {"house/x"}


NO_PROVIDER = {
    "sync": ("Sync", "error[bad-provider]: './providers.py:Sync' has no 'acompletion'"),
    "whole": ("Whole", "error[bad-provider]: './providers.py:Whole' has no 'astreaming'"),
    "number": (
        "number",
        "error[wrong-kind]: './providers.py:number' gives a int, not an object of",
    ),
}


@pytest.mark.parametrize(("name", "said"), NO_PROVIDER.values(), ids=NO_PROVIDER)
def test_what_is_no_provider_is_told_at_its_place(
    run: Callable[..., Any], name: str, said: str
) -> None:
    result = run(f"providers: {{house: './providers.py:{name}'}}", "house/x")
    assert (result.code, f"team.yaml:1:20: {said}" in result.stderr) == (2, True)


def test_a_provider_of_litellms_own_is_told(run: Callable[..., Any]) -> None:
    result = run("providers: {openai: './providers.py:House'}", "openai/x")
    assert "error[duplicate-name]: 'openai' is a provider that there is already" in result.stderr
    result = run("providers: {snowflake: './providers.py:House'}", "snowflake/x")
    assert "error[duplicate-name]: 'snowflake' is a provider of LiteLLM's own" in result.stderr


def test_warnings_of_unknown_providers_know_the_names(run: Callable[..., Any]) -> None:
    head = "providers: {house: './providers.py:House'}"
    result = run(head, "hose/x", "--offline")
    assert "'hose' is no provider that is known here; did you mean 'house'?" in result.stderr


def test_another_model_of_the_command_line_finds_the_provider(run: Callable[..., Any]) -> None:
    head = "providers: {house: './providers.py:House'}"
    result = run(head, "openai/gpt-4.1", "--model", "house/z")
    assert (result.code, result.stdout.strip()) == (0, "welcome: Oslo is sunny (z)")
