"""The codes that a run fails with, each with its exit code, as docs/problems.md lists them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

EXITS: Mapping[str, int] = MappingProxyType(
    {
        "bad-request": 3,
        "bad-state": 2,
        "budget-exceeded": 5,
        "case-timeout": 5,
        "cassette-miss": 8,
        "cassette-stale": 8,
        "cassette-unreadable": 8,
        "cassette-unwritable": 2,
        "code-failed": 4,
        "cut-reply": 3,
        "cut-stream": 3,
        "empty-reply": 3,
        "guardrail": 6,
        "key-refused": 3,
        "loop-limit": 5,
        "max-turns": 5,
        "mcp-ended": 4,
        "mcp-failed": 4,
        "missing-key": 3,
        "model-behaviour": 3,
        "model-not-found": 3,
        "model-refused": 3,
        "model-timeout": 3,
        "needs-approval": 7,
        "no-cassette": 2,
        "no-connection": 3,
        "not-covered": 1,
        "provider-error": 3,
        "rate-limited": 3,
        "sandbox-failed": 4,
        "script-error": 3,
        "script-exhausted": 3,
        "script-handoff": 3,
        "sdk-refused": 2,
        "session-failed": 4,
        "smoke-failed": 1,
        "state-stale": 2,
        "state-used": 2,
        "tool-failed": 4,
        "unknown-price": 2,
        "unknown-provider": 3,
        "unknown-tool": 2,
        "unknown-usage": 3,
        "unreadable-reply": 3,
        "workflow-input": 3,
    }
)

# What fails a test whatever it expects, and what comes up in no test.
UNEXPECTED = frozenset(
    (
        "bad-state",
        "cassette-miss",
        "cassette-stale",
        "cassette-unreadable",
        "cassette-unwritable",
        "no-cassette",
        "not-covered",
        "script-exhausted",
        "script-handoff",
        "smoke-failed",
        "state-stale",
        "state-used",
        "unknown-tool",
    )
)
