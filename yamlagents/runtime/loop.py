"""An event loop for our own work, that ends when the work does."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager
from types import FrameType, TracebackType
from typing import Any, TypeVar

from yamlagents.result import RunError
from yamlagents.runtime.threads import DaemonThreads
from yamlagents.sdk.models.choice import release
from yamlagents.sdk.models.closing import own_loop

_Result = TypeVar("_Result")


def in_own_loop(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Do `work` in a loop of its own: no tool's thread and no connection outlives it.

    Raises `RunError` for code that ends the program, which no event loop survives, and
    `RuntimeError` inside another loop.
    """
    if is_inside():
        work.close()
        raise RuntimeError("an event loop runs here already: await `run`, or a stream")
    with _not_ended(), closing(_Runner()) as runner:
        return runner.run(_finish(work))


def is_inside() -> bool:
    """Tell whether the caller runs in an event loop, in which no other can run."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@contextmanager
def _not_ended() -> Iterator[None]:
    try:
        yield
    except SystemExit as error:
        message = f"the project's own code ended the program: sys.exit({error.code!r})"
        raise RunError("code-failed", message, exit=4, hint="let it return, or raise") from error


async def _finish(work: Coroutine[Any, Any, _Result]) -> _Result:
    # In the task of the work: a loop that code broke out of cannot be relied on for another.
    await _started()
    try:
        return await work
    finally:
        await release()


class OwnLoop:
    """A loop for one piece of work after another: what they open may stay open between them."""

    def __enter__(self) -> OwnLoop:
        self._runner = _Runner()
        self.run(_started())
        return self

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Do `work` to its end. Raises as `in_own_loop`."""
        with _not_ended():
            return self._runner.run(work)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.run(release())
        finally:
            self._runner.close()


async def _started() -> None:
    own_loop()
    asyncio.get_running_loop().set_default_executor(DaemonThreads())


if sys.version_info >= (3, 11):
    _Runner = asyncio.Runner
else:

    class _Runner:
        """What Python 3.11 has of this name, as far as it is needed."""

        def __init__(self) -> None:
            self._loop = asyncio.new_event_loop()

        def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
            """Do `work` in the loop; an interrupt ends it in order."""
            asyncio.set_event_loop(self._loop)
            task = self._loop.create_task(work)
            try:
                with _interruptible(self._loop, task):
                    return self._loop.run_until_complete(task)
            except KeyboardInterrupt:
                _ended(self._loop, {task})
                raise
            finally:
                asyncio.set_event_loop(None)

        def close(self) -> None:
            """End what still runs, and the loop."""
            _ended(self._loop, asyncio.all_tasks(self._loop))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    @contextmanager
    def _interruptible(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> Iterator[None]:
        """Let an interrupt cancel `task`, and a second one break in wherever the program is.

        An interrupt that breaks in may be lost in code that takes it for a failure of its own.
        """
        came = 0

        def interrupt(number: int, frame: FrameType | None) -> None:
            nonlocal came
            came += 1
            if came > 1 or task.done():
                raise KeyboardInterrupt
            loop.call_soon_threadsafe(task.cancel)

        is_main = threading.current_thread() is threading.main_thread()
        if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            yield
            return
        signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        except asyncio.CancelledError:
            if came:
                raise KeyboardInterrupt from None
            raise
        finally:
            if signal.getsignal(signal.SIGINT) is interrupt:
                signal.signal(signal.SIGINT, signal.default_int_handler)

    def _ended(loop: asyncio.AbstractEventLoop, tasks: set[asyncio.Task[Any]]) -> None:
        for task in tasks:
            task.cancel()
        loop.run_until_complete(_gathered(tasks))

    async def _gathered(tasks: set[asyncio.Task[Any]]) -> None:
        await asyncio.gather(*tasks, return_exceptions=True)
