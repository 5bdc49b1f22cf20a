"""A team that does all at once, and whose every word tells who speaks; and who speaks for it.

`a` hands off to `b` and back; both call tools side by side, some of them agents, one of these twice
and one with another agent as a tool of its own; `g` checks the input meanwhile. All share models.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents import Model, ModelResponse, Usage
from agents.items import TResponseStreamEvent
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
)

from tests.openai_faults import Status
from tests.openai_server import Reply, Request, plain, say
from yamlagents import ModelSpec
from yamlagents.sdk.models.reply import ReplyError
from yamlagents.sdk.offline.events import stream_events

TEAM = """\
models:
  shared: {model: openai/gpt-4.1, BASE_URL}
  weak: {model: openai/weak, BASE_URL, fallbacks: [shared], settings: {retry: {max_retries: 0}}}
tools: {plain: [./tools.py:quick, ./tools.py:slow, ./tools.py:still, ./tools.py:broken]}
agents:
  a:
    instructions: a
    model: shared
    tools: [plain, {agent: x, tool_name: ask_x}, {agent: y, tool_name: ask_y}]
    handoffs: [b]
    input_guardrails: [{agent: g, tripwire: bad}]
  b:
    instructions: b
    model: weak
    tools: [plain, {agent: x, tool_name: ask_x}, {agent: y, tool_name: ask_y}]
    handoffs: [a]
  x: {instructions: x, model: shared, tools: [plain, {agent: z, tool_name: ask_z}]}
  y: {instructions: y, model: weak, tools: [plain]}
  z: {instructions: z, model: shared, tools: [plain]}
  g:
    instructions: g
    model: shared
    output_type: {type: object, properties: {bad: {type: boolean}}, required: [bad]}
"""
TOOLS = '''\
import asyncio
import time


async def quick(who: str, label: str) -> str:
    """Return at once."""
    return f"{who}:{label}:quick"


async def slow(who: str, label: str) -> str:
    """Take a while."""
    await asyncio.sleep(0.02)
    return f"{who}:{label}:slow"


def still(who: str, label: str) -> str:
    """Take less, in a thread."""
    time.sleep(0.01)
    return f"{who}:{label}:still"


async def broken(who: str, label: str) -> str:
    """Fail, a little later."""
    await asyncio.sleep(0.01)
    raise RuntimeError(f"{who}:{label}:broken")
'''
PLAIN = ("slow", "broken", "still", "quick")
# A call of a tool that there is not, of which no hook tells.
NOWHERE = "nowhere"
# By agent and turn, what is called; what is not here is answered.
PLAN: Mapping[tuple[str, int], tuple[str, ...]] = {
    ("a", 0): (*PLAIN, "ask_x", "ask_y", "ask_x"),
    ("a", 1): ("transfer_to_b",),
    ("b", 2): ("ask_y", *PLAIN, "ask_x"),
    ("b", 3): ("transfer_to_a",),
    ("x", 0): (*PLAIN, "ask_z", NOWHERE),
    ("y", 0): (*PLAIN, NOWHERE),
    ("z", 0): PLAIN,
}
NESTED = "xyzg"
# So many tokens goes each request of an agent in.
TOKENS = {name: 10 + number for number, name in enumerate("abxyzg")}
REPLIES = Counter(a=3, b=2, x=6, y=4, z=6, g=1)
FALLEN = Counter(b=2, y=4)


@dataclass(frozen=True)
class Turn:
    """What an agent says and calls: each call as a name and arguments, under an id."""

    text: str
    calls: tuple[tuple[str, str, dict[str, str]], ...] = ()


def turn(agent: str, ids: Sequence[str], told: str) -> Turn:
    """Give the turn of `agent` after the calls with these ids, which only tell turns apart."""
    number = len({name.split("_")[1] for name in ids})
    if agent == "g":
        return Turn('{"bad": false}')
    called = PLAN.get((agent, number), ())
    text = " ".join(f"{agent}:{told}:{word}" for word in range(3))
    calls = [
        (f"call_{number}_{at}", name, _arguments(agent, name, f"{told}.{number}{at}"))
        for at, name in enumerate(called)
    ]
    return Turn(text, tuple(calls))


def _arguments(agent: str, tool: str, label: str) -> dict[str, str]:
    if tool.startswith("transfer"):
        return {}
    if tool.startswith("ask"):
        return {"input": f"{agent}@{label}"}
    return {"who": agent, "label": label}


class Speaker(Model):
    """The seam: one object that all agents share, told apart by their instructions."""

    def __init__(self, spec: ModelSpec) -> None:
        self.model = spec.model

    async def get_response(
        self, system_instructions: str | None, input: Any, *args: Any, **options: Any
    ) -> ModelResponse:
        """Speak for an agent; the weak model fails."""
        await asyncio.sleep(0.001)
        if self.model == "openai/weak":
            raise ReplyError("empty-reply", "it says nothing")
        items = [{"role": "user", "content": input}] if isinstance(input, str) else input
        ids = [item["call_id"] for item in items if item.get("type") == "function_call"]
        told = next(item["content"] for item in items if item.get("role") == "user")
        agent = str(system_instructions)
        spoken = turn(agent, ids, told)
        text = ResponseOutputText(text=spoken.text, type="output_text", annotations=[], logprobs=[])
        message = ResponseOutputMessage(
            id="m", type="message", role="assistant", status="completed", content=[text]
        )
        calls = [
            ResponseFunctionToolCall(
                id=id_,
                call_id=id_,
                type="function_call",
                name=name,
                arguments=json.dumps(arguments),
            )
            for id_, name, arguments in spoken.calls
        ]
        tokens = TOKENS[agent]
        usage = Usage(requests=1, input_tokens=tokens, output_tokens=7, total_tokens=tokens + 7)
        return ModelResponse([message, *calls], usage, "r")

    async def stream_response(
        self, *args: Any, **options: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        """Speak in pieces, with time between them for others."""
        for event in stream_events(await self.get_response(*args, **options), self.model):
            await asyncio.sleep(0.001)
            yield event


def speak(request: Request) -> Reply:
    """The same as a behaviour of the server, which is asked by all agents side by side."""
    if request.body["model"] == "weak":
        return Status(500)(request)
    messages = request.body["messages"]
    ids = [call["id"] for message in messages for call in message.get("tool_calls") or ()]
    told = next(plain(message["content"]) for message in messages if message["role"] == "user")
    agent = plain(messages[0]["content"])
    spoken = turn(agent, ids, told)
    calls = [
        {
            "id": id_,
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for id_, name, arguments in spoken.calls
    ]
    message = {"content": spoken.text, **({"tool_calls": calls} if calls else {})}
    reply = say(request, message, "tool_calls" if calls else "stop")
    own = f'"prompt_tokens": {TOKENS[agent]}'.encode()
    return Reply(tuple(part.replace(b'"prompt_tokens": 11', own) for part in reply.parts))
