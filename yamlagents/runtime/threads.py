"""Threads that do not hold up the end of the program."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import Any


class DaemonThreads(ThreadPoolExecutor):
    """Runs each call in a daemon thread of its own.

    A tool that does not return cannot be stopped. Python waits at its end for the threads of an
    ordinary pool, so that neither a tool's timeout nor an interrupt would end the program.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call `fn` in a new thread."""
        future: Future[Any] = Future()

        def call() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except (SystemExit, StopIteration) as error:
                # An event loop ends at the one and never wakes up from the other.
                told = RuntimeError(f"{type(error).__name__}: {error}")
                future.set_exception(told.with_traceback(error.__traceback__))
            # Whatever else it raises is for the one who waits.
            except BaseException as error:  # noqa: BLE001  # handed on
                future.set_exception(error)

        Thread(target=call, daemon=True).start()
        return future
