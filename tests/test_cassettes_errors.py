"""Failures of providers are recorded, so that a test that expects one is green without them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.conftest import Cli, Result
from tests.openai_faults import BrokenJson, CutStream, EmptyChoices, LengthFinish, Refusal, Status
from tests.openai_server import Behaviour, OpenAIServer, Text
from tests.recording import KEY, QUESTION, Recorder, Write, error, nobody
from yamlagents.events import RunFailed, RunFinished
from yamlagents.runtime.cassettes.replay import Mode

Tested = Callable[..., Result]

FILE = """\
agents:
  solo: {instructions: Be brief., model: openai/gpt-4.1}
tests:
  - name: full
    input: Hello
    expect: [{error: rate-limited}]
"""
RETRY = "{retry: {max_retries: 2, backoff: {initial_delay: 0.01}}}"


@pytest.fixture
def recorder(write: Write, server: OpenAIServer) -> Recorder:
    return Recorder(write, server)


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        pytest.param(Status(400), "bad-request", id="400"),
        pytest.param(Status(401), "key-refused", id="401"),
        pytest.param(Status(404), "model-not-found", id="404"),
        pytest.param(Status(429), "rate-limited", id="429"),
        pytest.param(Status(500), "provider-error", id="500"),
        pytest.param(LengthFinish(), "cut-reply", id="length"),
        pytest.param(EmptyChoices(), None, id="empty"),
        pytest.param(BrokenJson(), None, id="broken"),
        pytest.param(CutStream(), None, id="cut"),
    ],
)
def test_a_failure_is_replayed_as_it_was(
    recorder: Recorder, server: OpenAIServer, behaviour: Behaviour, code: str | None, streamed: bool
) -> None:
    server.behave(behaviour)
    recorded = error(recorder.play("all", streamed=streamed))
    server.__exit__()
    replayed = error(recorder.play("none", streamed=streamed, models=nobody))
    assert (replayed.code, replayed.message) == (recorded.code, recorded.message)
    assert (replayed.exit, replayed.hint) == (3, recorded.hint)
    assert recorded.code == code or code is None
    other = error(recorder.play("none", streamed=not streamed, models=nobody))
    assert (other.code, other.message) == (recorded.code, recorded.message)


def test_a_refusal_is_replayed(recorder: Recorder, server: OpenAIServer) -> None:
    server.behave(Refusal())
    recorded = error(recorder.play("all"))
    assert error(recorder.play("none", models=nobody)).message == recorded.message


def test_a_failure_that_was_tried_again_is_tried_once_in_a_replay(
    recorder: Recorder, server: OpenAIServer
) -> None:
    recorder.edit("{temperature: 0.2}", RETRY)
    server.behave(Status(500))
    recorded = error(recorder.play("all"))
    assert len(server.requests) == 3
    (exchange,) = yaml.safe_load(recorder.text)["exchanges"]
    assert (exchange["error"]["status"], "response" in exchange) == (500, False)
    assert error(recorder.play("none", models=nobody)).message == recorded.message


def test_a_failure_between_two_answers_is_replayed_in_its_place(
    recorder: Recorder, server: OpenAIServer
) -> None:
    server.behave(Text("One."), Status(400), Text("Three."))
    modes: tuple[Mode, ...] = ("all", "none")
    for mode in modes:
        events = recorder.play(mode, "Count.", "And on.", QUESTION)
        ends = [event for event in events if isinstance(event, RunFinished | RunFailed)]
        assert [type(end) for end in ends] == [RunFinished, RunFailed, RunFinished]
        assert "Three." in repr(ends[2])


def test_an_error_that_echoes_a_key_is_recorded_without(
    recorder: Recorder, server: OpenAIServer
) -> None:
    server.behave(Status(401, f"Incorrect API key: {KEY}"))
    recorded = error(recorder.play("all"))
    assert KEY not in recorder.text
    assert "Incorrect API key: <redacted>" in recorder.text
    assert error(recorder.play("none", models=nobody)).code == recorded.code


@pytest.fixture
def tested(cli: Cli, write: Write, server: OpenAIServer) -> Tested:
    """Run the tests, with a key if anything is to be recorded."""
    folder = write("team.yaml", FILE).parent

    def run(*argv: str) -> Result:
        env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
        return cli("test", "team.yaml", *argv, cwd=folder, env=env if argv else {})

    return run


def test_a_test_that_expects_an_error_is_green_from_its_cassette(
    tested: Tested, server: OpenAIServer
) -> None:
    server.behave(Status(429))
    assert tested("--record").code == 0
    server.__exit__()
    assert tested().code == 0


def test_an_error_that_no_test_expects_is_not_recorded(
    tested: Tested, server: OpenAIServer, tmp_path: Path
) -> None:
    server.behave(Status(500))
    assert tested("--record").code == 1
    assert not (tmp_path / "cassettes").exists()


def test_new_asks_again_only_for_what_is_missing(tested: Tested, server: OpenAIServer) -> None:
    server.behave(Status(429))
    tested("--record")
    asked = len(server.requests)
    assert tested("--record-mode", "new").code == 0
    assert len(server.requests) == asked
