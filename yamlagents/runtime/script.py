"""A script: a test's own answers, given in order to whichever agent of a team asks next."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from agents import AgentOutputSchemaBase, Handoff, ModelResponse, TResponseInputItem, Usage
from agents.items import TResponseOutputItem, TResponseStreamEvent
from agents.models.interface import Model
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
)

from yamlagents.sdk.models.reply import ReplyError
from yamlagents.sdk.namespaces import with_namespaces
from yamlagents.sdk.offline.conversation import text_of
from yamlagents.sdk.offline.events import stream_events
from yamlagents.sdk.offline.reply import PlannedCall, Reply
from yamlagents.sdk.offline.sampling import sample
from yamlagents.sdk.offline.schema import compact
from yamlagents.sdk.offline.usage import measure
from yamlagents.spec.cases.records import ScriptStep


class ScriptExhausted(ReplyError):
    """A request that the script has no step for."""

    def __init__(self, message: str) -> None:
        code = "script-exhausted"
        super().__init__(code, message)


class Script:
    """Model turns in order, one queue for all agents of a team.

    `names` gives the display name of each agent's key, for handoffs; a key that is not in it is
    taken for the display name. A script is used up by a run: make a new one for the next.
    """

    def __init__(
        self, steps: Sequence[ScriptStep], *, names: Mapping[str, str] | None = None
    ) -> None:
        self._steps = tuple(steps)
        self._waiting = deque(enumerate(steps, start=1))
        self._names = names or {}

    @property
    def unused(self) -> tuple[ScriptStep, ...]:
        """The steps that no request has asked for."""
        return tuple(step for _, step in self._waiting)

    def model(self, agent_name: str | None = None) -> Model:
        """Give a model that answers the next step; `agent_name` is for messages alone."""
        return _ScriptModel(self, agent_name)

    def next(self, asked: str, agent: str | None) -> tuple[int, ScriptStep]:
        """Take the next step with its number; `ScriptExhausted` if there is none.

        Steps for other agents are passed over: these may ask at the same time.
        """
        for number, step in self._waiting:
            if step.agent is None or agent is None or self.name(step.agent) == agent:
                self._waiting.remove((number, step))
                return number, step
        steps = "1 step" if len(self._steps) == 1 else f"{len(self._steps)} steps"
        who = f"'{agent}'" if agent is not None else "the model"
        raise ScriptExhausted(f"the script has {steps}, and {who} was asked once more: {asked}")

    def name(self, key: str) -> str:
        """Give the display name of the agent `key`."""
        return self._names.get(key, key)


class _ScriptModel(Model):
    model = "script"

    def __init__(self, script: Script, agent: str | None) -> None:
        self._script = script
        self._agent = agent

    def cost(self, usage: Usage) -> tuple[float | None, str | None]:
        """Give no price, and why."""
        return None, "a script is not billed"

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: Any,
        tools: list[Any],
        output_schema: Any,
        handoffs: list[Handoff[Any, Any]],
        *args: Any,
        **options: Any,
    ) -> ModelResponse:
        """Return the next step; `ReplyError` if it is an error, or there is none."""
        number, step = self._script.next(_asked(input), self._agent)
        if step.error is not None:
            raise ReplyError("script-error", step.error)
        reply = _reply(step, number, handoffs, self._script, output_schema)
        names = [tool.name for tool in tools] + [handoff.tool_name for handoff in handoffs]
        usage = measure(system_instructions, input, names, reply)
        output = _output(reply, number)
        with_namespaces(output, tools)
        return ModelResponse(output, usage, f"resp_{number}")

    async def stream_response(
        self, *args: Any, **options: Any
    ) -> AsyncIterator[TResponseStreamEvent]:
        """Yield the events of what `get_response` returns."""
        for event in stream_events(await self.get_response(*args, **options), self.model):
            yield event


def _asked(given: str | list[Any]) -> str:
    """Give the end of a request in words: what the model would have had to react to."""
    last: Any = {"content": given} if isinstance(given, str) else (given or [{}])[-1]
    item = last if isinstance(last, Mapping) else last.model_dump()
    said = text_of(item.get("content", item.get("output")))
    return repr(said if len(said) <= 200 else f"{said[:197]}...")


def _reply(
    step: ScriptStep,
    number: int,
    handoffs: Sequence[Handoff[Any, Any]],
    script: Script,
    schema: AgentOutputSchemaBase | None,
) -> Reply:
    if step.handoff is not None:
        wanted = script.name(step.handoff)
        for handoff in handoffs:
            if handoff.agent_name == wanted:
                asked = handoff.input_json_schema
                # What the model says with it, a step does not tell.
                said = sample(asked) if asked.get("properties") else {}
                return Reply(calls=(PlannedCall(handoff.tool_name, said),))
        known = ", ".join(f"'{handoff.agent_name}'" for handoff in handoffs) or "nobody"
        message = f"step {number} of the script hands off to '{step.handoff}'"
        raise ReplyError("script-handoff", f"{message}, but the agent at work hands off to {known}")
    if step.tool_calls:
        # A spec's mappings may be read-only, and JSON is not written of those.
        return Reply(calls=tuple(PlannedCall(c.name, dict(c.arguments)) for c in step.tool_calls))
    if step.text is not None:
        return Reply(step.text)
    return Reply(compact({_WRAPPED: step.output} if _wraps(schema, step.output) else step.output))


# The one key of the object that the SDK puts around what is no object: a list, a number.
_WRAPPED = "response"


def _wraps(schema: AgentOutputSchemaBase | None, output: Any) -> bool:
    if schema is None or schema.is_plain_text():
        return False
    wrapped = list(schema.json_schema().get("properties", ())) == [_WRAPPED]
    return wrapped and not (isinstance(output, Mapping) and list(output) == [_WRAPPED])


def _output(reply: Reply, number: int) -> list[TResponseOutputItem]:
    if reply.calls:
        return [
            ResponseFunctionToolCall(
                id=f"fc_{number}_{n}",
                call_id=f"call_{number}_{n}",
                type="function_call",
                name=call.name,
                arguments=compact(call.arguments),
                status="completed",
            )
            for n, call in enumerate(reply.calls, start=1)
        ]
    text = ResponseOutputText(text=reply.text, type="output_text", annotations=[], logprobs=[])
    message = ResponseOutputMessage(
        id=f"msg_{number}", type="message", role="assistant", status="completed", content=[text]
    )
    return [message]
