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


TYPES = """\
from pydantic import BaseModel, field_validator


class City(BaseModel):
    name: str
    size: int

    @field_validator("size")
    @classmethod
    def is_positive(cls, size: int) -> int:
        if size < 1:
            raise ValueError("a city has people")
        return size
"""
TYPED = """\
agents:
  desk:
    instructions: Be brief.
    model: openai/gpt-4.1
    output_type: ./types_.py:City
"""
PROMPTED = TYPED + "    output_mode: prompt\n"
OSLO = {"name": "Oslo", "size": 3}


def ask_typed(cli: Cli, write: Write, server: OpenAIServer, file: str) -> Result:
    write("types_.py", TYPES)
    folder = write("a.yaml", file).parent
    where = ("--base-url", server.base_url, "--api-key", "dummy")
    return cli("run", "a.yaml", "Oslo?", "--json", *where, cwd=folder)


@pytest.mark.parametrize("file", [TYPED, PROMPTED], ids=["native", "prompt"])
def test_an_object_is_data_in_the_document(
    cli: Cli, write: Write, server: OpenAIServer, file: str
) -> None:
    server.behave(Text(json.dumps(OSLO)))
    assert output(ask_typed(cli, write, server, file)) == OSLO


MISFITS = {
    "no json": ("Oslo.", "the output is not JSON: "),
    "missing": ('{"name": "Oslo"}', "does not fit output_type: 'size' is a required property"),
    "kind": ('{"name": "Oslo", "size": "3"}', "size: '3' is not of type 'integer'"),
    "validator": ('{"name": "Oslo", "size": 0}', "size: Value error, a city has people"),
}


@pytest.mark.parametrize(("said", "wrong"), MISFITS.values(), ids=MISFITS)
def test_what_does_not_fit_a_type_is_told(
    cli: Cli, write: Write, server: OpenAIServer, said: str, wrong: str
) -> None:
    server.behave(Text(said))
    result = ask_typed(cli, write, server, TYPED)
    assert (result.code, wrong in result.stderr) == (3, True), result.stderr


def test_a_model_is_told_what_does_not_fit_a_type(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(Text('{"name": "Oslo", "size": 0}'), Text(json.dumps(OSLO)))
    assert output(ask_typed(cli, write, server, PROMPTED)) == OSLO
    assert "a city has people" in server.requests[1].body["messages"][-1]["content"]


def test_an_error_handlers_output_that_does_not_fit_is_told(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(Text("Oslo."))
    run = "run: {error_handlers: {invalid_final_output: {final_output: {name: Oslo}}}}\n"
    result = ask_typed(cli, write, server, TYPED + run)
    assert result.code == 2
    said = "the final_output of run.error_handlers is none of 'desk': the output does not fit"
    assert f"error[sdk-refused]: {said} output_type: 'size' is a required" in result.stderr
    fits = run.replace("name: Oslo", "name: Oslo, size: 1")
    assert output(ask_typed(cli, write, server, TYPED + fits)) == {"name": "Oslo", "size": 1}


def test_what_an_error_handler_raises_is_told(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(Text("Oslo."))
    write("handlers.py", "def handle(failed):\n    raise ValueError('no idea')\n")
    run = "run: {error_handlers: {invalid_final_output: ./handlers.py:handle}}\n"
    result = ask_typed(cli, write, server, TYPED + run)
    assert result.code == 4, result.stderr
    said = "error[code-failed]: the project's own code failed: ValueError: no idea (handlers.py:2)"
    assert said in result.stderr
