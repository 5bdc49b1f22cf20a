"""An event loop for one piece of work, that ends when the work does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from yamlagents.runtime.threads import DaemonThreads
from yamlagents.sdk.models import release

_Result = TypeVar("_Result")


def in_own_loop(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Do `work` in a loop of its own: no tool's thread and no connection outlives it."""
    return asyncio.run(_finish(work))


async def _finish(work: Coroutine[Any, Any, _Result]) -> _Result:
    asyncio.get_running_loop().set_default_executor(DaemonThreads())
    try:
        return await work
    finally:
        await release()
