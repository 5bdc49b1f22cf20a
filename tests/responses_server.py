"""The local server of OpenAI's Responses API: the same HTTP, other shapes and other faults."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.openai_server import HELLO, WORD, Behaviour, OpenAIServer, Reply, Request, invent, plain

PATH = "/v1/responses"
USAGE: dict[str, Any] = {"input_tokens": 11, "output_tokens": 7, "total_tokens": 18}
USAGE["input_tokens_details"] = {"cached_tokens": 3, "cache_write_tokens": 0}
USAGE["output_tokens_details"] = {"reasoning_tokens": 2}


@dataclass(frozen=True)
class Text:
    """A text answer, streamed word by word; `before` are items that come ahead of it."""

    text: str = HELLO
    before: tuple[Mapping[str, Any], ...] = ()

    def __call__(self, request: Request) -> Reply:
        return say(request, *self.before, message({"type": "output_text", "text": self.text}))


@dataclass(frozen=True)
class Call:
    """A call of one function tool, or of a local tool of another `type`."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, request: Request) -> Reply:
        number = len(request.body["input"])
        call = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}"}
        return say(request, {**call, "name": self.name, "arguments": json.dumps(self.arguments)})


@dataclass(frozen=True)
class Items:
    """An answer of any items."""

    items: tuple[Mapping[str, Any], ...]

    def __call__(self, request: Request) -> Reply:
        return say(request, *self.items)


@dataclass(frozen=True)
class Failed:
    """A response that ends as `failed` or `incomplete`, after its first word if it is streamed."""

    status: str = "failed"
    error: Mapping[str, str] | None = None
    reason: str | None = None

    def __call__(self, request: Request) -> Reply:
        details = {"reason": self.reason} if self.reason is not None else None
        return say(request, status=self.status, error=self.error, incomplete_details=details)


@dataclass(frozen=True)
class CutStream:
    """A stream that ends, as HTTP ends it, after n events."""

    after: int

    def __call__(self, request: Request) -> Reply:
        return Reply(Text()(request).parts[: self.after])


def answer(request: Request) -> Reply:
    """The default: call the first function for a user's message, repeat what a tool returned."""
    items = request.body["input"]
    last = items[-1]
    if last.get("type") == "function_call_output":
        return Text(f"It is: {last['output']}")(request)
    tools = [tool for tool in request.body.get("tools") or () if tool["type"] == "function"]
    if tools:
        asked = plain(last["content"])
        return Call(tools[0]["name"], invent(tools[0]["parameters"], asked))(request)
    return Text()(request)


def message(*parts: Mapping[str, Any]) -> dict[str, Any]:
    content = [{"annotations": [], **part} for part in parts]
    head = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed"}
    return {**head, "content": content}


def say(request: Request, *items: Mapping[str, Any], **changes: Any) -> Reply:
    """The items as a whole response, or as the events of a stream."""
    whole = {**envelope(request), "output": list(items), "usage": USAGE, **changes}
    if not request.streams:
        return Reply((json.dumps(whole).encode(),))
    started = {**envelope(request), "status": "in_progress", "output": []}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": started},
        {"type": "response.in_progress", "response": started},
    ]
    for index, item in enumerate(items):
        events += steps(index, item)
    events.append({"type": f"response.{whole['status']}", "response": whole})
    return Reply(tuple(sse({**data, "sequence_number": n}) for n, data in enumerate(events)))


def steps(index: int, item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What a stream tells of one item."""
    at = {"output_index": index}
    yield {"type": "response.output_item.added", **at, "item": item}
    if item["type"] == "message":
        of_part = {**at, "item_id": item["id"], "content_index": 0}
        for word in WORD.findall(item["content"][0].get("text") or ""):
            delta = {"type": "response.output_text.delta", "delta": word, "logprobs": []}
            yield {**delta, **of_part}
    yield {"type": "response.output_item.done", **at, "item": item}


def sse(data: Mapping[str, Any]) -> bytes:
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()


def envelope(request: Request) -> dict[str, Any]:
    head = {"id": "resp_1", "object": "response", "created_at": 1_700_000_000}
    rest: dict[str, Any] = dict.fromkeys(("error", "incomplete_details", "instructions"))
    asked = {"metadata": {}, "parallel_tool_calls": True, "tool_choice": "auto", "tools": []}
    model = request.body.get("model") or "gpt-prompted"
    return {**head, **rest, **asked, "status": "completed", "model": model}


class ResponsesServer(OpenAIServer):
    """Serves both kinds of API; without behaviours, each by its own default."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self._plain = True

    def behave(self, *behaviours: Behaviour) -> None:
        """From the next request on: one behaviour each, the last repeats."""
        self._plain = False
        super().behave(*behaviours)

    def take(self, request: Request) -> Reply | None:
        """Note the request; None for a path that is not served."""
        if request.path != PATH:
            return super().take(request)
        self.requests.append(request)
        return answer(request) if self._plain else next(self._behaviours)(request)
