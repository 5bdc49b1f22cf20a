"""Proof without a key: every agent exercised, and the tests of agent files.

The names below are imported on first use: the pytest plugin, which every run of pytest loads, is
in this package too.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yamlagents.testing.exercise import Coverage, Smoked, smoke

__all__ = ["Coverage", "Smoked", "smoke"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'yamlagents.testing' has no attribute '{name}'")
    return getattr(importlib.import_module("yamlagents.testing.exercise"), name)
