"""Who may have which language, and who asks."""

from __future__ import annotations

from typing import Any

from agents import AgentBase, RunContextWrapper

from yamlagents.testing.outcomes import CaseRun

WITH_FRENCH = ("french_spanish", "european")


def has_french(context: RunContextWrapper[Any], agent: AgentBase[Any]) -> bool:
    return _plan(context) in WITH_FRENCH


def has_italian(context: RunContextWrapper[Any], agent: AgentBase[Any]) -> bool:
    return _plan(context) == "european"


def _plan(context: RunContextWrapper[Any]) -> str:
    return str((context.context or {}).get("plan", "spanish"))


def user_name() -> str:
    """Tell the name of the user who asks."""
    return "Robin"


def italian_was_not_there(run: CaseRun) -> tuple[bool, str]:
    assert run.result is not None
    (call,) = run.result.tool_calls
    return call.error == "there is no such tool", f"the call came to {call.error}"
