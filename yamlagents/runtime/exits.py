"""Code of the project that ends the program: where many runs go on, it fails its own only."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any


class Ended(Exception):
    """Code that ended the program, by which an event loop ends as well; its text is the call."""

    def __init__(self, error: SystemExit) -> None:
        super().__init__(f"sys.exit({error.code!r})")
        self.__traceback__ = error.__traceback__


@contextmanager
def outlived() -> Iterator[None]:
    """Let code that ends the program fail the task that it is called in, with `Ended`.

    For what is started here in the running loop, unless that has its own way to make tasks.
    """
    loop = asyncio.get_running_loop()
    if loop.get_task_factory() is not None:
        yield
        return
    loop.set_task_factory(_task)
    try:
        yield
    finally:
        loop.set_task_factory(None)


def is_outlived() -> bool:
    """Tell whether code that ends the program is to fail its run only."""
    return asyncio.get_running_loop().get_task_factory() is _task


def _task(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **options: Any
) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.Task(_kept(work), loop=loop, **options)
    # One that is cancelled before it begins has not come to its work.
    task.add_done_callback(lambda _: work.close())
    return task


async def _kept(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await work
    except SystemExit as error:
        raise Ended(error) from None
