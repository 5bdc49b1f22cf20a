"""Work on many files, spread over the processors there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, TypeVar

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")

# Below this, starting processes takes longer than they save.
_MANY = 200
_CHUNK = 50


def spread(work: Callable[[Sequence[_Item]], list[_Found]], items: Sequence[_Item]) -> list[_Found]:
    """Give what `work` finds in all `items`, in order; with many of them, from several processes.

    `work` and what it finds have to pickle.
    """
    processes = _processors()
    if len(items) < _MANY or processes == 1:
        return work(items)
    chunks = [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
    with _pool(processes) as pool:
        found: list[list[_Found]] = list(pool.map(work, chunks))
    return [one for some in found for one in some]


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _pool(processes: int) -> Any:
    # Imported for the few commands that need it: it takes as long as checking a dozen files.
    futures = import_module("concurrent.futures")
    multiprocessing = import_module("multiprocessing")
    # A fork has all modules loaded already. This process has no threads that it could lose.
    forks = "fork" in multiprocessing.get_all_start_methods() and os.uname().sysname == "Linux"
    context = multiprocessing.get_context("fork" if forks else None)
    return futures.ProcessPoolExecutor(min(processes, 8), mp_context=context)
