"""Cancellation: what others ask for, told from what code brings upon itself."""

from __future__ import annotations

import asyncio
import sys


def is_asked_for(error: BaseException) -> bool:
    """Tell whether `error` came of somebody who has cancelled the current task.

    Where nobody has, a `CancelledError` is a failure like others. Python 3.10 cannot tell; there
    it may always have been somebody.
    """
    task = asyncio.current_task()
    if not isinstance(error, asyncio.CancelledError) or task is None:
        return False
    return sys.version_info < (3, 11) or task.cancelling() > 0
