"""Runs with more than one thing going on, recorded and replayed."""

import asyncio

import pytest

from tests.openai_server import OpenAIServer, Reply, Text
from tests.openai_server import Request as Received
from tests.openai_server import answer as usual
from tests.recording import QUESTION, Recorder, Write, nobody, result
from yamlagents import assemble, run
from yamlagents.events import ToolReturned
from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.replay import Mode, lazily, replaying
from yamlagents.runtime.runner import Approval
from yamlagents.sdk.models.choice import Models, by_name

SLOW = '''\
import asyncio


async def get_weather(city: str) -> str:
    """Get the weather in a city."""
    await asyncio.sleep(60)
    return city
'''


@pytest.fixture
def recorder(write: Write, server: OpenAIServer) -> Recorder:
    return Recorder(write, server)


def at_once(recorder: Recorder, mode: Mode, models: Models, *agents: str) -> list[str]:
    """Ask several agents the same at the same time, and give their answers."""
    cassette = Cassette.load(recorder.path)
    team = replaying(assemble(recorder.spec(), lazily(models)), cassette, mode=mode)

    async def ask() -> list[str]:
        runs = [run(team, QUESTION, agent=agent) for agent in agents]
        return [done.final_output for done in await asyncio.gather(*runs)]

    answers = asyncio.run(ask())
    if cassette.changed:
        cassette.save()
    return answers


def slow_for_the_plain(request: Received) -> Reply:
    """Tell the agents apart, and let the one that is asked first be answered last."""
    messages = request.body["messages"]
    if "plainly" not in str(messages[0]["content"]):
        return usual(request)
    reply = Text("Plainly: fine.")(request)
    return Reply(reply.parts, headers=reply.headers, pause=0.3)


def test_what_is_recorded_at_once_is_replayed_in_any_order(
    recorder: Recorder, server: OpenAIServer
) -> None:
    server.behave(slow_for_the_plain)
    plain, haiku = "Plainly: fine.", "It is: Sunny in Tokyo."
    assert at_once(recorder, "all", by_name, "plain", "weather") == [plain, haiku]
    agents = [exchange.request.agent for exchange in Cassette.load(recorder.path).exchanges]
    assert sorted(agents) == ["plain", "weather", "weather"]
    assert at_once(recorder, "none", nobody, "weather", "plain") == [haiku, plain]


def test_equal_runs_at_once_are_recorded_one_by_one(
    recorder: Recorder, server: OpenAIServer
) -> None:
    recorded = at_once(recorder, "all", by_name, "weather", "weather", "weather")
    assert len(Cassette.load(recorder.path).exchanges) == len(server.requests) == 6
    assert at_once(recorder, "none", nobody, "weather", "weather", "weather") == recorded
    assert recorder.calls == ["Tokyo"] * 3


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
def test_a_tool_that_takes_too_long_does_so_alike(recorder: Recorder, streamed: bool) -> None:
    recorder.retool(SLOW)
    recorder.edit(
        "      - ./tools_2.py:get_weather",
        "      - {function: ./tools_2.py:get_weather, timeout: 0.05}",
    )
    recorded = recorder.play("all", streamed=streamed)
    (returned,) = [event for event in recorded if isinstance(event, ToolReturned)]
    assert returned.error == "timed out after 0.05 seconds"
    assert recorder.play("none", streamed=streamed) == recorded


@pytest.mark.parametrize("yes", [True, False], ids=["approved", "rejected"])
def test_an_approval_is_asked_for_in_a_replay_too(recorder: Recorder, yes: bool) -> None:
    tool = "{function: ./tools.py:get_weather, needs_approval: true}"
    recorder.edit("      - ./tools.py:get_weather", f"      - {tool}")
    asked: list[Approval] = []

    def approve(approval: Approval) -> bool:
        asked.append(approval)
        return yes

    answers = []
    modes: tuple[Mode, ...] = ("all", "none")
    for mode in modes:
        cassette = Cassette.load(recorder.path)
        team = replaying(assemble(recorder.spec(), lazily()), cassette, mode=mode)
        answers.append(asyncio.run(run(team, QUESTION, approve=approve)).final_output)
        cassette.save()
    assert answers[0] == answers[1]
    assert asked == [Approval("weather", "get_weather", '{"city": "Tokyo"}')] * 2
    assert recorder.calls == (["Tokyo"] if yes else [])


def test_a_history_goes_on_where_it_was(recorder: Recorder) -> None:
    def twice(mode: Mode) -> str:
        cassette = Cassette.load(recorder.path)
        team = replaying(assemble(recorder.spec(), lazily()), cassette, mode=mode)
        first = asyncio.run(run(team, QUESTION))
        second = asyncio.run(run(team, "And there, in Oslo?", history=first.history))
        if cassette.changed:
            cassette.save()
        return str(second.final_output)

    assert twice("all") == twice("none") == "It is: Sunny in Oslo."
    assert recorder.text.count("continues: ") == 3


def test_a_result_is_that_of_the_recording(recorder: Recorder) -> None:
    recorded = result(recorder.play("all"))
    recorder.retool(SLOW)
    assert result(recorder.play("none")).tool_calls == recorded.tool_calls
