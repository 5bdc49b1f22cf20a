import json
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPMessage, IncompleteRead, RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest

from tests.openai_faults import (
    BrokenJson,
    CutStream,
    EmptyChoices,
    EndEarly,
    ErrorEvent,
    Hang,
    LengthFinish,
    NoUsage,
    Refusal,
    Status,
    closed_port,
)
from tests.openai_server import HELLO, Behaviour, OpenAIServer, Text, ToolCall

SCRIPT = Path(__file__).with_name("openai_server.py")
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": CITY}}
ASKED = {"role": "user", "content": "How is the weather in sunny Oslo?"}
TOLD = {"role": "tool", "tool_call_id": "call_1", "content": "rain"}
WITH_USAGE = {"stream": True, "stream_options": {"include_usage": True}}


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


def connect(base_url: str) -> HTTPConnection:
    return HTTPConnection(base_url.split("/")[2], timeout=10)


def send(connection: HTTPConnection, **body: Any) -> None:
    given = {"model": "gpt", "messages": [ASKED], **body}
    connection.request("POST", "/v1/chat/completions", json.dumps(given))


def post(base_url: str, **body: Any) -> tuple[int, HTTPMessage, str]:
    """The status, the headers and the body as text."""
    connection = connect(base_url)
    try:
        send(connection, **body)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


def join(stream: str) -> dict[str, Any]:
    """What a client makes of a stream: the joined deltas, the finish reason, the usage."""
    *lines, last = stream.removesuffix("\n\n").split("\n\n")
    assert last == "data: [DONE]"
    seen: dict[str, Any] = {"content": "", "refusal": "", "arguments": "", "finish_reason": None}
    for chunk in [json.loads(line.removeprefix("data: ")) for line in lines]:
        seen["usage"] = (chunk.get("usage") or {}).get("total_tokens")
        for choice in chunk["choices"]:
            for key in ("content", "refusal"):
                seen[key] += choice["delta"].get(key, "")
            for call in choice["delta"].get("tool_calls", []):
                seen["arguments"] += call["function"]["arguments"]
            seen["finish_reason"] = choice["finish_reason"]
    return seen


def test_a_tool_is_called_and_its_result_repeated(server: OpenAIServer) -> None:
    first = json.loads(post(server.base_url, tools=[TOOL])[2])
    call = first["choices"][0]["message"]["tool_calls"][0]
    second = json.loads(post(server.base_url, tools=[TOOL], messages=[ASKED, TOLD])[2])
    assert call["function"] == {"name": "get_weather", "arguments": '{"city": "Oslo"}'}
    assert first["choices"][0]["finish_reason"] == "tool_calls"
    assert second["choices"][0]["message"]["content"] == "It is: rain"
    assert second["usage"]["total_tokens"] == 18
    assert [len(request.body["messages"]) for request in server.requests] == [1, 2]


@pytest.mark.parametrize(
    ("behaviour", "key", "said", "reason"),
    [
        pytest.param(Text("two  words "), "content", "two  words ", "stop", id="text"),
        pytest.param(ToolCall("f", "{ no"), "arguments", "{ no", "tool_calls", id="tool-call"),
        pytest.param(LengthFinish("cut"), "content", "cut", "length", id="length"),
        pytest.param(Refusal("no"), "refusal", "no", "stop", id="refusal"),
        pytest.param(EndEarly("half"), "content", "half", None, id="end-early"),
        pytest.param(EmptyChoices(), "content", "", None, id="empty-choices"),
    ],
)
def test_streams_end_in_order(
    server: OpenAIServer, behaviour: Behaviour, key: str, said: str, reason: str | None
) -> None:
    server.behave(behaviour)
    seen = join(post(server.base_url, stream=True)[2])
    assert (seen[key], seen["finish_reason"]) == (said, reason)


def test_a_stream_tells_its_usage_only_when_asked(server: OpenAIServer) -> None:
    server.behave(Text(), Text(), NoUsage())
    bodies: list[dict[str, Any]] = [{"stream": True}, WITH_USAGE, WITH_USAGE]
    streams = [join(post(server.base_url, **body)[2]) for body in bodies]
    assert [stream["usage"] for stream in streams] == [None, 18, None]
    assert [stream["content"] for stream in streams] == [HELLO] * 3


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
def test_errors_carry_status_headers_and_message(server: OpenAIServer, stream: bool) -> None:
    server.behave(Status(429, "Slow down.", {"retry-after": "1"}), Text())
    status, headers, body = post(server.base_url, stream=stream)
    error = json.loads(body)["error"]
    assert (status, headers["retry-after"]) == (429, "1")
    assert (error["message"], error["code"]) == ("Slow down.", "rate_limit_exceeded")
    assert post(server.base_url, stream=stream)[0] == 200


@pytest.mark.parametrize(
    ("stream", "received"), [(True, b"Hello "), (False, b'{"id"')], ids=["stream", "whole"]
)
def test_a_cut_connection_is_seen_as_cut(
    server: OpenAIServer, stream: bool, received: bytes
) -> None:
    server.behave(CutStream(after=2))
    with pytest.raises(IncompleteRead) as caught:
        post(server.base_url, stream=stream)
    assert received in caught.value.partial
    assert b'finish_reason": "' not in caught.value.partial


@pytest.mark.parametrize(
    ("behaviour", "last"),
    [
        pytest.param(BrokenJson(), '"chatcmpl-1", "cho', id="broken-json"),
        pytest.param(ErrorEvent("Out of luck."), '"Out of luck."', id="error-event"),
    ],
)
def test_bad_data_follows_good_chunks(
    server: OpenAIServer, behaviour: Behaviour, last: str
) -> None:
    server.behave(behaviour)
    *good, bad = post(server.base_url, stream=True)[2].removesuffix("\n\n").split("\n\n")
    assert [json.loads(line[6:])["object"] for line in good] == ["chat.completion.chunk"] * 2
    assert last in bad


def test_closing_ends_a_hanging_request() -> None:
    with OpenAIServer() as server:
        server.behave(Hang(60))
        connection = connect(server.base_url)
        send(connection)
        while not server.requests:
            time.sleep(0.01)
    with pytest.raises(RemoteDisconnected):
        connection.getresponse()
    connection.close()


def test_the_script_prints_its_base_url_and_serves() -> None:
    command = [sys.executable, str(SCRIPT), "--port", str(closed_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            base_url = process.stdout.readline().strip()
            status, _, body = post(base_url)
        finally:
            process.terminate()
    assert base_url == f"http://127.0.0.1:{command[-1]}/v1"
    assert (status, json.loads(body)["choices"][0]["message"]["content"]) == (200, HELLO)
    assert process.returncode == 0
