"""Secrets never reach a cassette."""

import base64
from typing import Any

import pytest

from tests.openai_server import OpenAIServer, Text, ToolCall
from tests.recording import KEY, Recorder, Write, error, result
from yamlagents.runtime.redaction import Redaction

CANARY = "canary-7f3a91c2/e=5"
ECHO = '''\
import os


def get_weather(city: str, password: str = "") -> str:
    """Get the weather in a city."""
    return "the token is " + os.environ["SERVICE_TOKEN"] if city else city
'''


@pytest.fixture
def recorder(write: Write, server: OpenAIServer) -> Recorder:
    return Recorder(write, server)


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
def test_a_canary_is_nowhere(
    recorder: Recorder, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, streamed: bool
) -> None:
    recorder.retool(ECHO)
    header = 'settings: {extra_headers: {X-Api-Key: "${SERVICE_TOKEN:-none}", X-Team: blue}}'
    recorder.edit("settings: {temperature: 0.2}", header)
    recorder.edit("Say it plainly.", "Say ${SERVICE_TOKEN:-it}.")
    arguments = {"city": f"{CANARY} in Oslo", "password": "hunter22"}
    server.behave(ToolCall("get_weather", arguments), Text(f"It is {CANARY}, {KEY}."))
    monkeypatch.setenv("SERVICE_TOKEN", CANARY)
    asked = f"Is {CANARY} right?"
    recorded = result(recorder.play("all", asked, agent="plain", streamed=streamed))
    assert recorded.final_output == f"It is {CANARY}, {KEY}."
    text = recorder.text
    assert [secret for secret in (CANARY, "7f3a91c2", "hunter22", KEY) if secret in text] == []
    assert text.count("<redacted>") >= 7
    assert "X-Team: blue" in text
    replayed = result(recorder.play("none", asked, agent="plain", streamed=streamed))
    assert replayed.final_output == "It is <redacted>, <redacted>."


def test_a_replay_hits_without_the_variable(
    recorder: Recorder, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.behave(ToolCall("get_weather", {"city": CANARY}), Text("Yes."))
    with monkeypatch.context() as patch:
        patch.setenv("SERVICE_TOKEN", CANARY)
        recorder.play("all", f"Is {CANARY} right?")
    assert CANARY not in recorder.text
    assert result(recorder.play("none", f"Is {CANARY} right?")).final_output == "Yes."
    for changed in (f"Is {CANARY} wrong?", f"Is {CANARY} not right?", "Is right?"):
        assert error(recorder.play("none", changed)).code == "cassette-stale"


def test_a_replay_hits_with_a_new_variable(
    recorder: Recorder, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.behave(Text("Yes."))
    recorder.play("all", "Is production right?")
    monkeypatch.setenv("SECRET_STAGE", "production")
    assert result(recorder.play("none", "Is production right?")).final_output == "Yes."
    assert error(recorder.play("none", "Is production wrong?")).code == "cassette-stale"


@pytest.mark.parametrize(
    "text",
    [
        "sk-" + "a1B2" * 6,
        "ghp_" + "a1B2" * 6,
        "AKIA" + "ABCD" * 4,
        "AIza" + "a1B2" * 9,
        "Bearer " + "a1B2" * 6,
        "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
    ],
    ids=["openai", "github", "aws", "google", "bearer", "pem"],
)
def test_well_known_shapes_are_redacted(recorder: Recorder, text: str) -> None:
    redact = Redaction(recorder.spec(), {})
    said = redact.text(f"It is {text}")
    assert said in ("It is <redacted>", "It is Bearer <redacted>")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param({"api_key": "abc", "n": 1}, {"api_key": "<redacted>", "n": 1}, id="key"),
        pytest.param({"max_tokens": "12"}, {"max_tokens": "12"}, id="not a key"),
        pytest.param({"token": {"type": "string"}}, {"token": {"type": "string"}}, id="schema"),
        pytest.param(["x hunter2-long y"], ["x <redacted> y"], id="value"),
        pytest.param({"hunter2-long": True}, {"<redacted>": True}, id="name"),
        pytest.param(base64.b64encode(b"hunter2-long").decode(), "<redacted>", id="base64"),
        pytest.param(1234567, "<redacted>", id="number"),
        pytest.param("tiny /usr/bin/x", "tiny /usr/bin/x", id="short or a path"),
        pytest.param([None, True, 1.5], [None, True, 1.5], id="other"),
        pytest.param("by Jane Smith", "by Jane Smith", id="author"),
    ],
)
def test_values_of_secret_variables_are_redacted(recorder: Recorder, data: Any, said: Any) -> None:
    environ = {"DB_PASSWORD": "hunter2-long", "A_KEY": "tiny", "AUTH_PATH": "/usr/bin/x"}
    redact = Redaction(
        recorder.spec(), {**environ, "PIN_SECRET": "1234567", "GIT_AUTHOR_NAME": "Jane Smith"}
    )
    assert redact(data) == said
