"""The offline model: the SDK's model interface over a policy."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any, Literal

from agents import (
    AgentOutputSchemaBase,
    Handoff,
    ModelResponse,
    ModelSettings,
    ModelTracing,
    Tool,
    TResponseInputItem,
    Usage,
)
from agents.items import TResponseOutputItem, TResponseStreamEvent
from agents.models.interface import Model
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
)
from openai.types.responses.response_prompt_param import ResponsePromptParam

from yamlagents.sdk.namespaces import with_namespaces
from yamlagents.sdk.offline.conversation import read_conversation
from yamlagents.sdk.offline.events import stream_events
from yamlagents.sdk.offline.match import match
from yamlagents.sdk.offline.offer import Offer, list_offers
from yamlagents.sdk.offline.reply import Reply, Request
from yamlagents.sdk.offline.schema import compact
from yamlagents.sdk.offline.sweep import sweep
from yamlagents.sdk.offline.usage import measure
from yamlagents.spec.models.providers import OFFLINE_POLICIES


class OfflineModel(Model):
    """A model that needs no key and no network: the same input gives the same output.

    It keeps no state; all it knows of a run is the input items of the call.

    match: calls the tools that the last user message names, with arguments found in the message,
    then answers with what they returned.
    sweep: calls every tool once with sample arguments, then takes a handoff that the conversation
    has not seen and `skip_handoffs` does not name, then says what was called.
    """

    def __init__(
        self,
        policy: Literal["match", "sweep"],
        *,
        skip_handoffs: frozenset[str] = frozenset(),
    ) -> None:
        if policy not in OFFLINE_POLICIES:
            raise ValueError(f"no offline policy {policy!r}; there are {OFFLINE_POLICIES}")
        self.model = f"offline/{policy}"
        self.policy = policy
        self.skip_handoffs = skip_handoffs

    def cost(self, usage: Usage) -> tuple[float | None, str | None]:
        """Give no price, and why: tokens are counted here and billed by nobody."""
        return None, "the offline model is not billed"

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff[Any, Any]],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> ModelResponse:
        """Return the reply; NoSampleFits if a schema has no sample."""
        offers = list_offers(tools, handoffs)
        request = _request(input, model_settings, offers, output_schema)
        reply = self._reply(request)
        names = [offer.name for offer in offers]
        usage = measure(system_instructions, input, names, reply)
        response = _response(reply, input, usage, (system_instructions, names))
        with_namespaces(response.output, tools)
        return response

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff[Any, Any]],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> AsyncIterator[TResponseStreamEvent]:
        """Yield the events of the reply that `get_response` returns for the same input."""
        response = await self.get_response(
            system_instructions,
            input,
            model_settings,
            tools,
            output_schema,
            handoffs,
            tracing,
            previous_response_id=previous_response_id,
            conversation_id=conversation_id,
            prompt=prompt,
        )
        for event in stream_events(response, self.model):
            yield event

    def _reply(self, request: Request) -> Reply:
        if self.policy == "sweep":
            return sweep(request, self.skip_handoffs)
        return match(request)


def _request(
    given: str | list[TResponseInputItem],
    settings: ModelSettings,
    offers: tuple[Offer, ...],
    output_schema: AgentOutputSchemaBase | None,
) -> Request:
    choice = getattr(settings.tool_choice, "name", settings.tool_choice)
    structured = output_schema is not None and not output_schema.is_plain_text()
    return Request(
        read_conversation(given),
        offers,
        calling="none" if choice == "none" else "required" if choice == "required" else "auto",
        forced=next((offer.name for offer in offers if offer.name == choice), None),
        one_at_a_time=settings.parallel_tool_calls is False,
        output_schema=output_schema.json_schema() if output_schema and structured else None,
    )


def _response(
    reply: Reply, given: str | list[TResponseInputItem], usage: Usage, asked: tuple[Any, ...]
) -> ModelResponse:
    # Ids come from the place in the input, its content and who was asked: unique in a run even
    # where a handoff shortens the history, and equal in a rerun.
    digest = hashlib.sha256(repr((given, reply, asked)).encode()).hexdigest()[:12]
    at = 1 if isinstance(given, str) else len(given)
    output: list[TResponseOutputItem] = [
        ResponseFunctionToolCall(
            id=f"fc_{at}_{n}_{digest}",
            call_id=f"call_{at}_{n}_{digest}",
            type="function_call",
            name=call.name,
            arguments=compact(call.arguments),
            status="completed",
        )
        for n, call in enumerate(reply.calls)
    ]
    if not output:
        text = ResponseOutputText(text=reply.text, type="output_text", annotations=[], logprobs=[])
        output.append(
            ResponseOutputMessage(
                id=f"msg_{at}_{digest}",
                type="message",
                role="assistant",
                status="completed",
                content=[text],
            )
        )
    return ModelResponse(output=output, usage=usage, response_id=f"resp_{at}_{digest}")
