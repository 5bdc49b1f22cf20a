"""Guardrails beside requests: a request that one of them stopped is stopped again in a replay."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from agents import Model, ModelResponse, Usage
from agents.testing import assistant_message
from openai.types.responses import ResponseFunctionToolCall

from tests.openai_server import OpenAIServer
from tests.recording import Recorder, Write, error, nobody, result

STREAMS = pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
CHECKS = """\
import asyncio

from agents import GuardrailFunctionOutput


def at_once(context, agent, data):
    return GuardrailFunctionOutput("quick", "Atlantis" in str(data))


async def slowly(context, agent, data):
    await asyncio.sleep(0.1)
    return at_once(context, agent, data)


async def passes(context, agent, data):
    await asyncio.sleep(0.05)
    return GuardrailFunctionOutput(None, False)
"""
BAD = "What's the weather in Atlantis?"
CHECKER = """\
  checker:
    instructions: Is it rude?
    model: big
    output_type: {type: object, properties: {rude: {type: boolean}}}
"""


@pytest.fixture
def recorder(write: Write, server: OpenAIServer) -> Recorder:
    write("checks.py", CHECKS)
    return Recorder(write, server)


def guarded(recorder: Recorder, checks: str) -> None:
    """Give the first agent guardrails."""
    recorder.edit("  weather:\n", f"  weather:\n    input_guardrails: [{checks}]\n")


HOW = {
    "at-once": "./checks.py:at_once",
    "slowly": "./checks.py:slowly",
    "beside-others": "./checks.py:passes, ./checks.py:slowly",
    "before": "{use: ./checks.py:at_once, run_in_parallel: false}",
}


@STREAMS
@pytest.mark.parametrize("checks", HOW.values(), ids=HOW)
def test_a_guardrail_stops_a_replay_as_it_did(
    recorder: Recorder, checks: str, streamed: bool
) -> None:
    guarded(recorder, checks)
    recorded = error(recorder.play("all", BAD, models=lambda _: Thinking(silent)))
    replayed = error(recorder.play("none", BAD, streamed=streamed, models=nobody))
    assert (replayed.code, replayed.message) == (recorded.code, recorded.message)
    assert (replayed.code, replayed.exit) == ("guardrail", 6)


@STREAMS
def test_a_guardrail_of_all_runs_does_too(recorder: Recorder, streamed: bool) -> None:
    text = recorder.file.read_text()
    recorder.file.write_text(text + "run: {input_guardrails: [./checks.py:slowly]}\n")
    assert error(recorder.play("all", BAD, models=lambda _: Thinking(silent))).code == "guardrail"
    failure = error(recorder.play("none", BAD, streamed=streamed, models=nobody))
    assert failure.code == "guardrail"


@STREAMS
def test_a_miss_stays_one_if_none_trips(recorder: Recorder, streamed: bool) -> None:
    guarded(recorder, "./checks.py:passes, ./checks.py:slowly")
    recorder.play("all", models=lambda _: Thinking(polite))
    failure = error(recorder.play("none", "And in Rome?", streamed=streamed, models=nobody))
    assert (failure.code, failure.exit) == ("cassette-stale", 8)


@STREAMS
def test_the_agent_of_a_guardrail_may_miss(recorder: Recorder, streamed: bool) -> None:
    """It waits for no guardrail, least of all for its own."""
    recorder.file.write_text(recorder.file.read_text() + CHECKER)
    guarded(recorder, "{agent: checker, tripwire: rude}")
    assert result(recorder.play("all", models=lambda _: Thinking(polite))).final_output
    recorder.edit("Is it rude?", "Is it very rude?")
    failure = error(recorder.play("none", streamed=streamed, models=nobody))
    assert (failure.code, failure.exit) == ("cassette-stale", 8)
    assert "instructions of `checker` changed" in failure.message


@STREAMS
def test_the_agent_of_a_guardrail_answers_from_the_recording(
    recorder: Recorder, streamed: bool
) -> None:
    recorder.file.write_text(recorder.file.read_text() + CHECKER)
    guarded(recorder, "{agent: checker, tripwire: rude}")
    assert error(recorder.play("all", models=lambda _: Thinking(rude))).code == "guardrail"
    failure = error(recorder.play("none", streamed=streamed, models=nobody))
    assert failure.code == "guardrail"


def test_runs_inside_are_told_apart(recorder: Recorder) -> None:
    """A guardrail that tripped in an agent as a tool has nothing to say of the run around."""
    guarded(recorder, "./checks.py:at_once")
    recorder.edit("  plain:\n", "  plain:\n    input_guardrails: [./checks.py:passes]\n")
    tools = "tools: [./tools.py:get_weather]\n    handoffs: [weather]"
    recorder.edit(tools, "tools: [{agent: weather}]")
    recorded = recorder.play("all", "Ask", agent="plain", models=lambda _: Thinking(asking))
    assert result(recorded).tool_calls[0].error is not None
    assert recorder.play("none", "Ask", agent="plain", models=nobody) == recorded


def test_a_guardrail_waits_for_none_of_another_run(recorder: Recorder) -> None:
    """What is missing in the run around is told, although a guardrail inside has tripped."""
    guarded(recorder, "./checks.py:at_once")
    tools = "tools: [./tools.py:get_weather]\n    handoffs: [weather]"
    recorder.edit(tools, "tools: [{agent: weather}]")
    recorder.play("all", "Ask", agent="plain", models=lambda _: Thinking(asking))
    data = yaml.safe_load(recorder.text)
    assert len(data["exchanges"]) == 2
    recorder.path.write_text(json.dumps({**data, "exchanges": data["exchanges"][:1]}))
    failure = error(recorder.play("none", "Ask", agent="plain", models=nobody))
    assert (failure.code, failure.exit) == ("cassette-stale", 8)


Answer = Callable[[str, list[Any]], "str | ResponseFunctionToolCall | None"]


def silent(told: str, items: list[Any]) -> None:
    """Never answer."""


def polite(told: str, items: list[Any]) -> str:
    return '{"rude": false}' if "rude" in told else "Hello."


def rude(told: str, items: list[Any]) -> str | None:
    return '{"rude": true}' if "rude" in told else None


def asking(told: str, items: list[Any]) -> str | ResponseFunctionToolCall | None:
    """Call the other agent, which never answers, and repeat what came of it."""
    if told.startswith("You only respond"):
        return None
    if items[-1].get("type") == "function_call_output":
        return "I asked."
    arguments = json.dumps({"input": BAD})
    return ResponseFunctionToolCall(
        call_id="c1", name="weather", arguments=arguments, type="function_call"
    )


class Thinking(Model):
    """A model that answers at once, or never."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def get_response(
        self, system_instructions: str | None, input: Any, *args: Any, **options: Any
    ) -> ModelResponse:
        items = [{"role": "user", "content": input}] if isinstance(input, str) else input
        said = self._answer(system_instructions or "", items)
        if said is None:
            await asyncio.Event().wait()
        item: Any = assistant_message(said) if isinstance(said, str) else said
        return ModelResponse([item], Usage(requests=1), None)

    def stream_response(self, *args: Any, **options: Any) -> Any:
        raise AssertionError("recordings here are made of whole replies")
