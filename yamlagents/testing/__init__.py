"""Proof without a key: every agent exercised, the tests of agent files, and recordings.

The names below are imported on first use: the pytest plugin, which every run of pytest loads, is
in this package too.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yamlagents.runtime.cassettes.cassette import Cassette
    from yamlagents.runtime.cassettes.replay import lazily, replaying
    from yamlagents.testing.coverage import Coverage
    from yamlagents.testing.exercise import Smoked, smoke

__all__ = ["Cassette", "Coverage", "Smoked", "lazily", "replaying", "smoke"]

_CASSETTES = "yamlagents.runtime.cassettes"
_HOMES = {
    "Cassette": f"{_CASSETTES}.cassette",
    **dict.fromkeys(("lazily", "replaying"), f"{_CASSETTES}.replay"),
    "Coverage": "yamlagents.testing.coverage",
    **dict.fromkeys(("Smoked", "smoke"), "yamlagents.testing.exercise"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'yamlagents.testing' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)
