"""One MCP server while it runs: started, listed, and closed by a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from mcp.types import Tool as McpTool

from yamlagents.sdk.mcp.errors import NotAnswered
from yamlagents.sdk.mcp.transport import transport
from yamlagents.spec.mcp.records import McpServerSpec

# A started server gets a few seconds to end by itself and some more to be ended; see the `mcp`
# package. This is for one that not even that ends.
_PATIENCE = 15.0


class Lines(Protocol):
    """Knows the last lines that a server wrote to its standard error."""

    def lines(self) -> tuple[str, ...]: ...


class Speaker(Protocol):
    """What speaks to a server: one of the SDK's transports, or what stands for one."""

    @property
    def client_session_timeout_seconds(self) -> float | None: ...
    async def connect(self) -> Any: ...
    async def cleanup(self) -> Any: ...
    async def list_tools(self) -> list[McpTool]: ...


# Says how a server is spoken to; a stand-in for it, or one in front of it, may take its place.
MakeTransport = Callable[[McpServerSpec, Path], tuple[Speaker, Lines | None]]


class Connection:
    """A server that is starting, runs, or has ended, in one event loop.

    The task that starts a server also closes it: the `mcp` package asks for that, and a cancelled
    run may go while its servers are still being closed. (The SDK's manager of servers leaves a
    server open whose task is cancelled, closes one after the other, and names none that failed.)
    """

    def __init__(self, spec: McpServerSpec, root: Path, make: MakeTransport = transport) -> None:
        self.users = 0
        self.is_gone = self.has_failed = False
        self.tools: list[McpTool] = []
        self.inner, self._tail = make(spec, root)
        self._close = asyncio.Event()
        self._late: float | None = None
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ready.add_done_callback(_seen)
        self._task = asyncio.create_task(self._live())

    async def started(self) -> None:
        """Wait until the server has said what tools it has. Raises what kept it from that."""
        await asyncio.shield(self._ready)

    async def stop(self) -> None:
        """Close the server, and wait for its end even when cancelled meanwhile."""
        self._close.set()
        if not self._ready.done():
            self._task.cancel()
        await _outlast(self._task)

    def lines(self) -> tuple[str, ...]:
        """Give the last lines that a started server wrote to its standard error."""
        return self._tail.lines() if self._tail is not None else ()

    async def _live(self) -> None:
        limit = self.inner.client_session_timeout_seconds
        clock = (
            asyncio.get_running_loop().call_later(limit, self._give_up, limit) if limit else None
        )
        try:
            await self.inner.connect()
            self.tools = await self.inner.list_tools()
        # Whatever it is, it is for the one who waits.
        except BaseException as error:  # noqa: BLE001  # handed on
            await self._clean_up()
            self._failed(error)
            return
        finally:
            if clock is not None:
                clock.cancel()
        self._ready.set_result(None)
        try:
            await self._close.wait()
        finally:
            await self._clean_up()

    def _give_up(self, seconds: float) -> None:
        self._late = seconds
        self._task.cancel()

    def _failed(self, error: BaseException) -> None:
        self.is_gone = self.has_failed = True
        told = NotAnswered(self._late) if self._late is not None else error
        if isinstance(told, Exception):
            self._ready.set_exception(told)
        else:
            self._ready.cancel()

    async def _clean_up(self) -> None:
        await self.inner.cleanup()


def _seen(ready: asyncio.Future[None]) -> None:
    """Look at a failure that nobody waits for any more, of which asyncio would complain."""
    if not ready.cancelled():
        ready.exception()


async def _outlast(task: asyncio.Task[Any]) -> None:
    """Wait for the end of `task`; who cancels the wait is told afterwards."""
    loop = asyncio.get_running_loop()
    end, cancelled = loop.time() + _PATIENCE, False
    while not task.done() and loop.time() < end:
        try:
            await asyncio.wait([task], timeout=end - loop.time())
        except asyncio.CancelledError:
            cancelled = True
    task.cancel()
    if cancelled:
        raise asyncio.CancelledError
