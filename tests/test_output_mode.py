"""`output_mode: prompt`: the schema in the instructions, and the JSON read out of the reply."""

import json
from typing import Any

import pytest

from tests.conftest import Cli, Result
from tests.openai_faults import Refusal
from tests.openai_server import OpenAIServer, Text, ToolCall
from tests.tested_project import Write

AGENT = """\
agents:
  desk:
    instructions: Be brief.
    model: openai/gpt-4.1
    output_mode: prompt
    output_type: {type: object, properties: {city: {type: string}}}
    tools: [./bits.py:get_weather]
"""
CODE = "def get_weather(city: str) -> str:\n    return 'sun'\n"
GOOD = {"city": "Oslo"}


def ask(cli: Cli, write: Write, server: OpenAIServer, *options: str) -> Result:
    write("bits.py", CODE)
    file = write("a.yaml", AGENT)
    where = ("--base-url", server.base_url, "--api-key", "dummy")
    return cli("run", "a.yaml", "Oslo?", "--json", *where, *options, cwd=file.parent)


def output(result: Result) -> Any:
    return json.loads(result.stdout)["final_output"]


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
@pytest.mark.parametrize(
    "said",
    [
        '{"city": "Oslo"}',
        'Sure!\n```json\n{"city": "Oslo"}\n```\nAnything else?',
        'Here it is: {"city": "Oslo"}. {"x": 1}',
        '{"x": 1} was wrong, {"city": "Oslo"} is right',
    ],
    ids=["plain", "fenced", "chatty", "second"],
)
def test_the_json_is_read_out_of_the_reply(
    cli: Cli, write: Write, server: OpenAIServer, said: str, stream: str
) -> None:
    server.behave(Text(said))
    result = ask(cli, write, server, stream)
    assert result.code == 0, result.stderr
    assert output(result) == GOOD
    assert len(server.requests) == 1


def test_the_schema_is_in_the_instructions_and_nowhere_else(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(ToolCall("get_weather", {"city": "Oslo"}), Text('{"city": "Oslo"}'))
    assert output(ask(cli, write, server)) == GOOD
    bodies = [request.body for request in server.requests]
    assert all(body["messages"][0]["content"].startswith("Be brief.") for body in bodies)
    assert all('"city"' in body["messages"][0]["content"] for body in bodies)
    assert not any("response_format" in body for body in bodies)


def test_a_bad_reply_is_mended_once_and_both_are_paid(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(Text("It is Oslo."), Text('{"city": "Oslo"}'))
    result = ask(cli, write, server)
    assert output(result) == GOOD
    assert json.loads(result.stdout)["usage"]["requests"] == 2
    asked = server.requests[1].body["messages"]
    assert asked[-2]["content"] == "It is Oslo."
    assert "it holds no JSON" in asked[-1]["content"]


def test_a_second_bad_reply_fails_the_run(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(Text('{"city": 3}'))
    result = ask(cli, write, server)
    assert result.code == 3
    assert len(server.requests) == 2
    assert "city: 3 is not of type 'string'" in json.loads(result.stdout)["error"]["message"]


def test_a_refusal_is_not_asked_about_again(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(Refusal("No."))
    result = ask(cli, write, server, "--no-stream")
    assert result.code == 3
    assert len(server.requests) == 1
    assert json.loads(result.stdout)["error"]["code"] == "model-refused"


@pytest.mark.parametrize("mode", ["prompt", "native"])
def test_a_reply_that_is_too_deep_to_read_is_no_answer(
    cli: Cli, write: Write, server: OpenAIServer, mode: str
) -> None:
    server.behave(Text("[" * 200_000))
    write("bits.py", CODE)
    file = write("a.yaml", AGENT.replace("output_mode: prompt", f"output_mode: {mode}"))
    where = ("--base-url", server.base_url, "--api-key", "dummy")
    result = cli("run", "a.yaml", "Oslo?", *where, cwd=file.parent)
    assert result.code == 3
    assert "error[model-behaviour]" in result.stderr


def test_without_a_network_the_schema_is_kept(cli: Cli, write: Write) -> None:
    write("bits.py", CODE)
    file = write("a.yaml", AGENT)
    result = cli("run", "a.yaml", "Oslo?", "--offline", cwd=file.parent)
    assert result.code == 0, result.stderr
    assert list(json.loads(result.stdout)) == ["city"]
