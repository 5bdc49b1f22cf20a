"""What answers in our own event loops, closed before these end: models, and a file's provider."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from agents import Agent, Model, ModelProvider

log = logging.getLogger("yamlagents.models")

Closing = tuple[object, Callable[[], Awaitable[None]]]

# Of each event loop of our own, what is open in it, by identity. Other loops are whose they are.
_held: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, Closing]] = WeakKeyDictionary()


def own_loop() -> None:
    """Let `close_held` close what is held in the running event loop from now on."""
    _held[asyncio.get_running_loop()] = {}


def hold(agents: Mapping[str, Agent[Any]], provider: ModelProvider | None) -> None:
    """Let what answers for `agents` be closed before the running event loop ends, if it is ours."""
    held = _held.get(asyncio.get_running_loop())
    if held is not None:
        held.update({id(closing[0]): closing for closing in _answering(agents, provider)})


async def close_held() -> None:
    """Close what is held in the running event loop."""
    await _close(_held.pop(asyncio.get_running_loop(), {}).values())


async def close(agents: Mapping[str, Agent[Any]], provider: ModelProvider | None) -> None:
    """Close what answers for `agents`. It may be asked again, as the SDK's own models may be."""
    await _close(_answering(agents, provider))


def _answering(
    agents: Mapping[str, Agent[Any]], provider: ModelProvider | None
) -> Iterable[Closing]:
    """Give the models of `agents`, and then the provider that they may be of."""
    for agent in agents.values():
        if isinstance(agent.model, Model):
            yield agent.model, agent.model.close
    if provider is not None:
        yield provider, provider.aclose


async def _close(closings: Iterable[Closing]) -> None:
    for closing, close in closings:
        try:
            await close()
        # It is the user's code, and the run is over; the others have to be closed as well.
        except Exception:
            log.exception("%s could not be closed", type(closing).__name__)
