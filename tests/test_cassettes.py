"""Cassettes: runs recorded against a server are replayed without it."""

import asyncio
import json
import os
import subprocess
import sys

import pytest
import yaml

from tests.conftest import ROOT
from tests.openai_faults import NoUsage
from tests.openai_server import OpenAIServer, Reply, Text, ToolCall, say
from tests.openai_server import Request as Received
from tests.recording import QUESTION, Recorder, Write, error, nobody, result
from yamlagents import assemble, run
from yamlagents.events import ToolReturned
from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.replay import lazily, replaying

BOTH = pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])


@pytest.fixture
def recorder(write: Write, server: OpenAIServer) -> Recorder:
    return Recorder(write, server)


def two_calls(request: Received) -> Reply:
    """Two tools at once, then their results."""
    calls = [
        {"id": f"id-{city}", "type": "function"}
        | {"function": {"name": "get_weather", "arguments": json.dumps({"city": city})}}
        for city in ("Oslo", "Rome")
    ]
    return say(request, {"tool_calls": calls}, "tool_calls")


@BOTH
def test_a_replay_has_the_same_events_without_server_key_or_tools(
    recorder: Recorder, server: OpenAIServer, streamed: bool
) -> None:
    recorded = recorder.play("all", streamed=streamed)
    asked, calls = len(server.requests), recorder.calls
    server.__exit__()
    assert recorder.play("none", streamed=streamed) == recorded
    assert (len(server.requests), recorder.calls) == (asked, calls) == (2, ["Tokyo"])
    usage = result(recorded).usage
    assert (usage.requests, usage.cached_input_tokens, usage.reasoning_tokens) == (2, 6, 4)
    assert result(recorded).cost.usd is not None


@BOTH
def test_a_recording_does_not_depend_on_streaming(recorder: Recorder, streamed: bool) -> None:
    recorded = recorder.play("all", streamed=streamed)
    assert result(recorder.play("none", streamed=not streamed)) == result(recorded)


def test_a_reply_without_usage_is_replayed_without(
    recorder: Recorder, server: OpenAIServer
) -> None:
    server.behave(NoUsage())
    recorded = recorder.play("all")
    assert recorder.play("none") == recorded
    assert result(recorded).usage.total_tokens == 0


@BOTH
def test_tools_called_at_once_get_their_own_results(
    recorder: Recorder, server: OpenAIServer, streamed: bool
) -> None:
    server.behave(two_calls, Text("Both."))
    recorded = recorder.play("all", streamed=streamed)
    tools = yaml.safe_load(recorder.text)["exchanges"][0]["tools"]
    assert [tool["output"] for tool in tools] == ["Sunny in Oslo.", "Sunny in Rome."]
    replayed = recorder.play("none", streamed=streamed)
    # Two tools at once return in any order.
    assert sorted(map(repr, replayed[:-1])) == sorted(map(repr, recorded[:-1]))
    assert result(replayed).final_output == "Both."


def test_a_failed_tool_fails_alike(recorder: Recorder) -> None:
    recorded = recorder.play("all", "What's the weather in Atlantis?")
    (returned,) = [event for event in recorded if isinstance(event, ToolReturned)]
    assert returned.error == "LookupError: it sank"
    assert recorder.play("none", "What's the weather in Atlantis?") == recorded
    assert recorder.calls == ["Atlantis"]


def test_a_tool_that_ends_the_run_ends_it_alike(recorder: Recorder) -> None:
    whole = "{function: ./tools.py:get_weather, failure_error_function: null}"
    recorder.edit("      - ./tools.py:get_weather", f"      - {whole}")
    recorded = error(recorder.play("all", "What's the weather in Atlantis?"))
    replayed = error(recorder.play("none", "What's the weather in Atlantis?"))
    assert (recorded.code, recorded.exit) == (replayed.code, replayed.exit) == ("tool-failed", 4)
    assert recorded.message == replayed.message
    assert recorder.calls == ["Atlantis"]


def test_handoffs_are_replayed(recorder: Recorder, server: OpenAIServer) -> None:
    server.behave(ToolCall("transfer_to_weather"), Text("A haiku."))
    recorded = recorder.play("all", agent="plain")
    assert result(recorded).last_agent == "weather"
    assert recorder.play("none", agent="plain") == recorded


def test_a_conversation_of_two_turns_is_replayed(recorder: Recorder) -> None:
    recorded = recorder.play("all", QUESTION, "And in Oslo, in Norway?")
    assert recorder.play("none", QUESTION, "And in Oslo, in Norway?") == recorded


def test_a_replay_imports_no_litellm_and_needs_no_key(recorder: Recorder) -> None:
    recorder.play("all")
    program = f"""\
import sys
from pathlib import Path
from yamlagents import assemble, load, run_sync
from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.replay import lazily, replaying
team = assemble(load(Path({str(recorder.file)!r})), lazily())
team = replaying(team, Cassette.load(Path({str(recorder.path)!r})))
print(run_sync(team, {QUESTION!r}).final_output, "litellm" in sys.modules)
"""
    command = [sys.executable, "-c", program]
    env = {name: value for name, value in os.environ.items() if not name.endswith("_KEY")}
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=env)
    assert done.stdout == "It is: Sunny in Tokyo. False\n"


def test_agents_that_run_at_once_get_their_own_replies(
    recorder: Recorder, server: OpenAIServer
) -> None:
    recorder.play("all", agent="weather")
    server.behave(Text("Plainly: fine."))
    recorder.play("new", agent="plain")
    cassette = Cassette.load(recorder.path)
    team = replaying(assemble(recorder.spec(), lazily(nobody)), cassette)

    async def both(*agents: str) -> list[str]:
        runs = [run(team, QUESTION, agent=agent) for agent in agents]
        return [done.final_output for done in await asyncio.gather(*runs)]

    assert asyncio.run(both("plain", "weather")) == ["Plainly: fine.", "It is: Sunny in Tokyo."]


def test_many_runs_at_once_replay_right(recorder: Recorder) -> None:
    cities = [f"City{n}" for n in range(20)]
    questions = [f"What's the weather in {city}?" for city in cities]
    recorder.play("all", *questions)
    team = replaying(assemble(recorder.spec(), lazily(nobody)), Cassette.load(recorder.path))

    async def all_of_them() -> list[str]:
        runs = [run(team, question) for question in reversed(questions)]
        return [done.final_output for done in await asyncio.gather(*runs)]

    assert asyncio.run(all_of_them()) == [f"It is: Sunny in {city}." for city in reversed(cities)]


def test_equal_requests_are_told_apart_by_their_order(
    recorder: Recorder, server: OpenAIServer
) -> None:
    server.behave(Text("One."), Text("Two."))
    recorder.play("all", "Count.", "Count.")
    replayed = recorder.play("none", "Count.", "Count.", "Count.")
    outputs = [event.result.final_output for event in replayed if hasattr(event, "result")]
    assert outputs == ["One.", "Two."]
    failure = error(replayed)
    assert (failure.code, failure.exit) == ("cassette-miss", 8)
    assert "has the same request of `weather` only 2 times" in failure.message


def test_a_call_without_a_result_is_a_miss(recorder: Recorder) -> None:
    recorder.play("all")
    data = yaml.safe_load(recorder.text)
    del data["exchanges"][0]["tools"]
    recorder.path.write_text(yaml.safe_dump(data))
    failure = error(recorder.play("none"))
    assert (failure.code, failure.exit) == ("cassette-miss", 8)
    said = 'has no result of get_weather({"city": "Tokyo"}) of `weather`'
    assert said in failure.message
    assert recorder.calls == ["Tokyo"]
    assert result(recorder.play("new")).final_output == "It is: Sunny in Tokyo."
    assert recorder.calls == ["Tokyo", "Tokyo"]


@pytest.mark.parametrize(
    ("tools", "calls"), [pytest.param("live", 2, id="live"), pytest.param("replay", 1, id="replay")]
)
def test_tools_can_be_called_in_a_replay(recorder: Recorder, tools: str, calls: int) -> None:
    recorded = recorder.play("all")
    assert recorder.play("none", tools=tools) == recorded
    assert len(recorder.calls) == calls
