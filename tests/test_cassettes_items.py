"""Whatever a model says comes back from a cassette as it was."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from agents import Model, ModelResponse, Usage
from agents.items import TResponseStreamEvent
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputRefusal,
    ResponseOutputText,
    ResponseReasoningItem,
)
from openai.types.responses.response_reasoning_item import Summary

from tests.recording import Recorder, Write
from yamlagents.runtime.cassettes.contract import Contract
from yamlagents.runtime.cassettes.exchange import Exchange, Request
from yamlagents.runtime.cassettes.file import read, write
from yamlagents.runtime.cassettes.items import input_items, output_items, restored
from yamlagents.runtime.cassettes.recording import Recording
from yamlagents.sdk.offline.events import stream_events

TEXT = ResponseOutputText(text="Hi", type="output_text", annotations=[], logprobs=[])
THOUGHT = ResponseReasoningItem(
    id="rs_1", type="reasoning", summary=[Summary(text="Hm.", type="summary_text")]
)
REFUSED = ResponseOutputRefusal(type="refusal", refusal="No.")


def message(*content: Any) -> ResponseOutputMessage:
    return ResponseOutputMessage(
        id="msg_1", type="message", role="assistant", status="completed", content=list(content)
    )


def call(arguments: str, **more: Any) -> ResponseFunctionToolCall:
    head: dict[str, Any] = {"id": "c", "call_id": "call_1", "type": "function_call", "name": "f"}
    return ResponseFunctionToolCall(**head, arguments=arguments, **more)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(message(TEXT), id="text"),
        pytest.param(message(TEXT, TEXT), id="texts"),
        pytest.param(message(REFUSED), id="refusal"),
        pytest.param(message(), id="nothing"),
        pytest.param(THOUGHT, id="reasoning"),
        pytest.param(call('{"a": [1, {"b": null}]}'), id="call"),
        pytest.param(call("not json"), id="broken call"),
        pytest.param(call("[1]"), id="call with a list"),
        pytest.param(call("{}", provider_data={"thought_signature": "x"}), id="signed call"),
    ],
)
def test_an_output_item_comes_back(tmp_path: Path, item: Any) -> None:
    said = tuple(output_items(ModelResponse([item], Usage(), None)))
    request = Request("a", Contract("openai/x"), tuple(input_items("Hello")))
    write(tmp_path / "case.yaml", Recording([Exchange(request, 1, "sha256:0", said)]))
    found = read(tmp_path / "case.yaml")
    assert found is not None
    (exchange,) = found.exchanges
    response = restored(exchange.response or (), {}, "0")
    # What the next request says of it is the same, and so is what is told of it in a stream.
    assert input_items(response.to_input_items()) == input_items([item])
    completed: Any = list(stream_events(response, "openai/x"))[-1]
    assert input_items(completed.response.output) == input_items([item])
    assert type(response.output[0]) is type(item)


def test_call_ids_are_numbered_in_their_order() -> None:
    first, second = ({"type": "function_call", "name": "f", "arguments": "{}"} for _ in range(2))
    outputs = [{"type": "function_call_output", "call_id": i, "output": i} for i in ("x9", "a1")]
    items = input_items([{**first, "call_id": "a1"}, {**second, "call_id": "x9"}, *outputs])
    calls = [{"call": "f", "arguments": {}, "id": 1}, {"call": "f", "arguments": {}, "id": 2}]
    assert items == [*calls, {"result": "x9", "of": 2}, {"result": "a1", "of": 1}]


def test_parts_that_are_no_text_are_kept_whole() -> None:
    parts = [{"type": "input_text", "text": "What is it?"}, {"type": "input_image", "file_id": "f"}]
    items = input_items([{"role": "user", "content": parts}])
    assert items == [{"type": "message", "role": "user", "content": parts}]


class Thinking(Model):
    """Thinks, then answers; in streams too."""

    model = "openai/gpt-4.1"

    async def get_response(self, *args: Any, **options: Any) -> ModelResponse:
        return ModelResponse([THOUGHT, message(TEXT)], Usage(requests=1, total_tokens=3), None)

    async def stream_response(
        self, *args: Any, **options: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        for event in stream_events(await self.get_response(), self.model):
            yield event


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
def test_thinking_is_replayed(write: Write, server: Any, streamed: bool) -> None:
    recorder = Recorder(write, server)
    recorded = recorder.play("all", streamed=streamed, models=lambda _: Thinking())
    assert "type: reasoning" in recorder.text
    assert recorder.play("none", streamed=streamed) == recorded
