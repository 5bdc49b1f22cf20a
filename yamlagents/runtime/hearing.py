"""A streamed run as it is heard: what a model says and reasons, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agents import RunResultStreaming

from yamlagents.events import Event, ReasoningDelta, TextDelta
from yamlagents.sdk.nested import Frame

_PIECES: Mapping[str, type[TextDelta] | type[ReasoningDelta]] = {
    "response.output_text.delta": TextDelta,
    "response.reasoning_text.delta": ReasoningDelta,
    # What LiteLLM gives as `reasoning_content` comes under this name.
    "response.reasoning_summary_text.delta": ReasoningDelta,
}
_ENDS = ("response.completed", "response.incomplete", "response.failed")


async def hear(
    result: RunResultStreaming, frame: Frame, emit: Callable[[Event], None], end: Callable[[], None]
) -> None:
    """Pass on the pieces of all replies of a run, and call `end` at the end of each reply.

    They are of the agent at work in the run's own `frame`: runs inside are not heard.
    """
    async for event in result.stream_events():
        if event.type != "raw_response_event":
            continue
        kind = _PIECES.get(event.data.type)
        if kind is not None:
            emit(kind(frame.agent.name, getattr(event.data, "delta", "")))
        elif event.data.type in _ENDS:
            end()
