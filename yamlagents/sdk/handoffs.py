"""Handoffs: from an agent's key and options to the SDK's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents import Agent, Handoff, UserError, handoff
from agents.extensions.handoff_filters import remove_all_tools

from yamlagents.sdk import code
from yamlagents.sdk.results import checked
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.tools.records import HandoffSpec

_FILTERS = {"remove_all_tools": remove_all_tools}


def handoff_to(
    spec: HandoffSpec, agents: Mapping[str, Agent[Any]], root: Path
) -> Agent[Any] | Handoff[Any, Any]:
    """Give the handoff of `spec`: the agent itself where no option is set.

    Raises `SpecError` at its place.
    """
    agent = agents[spec.agent]
    if not spec.options:
        return agent
    given = checked(code.options(spec.options, root), spec.options)
    named = given.get("input_filter")
    if isinstance(named, str):
        given["input_filter"] = _FILTERS[named]
    try:
        return handoff(agent, **given)
    except (UserError, TypeError) as error:
        message = f"the handoff to '{spec.agent}' cannot be made: {error}"
        raise SpecError([Problem(spec.place, "error", "bad-handoff", message)]) from error
