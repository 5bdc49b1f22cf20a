"""The SDK's examples against a local server: streams, settings, retries, providers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli
from tests.openai_faults import Status
from tests.openai_server import Behaviour, OpenAIServer, Text, ToolCall, say
from tests.sdk_examples import copied, outside, run


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("copy"))


EVENTS: dict[str, tuple[str, list[Behaviour], list[str]]] = {
    "basic/stream_text": (
        "Two riddles!",
        [Text("What has keys?")],
        ["agent_started", "text_delta", "model_replied"],
    ),
    "basic/stream_items": (
        "Hello",
        [ToolCall("how_many"), Text("What has keys?")],
        ["agent_started", "model_replied", "tool_called", "tool_returned", "text_delta"],
    ),
    "basic/stream_function_call_args": (
        "Make a page.",
        [ToolCall("write_page", {"path": "a.html", "text": "Hello there"}), Text("Done.")],
        ["agent_started", "model_replied", "tool_called", "tool_returned", "text_delta"],
    ),
    "agent_patterns/routing": (
        "Hvad hedder du?",
        [ToolCall("transfer_to_danish"), Text("Jeg hedder Bo.")],
        ["agent_started", "model_replied", "handed_off", "agent_started", "text_delta"],
    ),
    "handoffs/message_filter_streaming": (
        "Fale português.",
        [ToolCall("transfer_to_portuguese_assistant"), Text("Pois sim.")],
        ["agent_started", "model_replied", "handed_off", "agent_started", "text_delta"],
    ),
    "reasoning_content/gpt_oss_stream": (
        "What is recursion?",
        [lambda request: say(request, {"reasoning": "They ask.", "content": "A thing of itself."})],
        ["agent_started", "reasoning_delta", "reasoning_delta", "text_delta", "model_replied"],
    ),
    "agent_patterns/agents_as_tools_streaming": (
        "What do I owe?",
        [ToolCall("ask_accounts", {"input": "C-17?"}), Text("80 euros."), Text("80 euros, then.")],
        ["agent_started", "model_replied", "tool_called", "agent_started", "model_replied"],
    ),
}


@pytest.mark.parametrize("name", EVENTS)
def test_a_streamed_run_tells_what_happens_as_it_does(
    cli: Cli, examples: Path, server: OpenAIServer, name: str
) -> None:
    said, behaviours, kinds = EVENTS[name]
    server.behave(*behaviours)
    options = ("--base-url", server.base_url, "--stream", "--events")
    result = run(cli, examples, server, name, said, *options)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    told = [event["event"] for event in events]
    assert all(request.streams for request in server.requests)
    rest = iter(told)
    assert all(kind in rest for kind in kinds), told
    assert told[-1] == "run_finished", result.stderr
    final = events[-1]["final_output"]
    pieces = [event["text"] for event in events if event["event"] == "text_delta"]
    assert "".join(pieces).endswith(final)
    # The server streams word by word, and what arrives is shown.
    assert len(pieces) >= len(final.split())


SENT: dict[str, tuple[str, str, dict[str, Any]]] = {
    "basic/hello_world": ("gpt-4.1", "dummy", {}),
    "basic/hello_world_gpt_5": (
        "gpt-5.4-mini",
        "dummy",
        {"reasoning_effort": "low", "verbosity": "low"},
    ),
    "basic/hello_world_gpt_oss": ("gpt-oss:20b", "ollama", {}),
    "reasoning_content/gpt_oss_stream": (
        "openai/gpt-oss-20b",
        "gateway",
        {"reasoning_effort": "high"},
    ),
    "model_providers/custom_example_agent": ("small", "own", {}),
    "model_providers/custom_example_global": ("small", "own", {}),
    "model_providers/custom_example_provider": ("openai/small", "own", {}),
}


@pytest.mark.parametrize("name", SENT)
def test_a_model_is_asked_where_and_as_its_file_says(
    cli: Cli, examples: Path, server: OpenAIServer, name: str
) -> None:
    server.behave(Text("It is so."))
    result = run(cli, examples, server, name, "What is it?")
    assert (result.code, result.stdout) == (0, "It is so.\n"), result.stderr
    model, key, settings = SENT[name]
    (request,) = server.requests
    body = request.body
    assert request.headers["authorization"] == f"Bearer {key}"
    system, user = body["messages"]
    assert f"instructions: {system['content']}\n" in (examples / f"{name}.yaml").read_text()
    assert (system["role"], user["content"]) == ("system", "What is it?")
    assert body["model"] == model
    assert {key: body.get(key) for key in settings} == settings


@pytest.mark.parametrize("name", ["litellm_auto", "litellm_provider"])
def test_a_litellm_model_takes_the_tool_and_the_output(
    cli: Cli, examples: Path, server: OpenAIServer, name: str
) -> None:
    output = json.dumps({"poem": "Clear above Lima", "seen": []})
    server.behave(ToolCall("weather_in", {"city": "Lima"}), Text(output))
    where = ("--base-url", server.base_url)
    result = run(cli, examples, server, f"model_providers/{name}", "Lima?", *where)
    assert (result.code, json.loads(result.stdout)["seen"]) == (0, []), result.stderr
    first, second = (request.body for request in server.requests)
    assert first["model"] == "openai/gpt-5.4-mini"
    assert {r.headers["authorization"] for r in server.requests} == {"Bearer gateway"}
    if name == "litellm_auto":
        assert first["tool_choice"] == "required"
        assert second["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize("name", ["retry", "retry_litellm"])
def test_what_fails_is_tried_again(
    cli: Cli, examples: Path, server: OpenAIServer, name: str
) -> None:
    server.behave(Status(503), Status(429), Text("Wait."))
    where = ("--base-url", server.base_url)
    result = run(cli, examples, server, f"basic/{name}", "Explain!", *where)
    assert (result.code, result.stdout, len(server.requests)) == (0, "Wait.\n", 3), result.stderr
    told = [f"attempt {number} failed, once more" for number in (1, 2)]
    assert result.stderr.splitlines() == told
    model = "gpt-4.1-mini" if name == "retry_litellm" else "gpt-4.1"
    assert [request.body["model"] for request in server.requests] == [model] * 3
    server.behave(Status(400))
    result = run(cli, examples, server, f"basic/{name}", "Explain!", *where)
    assert "attempt 1 failed, no more" in result.stderr
    assert len(server.requests) == 4


def test_a_type_that_cannot_be_strict_is_refused(
    cli: Cli, examples: Path, server: OpenAIServer
) -> None:
    strict = ("--set", "agents.joker.strict_json_schema=true")
    result = run(cli, examples, server, "basic/non_strict_output_type", "Go!", *strict)
    assert result.code == 2
    assert "error[bad-output-type]: this output_type cannot be strict" in result.stderr
    assert server.requests == []


@pytest.mark.parametrize("name", ["any_llm_auto", "any_llm_provider"])
def test_a_model_of_another_package(examples: Path, server: OpenAIServer, name: str) -> None:
    output = json.dumps({"poem": "Clear above Lima", "seen": []})
    server.behave(ToolCall("weather_in", {"city": "Lima"}), Text(output))
    env = {"EXAMPLE_BASE_URL": server.base_url, "OPENROUTER_API_KEY": "dummy"}
    said = outside(examples, f"model_providers/{name}", "run", "Lima?", **env)
    assert json.loads(said)["poem"] == "Clear above Lima"
    assert [r.body["model"] for r in server.requests] == ["openai/gpt-5.4-mini"] * 2
