"""Recordings of agents with fallbacks: who answered and who failed are told again as they were."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from tests.openai_faults import Hang, Status
from tests.openai_server import Behaviour, OpenAIServer, Text, ToolCall
from tests.recording import Recorder, Write, error, nobody, result
from yamlagents import RunError, Spec, load
from yamlagents.events import Event, FellBack, ModelReplied

MODELS = """\
models:
  big:
    model: openai/gpt-4.1
    settings: {retry: {max_retries: 0}}
    fallbacks: [second, keyless, third]
  second: {model: openai/gpt-4.1-mini, settings: {retry: {max_retries: 0}}}
  keyless: {model: openai/gpt-4o, api_key: "${UNSET_HERE}"}
  third: {model: openai/gpt-4.1-nano, pricing: {input: 10, output: 10}}
agents:
"""
LIMITED = Status(429, "slow down, sk-abcdefghijklmnop1234567890")


class Falling(Recorder):
    """A recorder whose team falls back."""

    def __init__(self, write: Write, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(write, server)
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "local-key-0123456789")
        rest = self.file.read_text().partition("agents:\n")[2]
        self.file.write_text(MODELS + rest)

    def spec(self) -> Spec:
        return load(self.file)


@pytest.fixture
def recorder(write: Write, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> Falling:
    return Falling(write, server, monkeypatch)


def told(events: list[Event]) -> list[Any]:
    """Give what events tell of who was asked, without times of a failure's own."""
    return [event for event in events if isinstance(event, FellBack | ModelReplied)]


WAYS: dict[str, tuple[tuple[Behaviour, ...], list[str]]] = {
    "second": ((LIMITED, Text()), ["openai/gpt-4.1-mini"]),
    "third": ((Status(500), LIMITED, Text()), ["openai/gpt-4.1-nano"]),
    "first": ((Text(),), ["openai/gpt-4.1"]),
    "each-request": (
        (Status(500), ToolCall("get_weather", {"city": "Oslo"}), Text()),
        ["openai/gpt-4.1-mini", "openai/gpt-4.1"],
    ),
}


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize(("behaviours", "answered"), WAYS.values(), ids=WAYS)
def test_a_replay_tells_the_same(
    recorder: Falling, server: OpenAIServer, behaviours: Any, answered: list[str], streamed: bool
) -> None:
    server.behave(*behaviours)
    recorded = recorder.play("all", streamed=streamed)
    server.__exit__()
    replayed = recorder.play("none", streamed=streamed, models=nobody)
    assert redacted(told(replayed)) == redacted(told(recorded))
    assert [one.model for one in told(replayed) if isinstance(one, ModelReplied)] == answered
    assert result(replayed).model == answered[-1]
    assert result(replayed).cost == result(recorded).cost
    assert "sk-abc" not in recorder.text


def redacted(events: list[Any]) -> str:
    """Give events as text in which whatever stands for a secret is the same."""
    return re.sub(r"\*\*\*|<redacted>", "X", str(events))


def test_a_failure_of_all_is_replayed(recorder: Falling, server: OpenAIServer) -> None:
    server.behave(LIMITED, Status(500), Status(503))
    recorded = recorder.play("all")
    server.__exit__()
    replayed = recorder.play("none", models=nobody)
    assert error(replayed).exit == 3
    assert "so did openai/gpt-4.1 (too many requests" in error(replayed).message
    assert "openai/gpt-4o (UNSET_HERE is not set)" in error(replayed).message
    said = [
        redacted([(one.code, one.message, one.hint)]) for one in map(error, (recorded, replayed))
    ]
    assert said[0] == said[1]
    assert redacted(told(replayed)) == redacted(told(recorded))


def test_a_timeout_of_the_first_is_told_again(recorder: Falling, server: OpenAIServer) -> None:
    recorder.edit("{max_retries: 0}}\n    fall", "{max_retries: 0}, timeout: 0.3}\n    fall")
    server.behave(lambda asked: (Hang(30) if asked.body["model"] == "gpt-4.1" else Text())(asked))
    recorded = recorder.play("all")
    replayed = recorder.play("none", models=nobody)
    assert told(replayed) == told(recorded)
    assert [one.code for one in told(replayed) if isinstance(one, FellBack)] == ["model-timeout"]


def test_a_recording_of_before_names_the_first(recorder: Falling, server: OpenAIServer) -> None:
    server.behave(LIMITED, Text())
    recorder.play("all")
    data = yaml.safe_load(recorder.text)
    for exchange in data["exchanges"]:
        del exchange["failed"], exchange["model"]
    recorder.path.write_text(json.dumps(data))
    replayed = recorder.play("none", models=nobody)
    assert [type(one) for one in told(replayed)] == [ModelReplied]
    assert result(replayed).model == "openai/gpt-4.1"


def test_a_fallback_that_is_gone_is_told(recorder: Falling, server: OpenAIServer) -> None:
    server.behave(LIMITED, Text())
    recorder.play("all")
    recorder.edit("[second, keyless, third]", "[third]")
    failure = error(recorder.play("none", models=nobody))
    assert (failure.code, failure.exit) == ("cassette-stale", 8)
    said = f"`weather` does not fall back to openai/gpt-4.1-mini any more at {recorder.file}:3"
    assert failure.message.endswith(said)


def test_a_budget_of_requests_counts_those_that_failed(
    recorder: Falling, server: OpenAIServer
) -> None:
    server.behave(LIMITED, Text())
    recorder.play("all")
    recorder.file.write_text(recorder.file.read_text() + "run: {budget: {requests: 1}}\n")
    assert error(recorder.play("none", models=nobody)).code == "budget-exceeded"


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "alone": ({"failed": []}, "'model' is the one that was asked after those in 'failed'"),
    "unknown": ({"failed": [{"model": "m", "cod": "x"}]}, "'cod' is unknown here"),
    "kind": ({"failed": [{"model": "m", "code": "x", "reason": 1}]}, "'reason' is not text"),
    "reason": ({"failed": [{"model": "m", "code": "x"}]}, "'reason' is missing"),
}


@pytest.mark.parametrize(("change", "said"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_failure_is_refused(
    recorder: Falling, server: OpenAIServer, change: dict[str, Any], said: str
) -> None:
    server.behave(LIMITED, Text())
    recorder.play("all")
    data = yaml.safe_load(recorder.text)
    data["exchanges"][0] |= change
    recorder.path.write_text(json.dumps(data))
    with pytest.raises(RunError, match=re.escape(said)) as failure:
        recorder.play("none", models=nobody)
    assert failure.value.code == "cassette-unreadable"
