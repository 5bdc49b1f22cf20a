"""Keep AI agents in git: declare them in YAML, check them, run them.

The names below are the public API, together with the module `yamlagents.events`. What needs the
Agents SDK is imported on first use, so that checking a file stays fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yamlagents import events, testing
    from yamlagents.result import RunError, RunResult
    from yamlagents.runtime.runner import run, run_sync, stream
    from yamlagents.sdk.models.choice import live, offline
    from yamlagents.sdk.team import Team, assemble
    from yamlagents.spec.loader import load
    from yamlagents.spec.problem import Problem, SpecError
    from yamlagents.spec.records import ModelSpec, Spec
    from yamlagents.waiting import Approval, Later, SavedRun

__version__ = "0.1.0"

__all__ = [
    "Approval",
    "Later",
    "ModelSpec",
    "Problem",
    "RunError",
    "RunResult",
    "SavedRun",
    "Spec",
    "SpecError",
    "Team",
    "assemble",
    "events",
    "live",
    "load",
    "offline",
    "run",
    "run_sync",
    "stream",
    "testing",
]

_HOMES = {
    "Approval": "yamlagents.waiting",
    "Later": "yamlagents.waiting",
    "ModelSpec": "yamlagents.spec.records",
    "Problem": "yamlagents.spec.problem",
    "RunError": "yamlagents.result",
    "RunResult": "yamlagents.result",
    "SavedRun": "yamlagents.waiting",
    "Spec": "yamlagents.spec.records",
    "SpecError": "yamlagents.spec.problem",
    "Team": "yamlagents.sdk.team",
    "assemble": "yamlagents.sdk.team",
    "live": "yamlagents.sdk.models.choice",
    "load": "yamlagents.spec.loader",
    "offline": "yamlagents.sdk.models.choice",
    "run": "yamlagents.runtime.runner",
    "run_sync": "yamlagents.runtime.runner",
    "stream": "yamlagents.runtime.runner",
}
_MODULES = {"events": "yamlagents.events", "testing": "yamlagents.testing"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name not in _HOMES:
        raise AttributeError(f"module 'yamlagents' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOMES[name]), name)
