"""Input and output items of model calls as short plain data, and back again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from agents import ModelResponse, Usage
from agents.items import TResponseOutputItem
from openai.types.responses import ResponseUsage
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails
from pydantic import TypeAdapter, ValidationError

from yamlagents.runtime.attachments import lightened
from yamlagents.sdk.local import LocalCall

Item = dict[str, Any]
"""`{role: text}`, `{call, arguments, id}`, `{result, of}`, or the whole item with its `type`."""

_ROLES = ("user", "assistant", "system", "developer")
_MESSAGE = {"type", "role", "content", "id", "status", "provider_data", "phase"}
# The namespace of a call is that of its tool, which is known again when it is replayed.
_CALL = {"type", "call_id", "id", "name", "namespace", "arguments", "status", "provider_data"}
_RESULT = {"type", "call_id", "id", "output", "status"}
_PART = {"type", "text", "annotations", "logprobs"}
# Where a reply came from, which is the same in every reply of a model.
_ORIGIN = {"model", "response_id"}


@cache
def _output() -> TypeAdapter[Any]:
    # It takes a while to make, and only a replay needs it.
    return TypeAdapter(TResponseOutputItem)


def input_items(given: str | Iterable[Any]) -> list[Item]:
    """Give a request's input with the ids of its calls numbered: they differ in every recording.

    Files in it are told by their digests.
    """
    items = [{"role": "user", "content": given}] if isinstance(given, str) else list(given)
    return numbered([_short(lightened(_plain(item))) for item in items])


def output_items(response: ModelResponse) -> list[Item]:
    """Give a response's items with their real ids."""
    return [_short(_plain(item)) for item in response.output]


def numbered(items: Iterable[Item], start: int = 0) -> list[Item]:
    """Give `items` with call ids replaced by 1, 2, ... in their order, counted on from `start`."""
    numbers: dict[Any, int] = {}

    def number(id_: Any) -> int:
        return numbers.setdefault(id_, len(numbers) + 1 + start)

    return [_numbered(item, number) for item in items]


def calls_in(items: Iterable[Item]) -> int:
    """Count the calls that `numbered` has numbered in `items`."""
    keys = ("id", "of", "call_id")
    return max((item[k] for item in items for k in keys if isinstance(item.get(k), int)), default=0)


def _numbered(item: Item, number: Callable[[Any], int]) -> Item:
    if "type" in item:
        kept = {key: value for key, value in item.items() if key not in ("id", "status")}
        return {**kept, "call_id": number(kept["call_id"])} if "call_id" in kept else kept
    key = "id" if "call" in item else "of" if "result" in item else None
    return item if key is None else {**item, key: number(item[key])}


def _plain(item: Any) -> Item:
    if not isinstance(item, Mapping):
        # `exclude_unset`: what is None because nobody said it must not come back as said.
        item = item.model_dump(mode="json", exclude_unset=True)
    plain: Item = json.loads(json.dumps(dict(item), default=str))
    return plain


def _short(item: Item) -> Item:
    kind = item.get("type", "message")
    known_origin = set(item.get("provider_data") or {}) <= _ORIGIN
    if kind == "message" and item.get("role") in _ROLES and item.keys() <= _MESSAGE:
        text = _text(item.get("content"))
        if text is not None and known_origin:
            return {item["role"]: text}
    if kind == "function_call" and item.keys() <= _CALL and known_origin:
        arguments = _arguments(item["arguments"])
        return {"call": item["name"], "arguments": arguments, "id": item["call_id"]}
    if kind == "function_call_output" and item.keys() <= _RESULT:
        return {"result": item["output"], "of": item["call_id"]}
    return {"type": kind, **item}


def _text(content: Any) -> str | None:
    if isinstance(content, list) and len(content) == 1 and isinstance(content[0], dict):
        part = content[0]
        bare = not part.get("annotations") and not part.get("logprobs")
        return part.get("text") if bare and part.keys() <= _PART else None
    return content if isinstance(content, str) else None


def _arguments(text: str) -> Any:
    """Parse the arguments of a call; what is no JSON object stays text."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict) else text


# Items of a reply that code of the project may carry out, each with what it asks for.
_FOR_HERE = {
    "shell_call": ("action",),
    "local_shell_call": ("action",),
    "apply_patch_call": ("operation",),
    "computer_call": ("actions", "action"),
    "custom_tool_call": ("input",),
}
_PATCH = "apply_patch"
_OPERATION = ("type", "path", "diff")


def is_for_here(item: Item) -> bool:
    """Tell whether an item of a response may be a call of a local hosted tool."""
    return item.get("type") in _FOR_HERE or str(item.get("call", "")).startswith(_PATCH)


def id_of(item: Item) -> str:
    """Give the id of the call that an item of a response is."""
    return str(item.get("call_id") or item.get("id"))


def asks(item: Item) -> Any:
    """Give what a call of a local hosted tool asks for."""
    keys = _FOR_HERE.get(item.get("type", ""), ("arguments",))
    return next((item[key] for key in keys if item.get(key)), None)


def fits(item: Item, call: LocalCall, asked: Any) -> bool:
    """Tell whether `call` is carried out for an item; `asked` is what it asks for, redacted."""
    if call.id is not None:
        return item.get("type") == call.type and id_of(item) == call.id
    if call.type != "apply_patch_call":
        return item.get("type") == call.type
    operation = asks(item)
    if item.get("type") != call.type:  # a model may put it in other words
        return str(item.get("call") or item.get("name")).startswith(_PATCH)
    return all(operation.get(key) == asked.get(key) for key in _OPERATION)


def restored(items: Iterable[Item], usage: Mapping[str, int], name: str) -> ModelResponse:
    """Make the response of recorded items; `name` makes the ids of its messages unique."""
    output = [_restored(item, f"msg_{name}_{n}") for n, item in enumerate(items, start=1)]
    return ModelResponse(output, restored_usage(usage), None)


def _restored(item: Item, id_: str) -> TResponseOutputItem:
    if "call" in item:
        arguments = item["arguments"]
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        head = {"type": "function_call", "id": item["id"], "call_id": item["id"]}
        whole = {**head, "name": item["call"], "arguments": text, "status": "completed"}
    elif "assistant" in item:
        part = {"type": "output_text", "text": item["assistant"], "annotations": []}
        head = {"type": "message", "role": "assistant", "id": id_, "status": "completed"}
        whole = {**head, "content": [{**part, "logprobs": []}]}
    else:
        whole = {"id": id_, **item}
    made: TResponseOutputItem = _output().validate_python(whole)
    return made


def wrong_item(item: Item, *, said: bool) -> str | None:
    """Say what is wrong with an item that was read; with `said` it is one of a response."""
    if "type" in item:
        return _wrong_whole(item) if said else None
    if "call" in item:
        whole = item.keys() == {"call", "arguments", "id"} and isinstance(item["call"], str)
        if whole and isinstance(item["arguments"], dict | str):
            return "the id of a call is text" if said and not isinstance(item["id"], str) else None
        return "a call has its name, its arguments and an id"
    if "result" in item and not said:
        return None if item.keys() == {"result", "of"} else "a result is that of a call: 'of'"
    roles = ("assistant",) if said else _ROLES
    if len(item) == 1 and all(role in roles and isinstance(item[role], str) for role in item):
        return None
    return f"this is no item of {'a response' if said else 'an input'}"


def _wrong_whole(item: Item) -> str | None:
    try:
        _output().validate_python({"id": "0", **item})
    except ValidationError as error:
        return f"this is no item of the type {item['type']!r}: {error.errors()[0]['msg'].lower()}"
    return None


def plain_usage(usage: Usage | ResponseUsage | None) -> dict[str, int]:
    """Give the tokens of one request, without the zeros; empty if none were reported."""
    if usage is None:
        return {}
    counts = {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
        "cached_tokens": usage.input_tokens_details.cached_tokens,
        "cache_write_tokens": getattr(usage.input_tokens_details, "cache_write_tokens", 0),
        "reasoning_tokens": usage.output_tokens_details.reasoning_tokens,
    }
    return {name: count for name, count in counts.items() if count}


def restored_usage(counts: Mapping[str, int]) -> Usage:
    """Make the SDK's usage of one request."""
    details = {name: counts.get(name, 0) for name in ("cached_tokens", "cache_write_tokens")}
    return Usage(
        requests=1,
        input_tokens=counts.get("input_tokens", 0),
        output_tokens=counts.get("output_tokens", 0),
        total_tokens=counts.get("total_tokens", 0),
        input_tokens_details=InputTokensDetails.model_validate(details),
        output_tokens_details=OutputTokensDetails(
            reasoning_tokens=counts.get("reasoning_tokens", 0)
        ),
    )
