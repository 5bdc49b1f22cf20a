"""A local OpenAI-compatible server for tests; the ways it goes wrong are in openai_faults."""

from __future__ import annotations

import argparse
import json
import re
import signal
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import chain, repeat, takewhile
from typing import Any

PATH = "/v1/chat/completions"
HELLO = "Hello from the server."
USAGE: dict[str, Any] = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
USAGE["prompt_tokens_details"] = {"cached_tokens": 3}
USAGE["completion_tokens_details"] = {"reasoning_tokens": 2}
BY_TYPE: dict[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}
WORD = re.compile(r"\s*\S+\s*")


@dataclass(frozen=True)
class Request:
    """One POST as it arrived; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))


@dataclass(frozen=True)
class Reply:
    """What goes over the wire: a head, the parts in order, then a proper end unless `cut`."""

    parts: tuple[bytes, ...]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    pause: float = 0.0  # seconds, before the part at index `pause_before`
    pause_before: int = 0


Behaviour = Callable[[Request], Reply]


@dataclass(frozen=True)
class Text:
    """A text answer, streamed word by word."""

    text: str = HELLO

    def __call__(self, request: Request) -> Reply:
        return say(request, {"content": self.text})


@dataclass(frozen=True)
class ToolCall:
    """A call of one tool; arguments given as text are sent as they are, valid JSON or not."""

    name: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict)

    def __call__(self, request: Request) -> Reply:
        text = self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)
        # The number of messages makes an id unique in a conversation and the same in every run.
        head = {"id": f"call_{len(request.body['messages'])}", "type": "function"}
        call = {**head, "function": {"name": self.name, "arguments": text}}
        return say(request, {"tool_calls": [call]}, "tool_calls")


def answer(request: Request) -> Reply:
    """The default: call the first tool for a user's message, repeat what a tool returned."""
    messages = request.body["messages"]
    results = [*takewhile(lambda message: message["role"] == "tool", reversed(messages))]
    if results:
        return Text("It is: " + " ".join(plain(m["content"]) for m in results[::-1]))(request)
    if request.body.get("tools") and messages[-1]["role"] == "user":
        function = request.body["tools"][0]["function"]
        arguments = invent(function.get("parameters") or {}, plain(messages[-1]["content"]))
        return ToolCall(function["name"], arguments)(request)
    return Text()(request)


def plain(content: str | list[dict[str, Any]]) -> str:
    return content if isinstance(content, str) else "".join(p.get("text", "") for p in content)


def invent(schema: Mapping[str, Any], message: str) -> dict[str, Any]:
    """A value for each required property: a city from the message, else one of its type."""
    names = [w for w in re.findall(r"\w+", message.partition(" in ")[2]) if w[0].isupper()]
    values = {"city": names[0] if names else "Tokyo"}
    types = {name: rule.get("type") for name, rule in schema.get("properties", {}).items()}
    return {n: values.get(n, BY_TYPE.get(types[n], message)) for n in schema.get("required", [])}


def say(
    request: Request, message: dict[str, Any], finish: str | None = "stop", *, usage: bool = True
) -> Reply:
    """The assistant's message as a whole completion, or as the chunks of a stream."""
    if not request.streams:
        whole = {"role": "assistant", "content": None, **message}
        body = envelope(request, {"index": 0, "message": whole, "finish_reason": finish})
        return Reply((json.dumps({**body, "usage": USAGE} if usage else body).encode(),))
    steps: list[tuple[dict[str, Any], str | None]] = [(delta, None) for delta in deltas(message)]
    steps += [({}, finish)] if finish else []
    chunks = [envelope(request, {"index": 0, "delta": d, "finish_reason": f}) for d, f in steps]
    if usage and (request.body.get("stream_options") or {}).get("include_usage"):
        chunks = [{**chunk, "usage": None} for chunk in chunks]
        chunks.append({**envelope(request), "usage": USAGE})
    return Reply((*map(event, chunks), b"data: [DONE]\n\n"))


def deltas(message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The message in the pieces that a client joins again."""
    yield {"role": "assistant", "content": ""}
    for key in ("reasoning_content", "reasoning", "content", "refusal"):
        yield from ({key: word} for word in WORD.findall(message.get(key) or ""))
    for index, call in enumerate(message.get("tool_calls", ())):
        opening = {**call, "function": {**call["function"], "arguments": ""}}
        yield {"tool_calls": [{"index": index, **opening}]}
        for word in WORD.findall(call["function"]["arguments"]):
            yield {"tool_calls": [{"index": index, "function": {"arguments": word}}]}


def event(data: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


def envelope(request: Request, *choices: Mapping[str, Any]) -> dict[str, Any]:
    kind = "chat.completion.chunk" if request.streams else "chat.completion"
    head = {"id": "chatcmpl-1", "object": kind, "created": 1_700_000_000}
    return {**head, "model": request.body.get("model"), "choices": list(choices)}


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    server: OpenAIServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.path, headers, body)
        reply = self.server.take(request)
        if reply is None:
            return self.send_error(404)
        streamed = request.streams and reply.status == 200
        for index, part in enumerate(reply.parts):
            if index == reply.pause_before and self.server.closing.wait(reply.pause):
                raise ConnectionAbortedError("the server closes")
            if index == 0:
                self.send_head(reply, streamed=streamed)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part) if streamed else part)
        if streamed and not reply.cut:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection |= reply.cut

    def send_head(self, reply: Reply, *, streamed: bool) -> None:
        # A cut body is one byte shorter than promised, so that the client can tell.
        length = str(sum(map(len, reply.parts)) + reply.cut)
        head = {"Content-Type": "application/json", "Content-Length": length}
        if streamed:
            head = {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"}
        self.send_response(reply.status)
        for name, value in {**head, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: what a test prints belongs to the test."""


class OpenAIServer(socketserver.ThreadingTCPServer):
    """Listens on 127.0.0.1 inside a `with` block; `requests` holds what arrived, in order."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}/v1"
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._behaviours: Iterator[Behaviour] = repeat(answer)
        self._connections: set[socket.socket] = set()

    def behave(self, *behaviours: Behaviour) -> None:
        """From the next request on: one behaviour each, the last repeats."""
        self._behaviours = chain(behaviours, repeat(behaviours[-1]))

    def take(self, request: Request) -> Reply | None:
        """Note the request; None for a path that is not the one served."""
        self.requests.append(request)
        return next(self._behaviours)(request) if request.path == PATH else None

    def __enter__(self) -> OpenAIServer:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop at once: end the pauses, cut open connections, wait for their threads."""
        self.closing.set()
        self.shutdown()
        for connection in tuple(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main() -> None:
    """Serve until a signal; the first line of output is the base URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with OpenAIServer(parser.parse_args().port) as server:
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
