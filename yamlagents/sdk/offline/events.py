"""A finished model response as the events of a Responses stream."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any, cast

from agents.items import ModelResponse, TResponseStreamEvent
from agents.usage import Usage
from openai.types import responses
from openai.types.responses import (
    Response,
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseReasoningItem,
    ResponseUsage,
)

_CHUNK = re.compile(r"\s*\S+\s*")


def stream_events(response: ModelResponse, model: str) -> Iterator[TResponseStreamEvent]:
    """Yield the events that tell `response`: a text comes word by word, usage at the end."""
    numbers = count()

    def event(kind: Any, **fields: Any) -> TResponseStreamEvent:
        return cast(TResponseStreamEvent, kind(sequence_number=next(numbers), **fields))

    done = _envelope(response, model)
    begun = done.model_copy(update={"status": "in_progress", "output": [], "usage": None})
    yield event(responses.ResponseCreatedEvent, type="response.created", response=begun)
    yield event(responses.ResponseInProgressEvent, type="response.in_progress", response=begun)
    for index, item in enumerate(response.output):
        for kind, fields in _item_events(item):
            yield event(kind, output_index=index, **fields)
    yield event(responses.ResponseCompletedEvent, type="response.completed", response=done)


_Told = Iterator[tuple[Any, dict[str, Any]]]


def _item_events(item: Any) -> _Told:
    if isinstance(item, ResponseOutputMessage):
        yield from _message_events(item)
    elif isinstance(item, ResponseFunctionToolCall):
        yield from _call_events(item)
    elif isinstance(item, ResponseReasoningItem):
        yield from _reasoning_events(item)
    else:
        # The offline model says nothing else, but a recorded response may.
        yield _item_added(item)
        yield _item_done(item)


def _message_events(item: ResponseOutputMessage) -> _Told:
    opened = item.model_copy(update={"content": [], "status": "in_progress"})
    yield _item_added(opened)
    for index, part in enumerate(item.content):
        if isinstance(part, ResponseOutputText):
            place = {"item_id": item.id, "content_index": index}
            empty = part.model_copy(update={"text": ""})
            yield (
                responses.ResponseContentPartAddedEvent,
                {"type": "response.content_part.added", "part": empty, **place},
            )
            for chunk in _CHUNK.findall(part.text) or [part.text]:
                yield (
                    responses.ResponseTextDeltaEvent,
                    {
                        "type": "response.output_text.delta",
                        "delta": chunk,
                        "logprobs": [],
                        **place,
                    },
                )
            yield (
                responses.ResponseTextDoneEvent,
                {
                    "type": "response.output_text.done",
                    "text": part.text,
                    "logprobs": [],
                    **place,
                },
            )
            yield (
                responses.ResponseContentPartDoneEvent,
                {"type": "response.content_part.done", "part": part, **place},
            )
    yield _item_done(item)


def _reasoning_events(item: ResponseReasoningItem) -> _Told:
    yield _item_added(item.model_copy(update={"summary": [], "content": None}))
    kinds: tuple[tuple[Any, str, str, Any], ...] = (
        (
            responses.ResponseReasoningSummaryTextDeltaEvent,
            *("response.reasoning_summary_text.delta", "summary_index", item.summary),
        ),
        (
            responses.ResponseReasoningTextDeltaEvent,
            *("response.reasoning_text.delta", "content_index", item.content),
        ),
    )
    for kind, type_, number, parts in kinds:
        for index, part in enumerate(parts or ()):
            for chunk in _CHUNK.findall(part.text):
                yield kind, {"type": type_, "item_id": item.id, number: index, "delta": chunk}
    yield _item_done(item)


def _call_events(item: ResponseFunctionToolCall) -> _Told:
    yield _item_added(item.model_copy(update={"arguments": "", "status": "in_progress"}))
    yield (
        responses.ResponseFunctionCallArgumentsDeltaEvent,
        {
            "type": "response.function_call_arguments.delta",
            "item_id": item.id,
            "delta": item.arguments,
        },
    )
    yield (
        responses.ResponseFunctionCallArgumentsDoneEvent,
        {
            "type": "response.function_call_arguments.done",
            "item_id": item.id,
            "name": item.name,
            "arguments": item.arguments,
        },
    )
    yield _item_done(item)


def _item_added(item: Any) -> tuple[Any, dict[str, Any]]:
    fields = {"type": "response.output_item.added", "item": item}
    return responses.ResponseOutputItemAddedEvent, fields


def _item_done(item: Any) -> tuple[Any, dict[str, Any]]:
    return responses.ResponseOutputItemDoneEvent, {
        "type": "response.output_item.done",
        "item": item,
    }


def _envelope(response: ModelResponse, model: str) -> Response:
    return Response(
        id=response.response_id or "",
        created_at=0,
        model=model,
        object="response",
        output=list(response.output),
        parallel_tool_calls=True,
        status="completed",
        tool_choice="auto",
        tools=[],
        usage=_response_usage(response.usage),
    )


def _response_usage(usage: Usage) -> ResponseUsage:
    return ResponseUsage(
        input_tokens=usage.input_tokens,
        input_tokens_details=usage.input_tokens_details,
        output_tokens=usage.output_tokens,
        output_tokens_details=usage.output_tokens_details,
        total_tokens=usage.total_tokens,
    )
