"""Signals that end the program, put off until what was opened is closed."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
# Who holds something open, and the signal that came meanwhile.
_holders: dict[object, tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = {}
_came: list[int] = []
# Who closes something, how interrupts are taken else, and those that came meanwhile.
_closers: list[object] = []
_taken: list[Any] = []
_interrupts: list[int] = []


@contextmanager
def orderly() -> Iterator[None]:
    """Let a signal that ends the program cancel the current task first, which can close things.

    The program ends by the same signal when nobody holds anything any more. Signals that the
    program handles itself are left alone, and so are all of them outside its main thread.
    """
    task = asyncio.current_task()
    if task is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    holder = object()
    _holders[holder] = asyncio.get_running_loop(), task
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    try:
        yield
    finally:
        del _holders[holder]
        if not _holders:
            _let_go()


def _end(number: int, frame: FrameType | None) -> None:
    # The next one ends the program at once.
    _restore()
    _came.append(number)
    running = [(loop, task) for loop, task in _holders.values() if not task.done()]
    for loop, task in running:
        loop.call_soon_threadsafe(task.cancel)
    if not running:
        raise SystemExit(128 + number)


def _let_go() -> None:
    _restore()
    if _came:
        os.kill(os.getpid(), _came.pop())


def _restore() -> None:
    for number in _SIGNALS:
        if signal.getsignal(number) is _end:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put an interrupt off until what is closed here is closed: it would be left behind.

    That has to be a matter of seconds. The first interrupt of a run cancels it, so that it closes
    what it has opened; it is the impatient second one that breaks in wherever the program is.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not callable(signal.getsignal(signal.SIGINT)):
        yield
        return
    if not _closers:
        _taken.append(signal.signal(signal.SIGINT, _put_off))
    closer = object()
    _closers.append(closer)
    try:
        yield
    finally:
        _closers.remove(closer)
        if not _closers:
            signal.signal(signal.SIGINT, _taken.pop())
            _let_in()


def _put_off(number: int, frame: FrameType | None) -> None:
    _interrupts.append(number)


def _let_in() -> None:
    if _interrupts:
        # Not from here: who closes has more to do.
        asyncio.get_running_loop().call_soon(signal.raise_signal, _interrupts.pop())
        _interrupts.clear()
