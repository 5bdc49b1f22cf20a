"""The kinds of assertions, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping

# The kinds that can be asked of any value, and so of a field of the final output.
ON_VALUES = (
    "equals",
    "contains",
    "icontains",
    "contains_any",
    "contains_all",
    "icontains_any",
    "icontains_all",
    "starts_with",
    "matches",
    "json",
    "field",
    "word_count",
    "not",
    "all_of",
    "any_of",
)

# All kinds of assertions: the keys that say what an assertion is about.
ASSERTIONS = (
    *ON_VALUES,
    "tool_called",
    "tools_in_order",
    "tool_count",
    "no_tool",
    "last_agent",
    "handoffs",
    "guardrail",
    "approval",
    "error",
    "turns",
    "requests",
    "total_tokens",
    "usd",
    "seconds",
    "python",
    "rubric",
)

# The keys that may stand beside a kind.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "tool_called": ("arguments", "times"),
    "tool_count": ("tool",),
    "approval": ("arguments", "answer"),
    "rubric": ("model", "votes"),
}


def slug(name: str) -> str:
    """Give a test's name fit for the name of a file; '' where no letter or digit is in it."""
    return re.sub(r"\W+", "-", name.lower()).strip("-")[:80]
