"""Behaviours of the test server that go wrong the way providers do."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.openai_server import HELLO, USAGE, Behaviour, Reply, Request, Text, envelope, event, say

CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}


def closed_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Status:
    """An HTTP error with the body that OpenAI sends; `headers` may hold retry-after."""

    status: int
    message: str = "The server says no."
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, request: Request) -> Reply:
        body = json.dumps(error_body(self.status, self.message)).encode()
        return Reply((body,), status=self.status, headers=self.headers)


@dataclass(frozen=True)
class Hang:
    """Silence for some seconds (streamed: after n chunks), then `then`; closing ends it."""

    seconds: float
    after: int = 0
    then: Behaviour = field(default_factory=Text)

    def __call__(self, request: Request) -> Reply:
        before = self.after if request.streams else 0
        return replace(self.then(request), pause=self.seconds, pause_before=before)


@dataclass(frozen=True)
class CutStream:
    """The connection closes after n chunks (not streamed: in the middle of the body)."""

    after: int = 2
    text: str = HELLO

    def __call__(self, request: Request) -> Reply:
        return Reply(begin(request, self.after, self.text), cut=True)


@dataclass(frozen=True)
class EndEarly:
    """A proper end, [DONE] included, that never gave a finish_reason."""

    text: str = HELLO

    def __call__(self, request: Request) -> Reply:
        return say(request, {"content": self.text}, None)


@dataclass(frozen=True)
class BrokenJson:
    """After n chunks a data line that is not JSON (not streamed: half a body), status 200."""

    after: int = 2

    def __call__(self, request: Request) -> Reply:
        parts = begin(request, self.after, HELLO)
        return Reply((*parts, b'data: {"id": "chatcmpl-1", "cho\n\n') if request.streams else parts)


@dataclass(frozen=True)
class ErrorEvent:
    """After n chunks an error object as data (not streamed: as the body), status 200."""

    message: str = "The server had an error."
    after: int = 2

    def __call__(self, request: Request) -> Reply:
        error = error_body(500, self.message)
        if request.streams:
            return Reply((*begin(request, self.after, HELLO), event(error)))
        return Reply((json.dumps(error).encode(),))


@dataclass(frozen=True)
class EmptyChoices:
    """A reply whose `choices` is an empty list."""

    def __call__(self, request: Request) -> Reply:
        if request.streams:
            return Reply((event(envelope(request)), b"data: [DONE]\n\n"))
        return Reply((json.dumps({**envelope(request), "usage": USAGE}).encode(),))


@dataclass(frozen=True)
class LengthFinish:
    """A text that stopped at the token limit."""

    text: str = HELLO

    def __call__(self, request: Request) -> Reply:
        return say(request, {"content": self.text}, "length")


@dataclass(frozen=True)
class Refusal:
    """A message with a `refusal` and no content."""

    text: str = "I cannot help with that."

    def __call__(self, request: Request) -> Reply:
        return say(request, {"refusal": self.text})


@dataclass(frozen=True)
class NoUsage:
    """A text answer without usage, even where the request asks for it."""

    text: str = HELLO

    def __call__(self, request: Request) -> Reply:
        return say(request, {"content": self.text}, usage=False)


def error_body(status: int, message: str) -> dict[str, Any]:
    kind = "server_error" if status >= 500 else "invalid_request_error"
    error = {"message": message, "type": kind, "param": None, "code": CODES.get(status)}
    return {"error": error}


def begin(request: Request, chunks: int, text: str) -> tuple[bytes, ...]:
    """The first chunks of a streamed text, its end never among them, or half a whole body."""
    parts = say(request, {"content": text}, None, usage=False).parts
    return parts[:-1][:chunks] if request.streams else (parts[0][: len(parts[0]) // 2],)
