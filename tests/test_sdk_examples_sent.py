"""The SDK's examples against a local server: what a model is told of tools, and in which pieces."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agents import RunConfig, Runner
from openai.types.responses import ResponseFunctionCallArgumentsDeltaEvent

import yamlagents
from tests.conftest import Cli
from tests.openai_server import OpenAIServer, Text, ToolCall
from tests.sdk_examples import SOURCE, copied, run, served


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("copy"))


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, str]]:
    with served() as where:
        yield where


def asked(
    cli: Cli, examples: Path, server: OpenAIServer, name: str, *calls: ToolCall
) -> list[dict[str, Any]]:
    """Run an example whose model makes the calls, one a turn, and give what it was sent."""
    server.behave(*calls, Text("So be it."))
    ran = run(cli, examples, server, name, "What is it?", "--base-url", server.base_url)
    assert (ran.code, ran.stdout) == (0, "So be it.\n"), ran.stderr
    return [request.body for request in server.requests]


def test_arguments_are_described_and_an_object_comes_back(
    cli: Cli, examples: Path, server: OpenAIServer
) -> None:
    call = ToolCall("tide", {"harbour": "Brest"})
    first, second = asked(cli, examples, server, "basic/tools", call)
    function = first["tools"][0]["function"]
    assert function["description"] == "Tell the tide in a harbour."
    harbour = function["parameters"]["properties"]["harbour"]
    assert harbour["description"] == "The harbour that is asked about."
    assert second["messages"][-1]["content"] == "harbour='Brest' high='noon' low='six'"


def test_structured_input_is_asked_for_as_the_type_says(
    cli: Cli, examples: Path, server: OpenAIServer
) -> None:
    name = "agent_patterns/agents_as_tools_structured"
    (first,) = asked(cli, examples, server, name)
    parameters = first["tools"][0]["function"]["parameters"]
    assert set(parameters["required"]) == {"text", "source", "target"}
    assert parameters["properties"]["target"]["description"] == "The language it is wanted in."


@pytest.mark.parametrize("name", ["fetch_picture", "fetch_drawing"])
def test_an_image_that_a_tool_returns_is_shown_to_the_model(
    cli: Cli, examples: Path, server: OpenAIServer, name: str
) -> None:
    _, second = asked(cli, examples, server, "basic/image_tool_output", ToolCall(name))
    last = second["messages"][-1]["content"]
    shown = [part["image_url"] for part in last if part["type"] == "image_url"]
    assert shown == [{"url": "https://example.com/tower.png", "detail": "low"}]


def test_a_tool_has_to_be_called_where_the_file_says_so(
    cli: Cli, examples: Path, server: OpenAIServer
) -> None:
    name = "agent_patterns/forcing_tool_use"
    call, where = ToolCall("forecast", {"city": "Bergen"}), ("--base-url", server.base_url)
    outputs = {
        "free": "So be it.",
        "forced": "city='Bergen' degrees='9-12' sky='rain'",
        "custom": "Bergen: rain, 9-12 degrees",
    }
    for agent, output in outputs.items():
        server.behave(call, Text("So be it."))
        ran = run(cli, examples, server, name, "What is it?", "--agent", agent, *where)
        assert (ran.code, ran.stdout) == (0, f"{output}\n"), ran.stderr
    forced = [request.body.get("tool_choice") for request in server.requests]
    assert forced == [None, None, "required", "required"]


@pytest.mark.parametrize(
    "name",
    [
        "sse_example",
        "sse_remote_example",
        "streamablehttp_example",
        "streamablehttp_custom_client_example",
    ],
)
def test_a_tool_of_a_server_has_to_be_called_once(
    cli: Cli, examples: Path, server: OpenAIServer, servers: dict[str, str], name: str
) -> None:
    server.behave(ToolCall("add", {"a": 8, "b": 21}), Text("It is 29."))
    options = ("What is 8 and 21?", "--base-url", server.base_url)
    ran = run(cli, examples, server, f"mcp/{name}", *options, **servers)
    assert (ran.code, ran.stdout) == (0, "It is 29.\n"), ran.stderr
    first, second = (request.body for request in server.requests)
    assert (first["tool_choice"], second.get("tool_choice")) == ("required", None)
    assert second["messages"][-1]["content"] == [{"type": "text", "text": "29"}]


def test_arguments_come_in_pieces_in_the_stream_of_the_sdk(server: OpenAIServer) -> None:
    arguments = {"path": "index.html", "text": "Hello there, dear visitor"}
    server.behave(ToolCall("write_page", arguments), Text("Done."))
    overrides = {"base_url": server.base_url, "api_key": "dummy"}
    file = SOURCE / "basic" / "stream_function_call_args.yaml"
    team = yamlagents.assemble(yamlagents.load(file).with_models(**overrides))

    async def pieces() -> list[str]:
        config = RunConfig(tracing_disabled=True)
        result = Runner.run_streamed(team.entry, "Make a page.", run_config=config)
        seen = [
            event.data.delta
            async for event in result.stream_events()
            if event.type == "raw_response_event"
            and isinstance(event.data, ResponseFunctionCallArgumentsDeltaEvent)
        ]
        await team.aclose()
        assert result.final_output == "Done."
        return seen

    seen = asyncio.run(pieces())
    assert len(seen) > 3
    assert json.loads("".join(seen)) == arguments
