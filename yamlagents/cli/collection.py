"""Python's garbage collector, kept out of the way of work that only makes lasting objects."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Pause collection.

    Importing the SDK and LiteLLM makes some 400,000 objects that live to the end; looking through
    them again and again is a third of the time it takes.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
