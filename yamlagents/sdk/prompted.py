"""Structured output for providers that cannot do it beside tools: the prompt asks, we read."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from agents import AgentOutputSchemaBase, Model, ModelBehaviorError, ModelResponse, Usage
from agents.items import TResponseStreamEvent
from openai.types.responses import ResponseOutputMessage, ResponseOutputText

from yamlagents.sdk.models.wrapped import WrappedModel
from yamlagents.sdk.nested import Unheard, another_request
from yamlagents.sdk.offline.events import stream_events

_FENCE = re.compile(r"```[A-Za-z]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
_ASKS = """\
When you give your final answer, give it as one JSON value that fits this JSON Schema, and nothing \
else: no other words, no code fence.

{schema}"""
_MEND = """\
That is not a valid answer: {problem}
Give the answer again, as one JSON value that fits the schema, and nothing else."""


class PromptedModel(WrappedModel):
    """Asks for the output schema in the instructions, and reads the JSON out of the reply.

    A reply that does not fit is sent back once, with what is wrong; the second one stands. `agent`
    is the name of whose model this is.
    """

    def __init__(self, inner: Model, agent: str) -> None:
        super().__init__(inner)
        self._agent = agent

    async def get_response(
        self,
        system_instructions: str | None,
        input: Any,
        model_settings: Any,
        tools: Any,
        output_schema: AgentOutputSchemaBase | None,
        *args: Any,
        **options: Any,
    ) -> ModelResponse:
        """Ask the inner model without a schema, and give its reply as if it had had one."""
        if output_schema is None or output_schema.is_plain_text():
            return await self.inner.get_response(
                system_instructions, input, model_settings, tools, output_schema, *args, **options
            )
        asked = "\n\n".join(filter(None, (system_instructions, _question(output_schema))))

        async def ask(items: Any) -> ModelResponse:
            return await self.inner.get_response(
                asked, items, model_settings, tools, None, *args, **options
            )

        reply = await ask(input)
        text, problem = _read(reply, output_schema)
        if problem is not None:
            cost = self.cost(reply.usage)
            another_request(Unheard(self._agent, self.answered, reply.usage, cost))
            mend = {"role": "user", "content": _MEND.format(problem=problem)}
            again = await ask([*_items(input), *reply.to_input_items(), mend])
            again.usage = _sum(reply.usage, again.usage)
            reply, (text, _) = again, _read(again, output_schema)
        return reply if text is None else _with_text(reply, text)

    async def stream_response(
        self, *args: Any, **options: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        """Ask for a whole reply, which has to be read before it can be told, and tell it."""
        for event in stream_events(await self.get_response(*args, **options), self.model):
            yield event


def prompted(model: Model, mode: str, agent: str) -> Model:
    """Give `model` for an output of this mode, of the agent of that name.

    One that needs no provider takes schemas as is.
    """
    is_live = not str(getattr(model, "model", "")).startswith("offline/")
    return PromptedModel(model, agent) if mode == "prompt" and is_live else model


def _question(schema: AgentOutputSchemaBase) -> str:
    return _ASKS.format(schema=json.dumps(schema.json_schema(), ensure_ascii=False))


def _items(input: Any) -> list[Any]:
    return [{"role": "user", "content": input}] if isinstance(input, str) else list(input)


def _read(reply: ModelResponse, schema: AgentOutputSchemaBase) -> tuple[str | None, str | None]:
    """Give the JSON of a final answer, or what is wrong with it; neither for other replies."""
    if any(item.type not in ("message", "reasoning") or _refuses(item) for item in reply.output):
        return None, None
    said = "".join(part.text for part in _parts(reply))
    problem = "it holds no JSON"
    for candidate in _candidates(said):
        try:
            json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        try:
            schema.validate_json(candidate)
        except ModelBehaviorError as error:
            problem = str(error)
            continue
        return candidate, None
    return None, problem


def _candidates(text: str) -> Iterator[str]:
    """Give what may be the JSON of a chatty reply, the likeliest first."""
    yield text.strip()
    yield from (match[1].strip() for match in _FENCE.finditer(text))
    decoder = json.JSONDecoder()
    for start in (match.start() for match in re.finditer(r"[{\[]", text)):
        try:
            _, end = decoder.raw_decode(text, start)
        except ValueError:
            continue
        except RecursionError:  # so would all that follow, each after a long time
            return
        yield text[start:end]


def _refuses(item: Any) -> bool:
    content = getattr(item, "content", None) or ()
    return any(part.type == "refusal" for part in content)


def _parts(reply: ModelResponse) -> list[ResponseOutputText]:
    messages = [item for item in reply.output if isinstance(item, ResponseOutputMessage)]
    parts = [part for message in messages for part in message.content]
    return [part for part in parts if isinstance(part, ResponseOutputText)]


def _with_text(reply: ModelResponse, text: str) -> ModelResponse:
    """Give the reply with `text` for all that it says."""
    first, *others = _parts(reply)
    first.text = text
    for part in others:
        part.text = ""
    return reply


def _sum(first: Usage, second: Usage) -> Usage:
    total = Usage()
    total.add(first)
    total.add(second)
    return total
