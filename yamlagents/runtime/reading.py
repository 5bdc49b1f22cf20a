"""The stream of a run, and the hooks that run ahead of whoever reads it."""

from __future__ import annotations

import asyncio
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


class Reader:
    """Reads the streams of a run; hooks may wait for it, so that a reply's text comes first."""

    def __init__(self) -> None:
        # The replies that have been read and not waited for, while a stream is read.
        self._replies: asyncio.Semaphore | None = None

    async def caught_up(self) -> None:
        """Wait until one more reply has been read, if anything is."""
        if self._replies is not None:
            await self._replies.acquire()

    async def read(
        self, result: RunResultStreaming, frame: Frame, emit: Callable[[Event], None]
    ) -> None:
        """Read a stream to its end, and tell each piece of what is said and reasoned in it.

        It is of the agent at work in the run's own `frame`: runs inside are not read.
        """
        replies = self._replies = asyncio.Semaphore(0)
        # Private, and the one sign that the SDK gives nothing more to read. Where a guardrail has
        # failed it stops before a reply has ended, and waits for the hooks.
        unread = asyncio.create_task(result._stream_consumers_stopped.wait())
        unread.add_done_callback(lambda _: self._stop(replies))
        try:
            async for event in result.stream_events():
                if event.type != "raw_response_event":
                    continue
                kind = _PIECES.get(event.data.type)
                if kind is not None:
                    emit(kind(frame.agent.name, getattr(event.data, "delta", "")))
                elif event.data.type in _ENDS:
                    replies.release()
        finally:
            unread.cancel()
        if result.run_loop_task is not None and result.run_loop_task.cancelled():
            await result.run_loop_task  # the SDK takes it for an end

    def _stop(self, replies: asyncio.Semaphore) -> None:
        if self._replies is replies:
            self._replies = None
        replies.release()
