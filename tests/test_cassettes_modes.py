"""What is recorded, when, and what is forgotten again."""

import asyncio

import pytest
import yaml

from tests.openai_faults import Status
from tests.openai_server import OpenAIServer, Text
from tests.recording import QUESTION, Recorder, Write, error, nobody, result
from yamlagents import assemble, run
from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.replay import Mode, lazily, replaying


@pytest.fixture
def recorder(write: Write, server: OpenAIServer) -> Recorder:
    return Recorder(write, server)


@pytest.mark.parametrize(
    ("mode", "requests"),
    [
        pytest.param("none", 0, id="none"),
        pytest.param("once", 0, id="once"),
        pytest.param("new", 0, id="new"),
        pytest.param("all", 2, id="all"),
    ],
)
def test_modes_with_a_recording(
    recorder: Recorder, server: OpenAIServer, mode: Mode, requests: int
) -> None:
    recorded = recorder.play("all")
    before = len(server.requests)
    assert recorder.play(mode) == recorded
    assert len(server.requests) - before == requests


@pytest.mark.parametrize(
    ("mode", "requests"),
    [
        pytest.param("none", 0, id="none"),
        pytest.param("once", 0, id="once"),
        pytest.param("new", 2, id="new"),
        pytest.param("all", 2, id="all"),
    ],
)
def test_modes_with_another_recording(
    recorder: Recorder, server: OpenAIServer, mode: Mode, requests: int
) -> None:
    recorder.play("all", "Hello there, Oslo")
    before = len(server.requests)
    events = recorder.play(mode)
    assert len(server.requests) - before == requests
    if requests:
        assert result(events).final_output == "It is: Sunny in Tokyo."
    else:
        assert error(events).code == "cassette-stale"


@pytest.mark.parametrize("mode", ["once", "new", "all"])
def test_modes_without_a_recording_record(recorder: Recorder, mode: Mode) -> None:
    recorded = recorder.play(mode)
    assert recorder.play("none") == recorded


def test_without_a_recording_none_is_a_miss(recorder: Recorder, server: OpenAIServer) -> None:
    failure = error(recorder.play("none", case='say "hi"'))
    assert (failure.code, failure.exit) == ("cassette-miss", 8)
    assert "there is no cassette" in failure.message
    assert failure.hint is not None
    assert failure.hint.endswith('team.yaml -k "say \\"hi\\"" --record')
    assert (server.requests, recorder.path.exists()) == ([], False)


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
def test_a_request_that_failed_is_not_recorded(
    recorder: Recorder, server: OpenAIServer, streamed: bool
) -> None:
    recorder.edit("{temperature: 0.2}", "{retry: {max_retries: 1, backoff: {initial_delay: 0.01}}}")
    server.behave(Status(500), Text("At last."))
    recorded = recorder.play("all", streamed=streamed)
    assert result(recorded).final_output == "At last."
    assert len(server.requests) == 2
    assert len(yaml.safe_load(recorder.text)["exchanges"]) == 1
    assert result(recorder.play("none", streamed=streamed)).final_output == "At last."


def test_what_is_not_asked_for_any_more_can_be_pruned(recorder: Recorder) -> None:
    recorder.play("all", "Hello there, Oslo", QUESTION)
    cassette = Cassette.load(recorder.path)
    team = replaying(assemble(recorder.spec(), lazily(nobody)), cassette)
    assert len(cassette.unused) == 4
    asyncio.run(run(team, QUESTION))
    assert (len(cassette.unused), cassette.prune(), len(cassette.exchanges)) == (2, 2, 2)
    cassette.save()
    assert result(recorder.play("none")).final_output == "It is: Sunny in Tokyo."
