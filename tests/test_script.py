"""Scripts: a test's own answers, in order."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.conftest import ROOT
from tests.recording import Write, error, result
from yamlagents import assemble, load, stream
from yamlagents.events import Event, HandedOff, TextDelta, ToolReturned
from yamlagents.runtime.script import Script
from yamlagents.spec.cases.records import ScriptCall, ScriptStep
from yamlagents.spec.problem import Place, Source

HERE = Place(Source("case.yaml", ""), 1, 1, 1, 1)
SUPPORT = ROOT / "agents.d" / "support.yaml"
WEATHER = ROOT / "agents.d" / "weather.yaml"


def say(text: str) -> ScriptStep:
    return ScriptStep(HERE, text=text)


def call(*cities: str) -> ScriptStep:
    return ScriptStep(
        HERE,
        tool_calls=tuple(ScriptCall("get_weather", MappingProxyType({"city": c})) for c in cities),
    )


def play(file: Path, script: Script, *, streamed: bool = False) -> list[Event]:
    async def run() -> list[Event]:
        team = assemble(load(file), lambda _: script.model())
        return [event async for event in stream(team, "Hello?", streamed=streamed)]

    return asyncio.run(run())


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
def test_steps_are_answered_in_order(streamed: bool) -> None:
    script = Script([call("Tokyo", "Oslo"), say("Both are sunny.")])
    events = play(WEATHER, script, streamed=streamed)
    outputs = [event.output for event in events if isinstance(event, ToolReturned)]
    deltas = [event.text for event in events if isinstance(event, TextDelta)]
    assert outputs == ["The weather in Tokyo is sunny.", "The weather in Oslo is sunny."]
    assert (result(events).final_output, result(events).turns) == ("Both are sunny.", 2)
    assert "".join(deltas) == ("Both are sunny." if streamed else "")
    assert script.unused == ()


def test_usage_is_counted_as_the_offline_model_counts() -> None:
    usage = result(play(WEATHER, Script([say("It is 5.")]))).usage
    # "You only respond in haikus." + "Hello?" + "get_weather", and "It is 5."
    assert (usage.requests, usage.input_tokens, usage.output_tokens) == (1, 6 + 2 + 1, 4)
    assert usage.total_tokens == 13


@pytest.mark.parametrize("key", ["refunds", "Refund desk"], ids=["key", "name"])
def test_a_handoff_names_an_agent_and_all_agents_share_the_steps(write: Write, key: str) -> None:
    agent = "    model: openai/gpt-4.1\n    instructions: Help.\n"
    refunds = f"  refunds:\n{agent}    name: Refund desk\n"
    file = write("team.yaml", f"agents:\n  triage:\n{agent}    handoffs: [refunds]\n{refunds}")
    names = {"triage": "triage", "refunds": "Refund desk"}
    script = Script([ScriptStep(HERE, handoff=key), say("Refunded.")], names=names)
    events = play(file, script)
    assert HandedOff("triage", "Refund desk") in events
    assert (result(events).last_agent, result(events).final_output) == ("Refund desk", "Refunded.")


def test_a_handoff_that_the_agent_does_not_have_fails_the_request() -> None:
    failure = error(play(SUPPORT, Script([ScriptStep(HERE, handoff="nobody")])))
    assert (failure.code, failure.exit) == ("script-handoff", 3)
    said = (
        "step 1 of the script hands off to 'nobody', but the agent at work hands off to 'refunds'"
    )
    assert said in failure.message


def test_structured_output_is_said_as_json() -> None:
    events = play(WEATHER, Script([ScriptStep(HERE, output={"city": "Zürich", "sunny": True})]))
    assert result(events).final_output == '{"city":"Zürich","sunny":true}'


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
def test_an_error_fails_the_request(streamed: bool) -> None:
    script = Script([call("Oslo"), ScriptStep(HERE, error="the server is full"), say("never")])
    failure = error(play(WEATHER, script, streamed=streamed))
    assert (failure.code, failure.exit) == ("script-error", 3)
    assert "the server is full" in failure.message
    assert failure.result is not None
    assert [call.name for call in failure.result.tool_calls] == ["get_weather"]
    assert [step.text for step in script.unused] == ["never"]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        pytest.param([], "has 0 steps, and the model was asked once more: 'Hello?'", id="0"),
        pytest.param([call("Oslo")], "the script has 1 step, and the model was asked once", id="1"),
        pytest.param([call("Oslo")], "'The weather in Oslo is sunny.'", id="tool"),
    ],
)
def test_a_request_beyond_the_script_fails(steps: Sequence[ScriptStep], said: str) -> None:
    failure = error(play(WEATHER, Script(steps)))
    assert (failure.code, failure.exit) == ("script-exhausted", 3)
    assert said in failure.message
