"""Handoffs: from an agent's key and options to the SDK's own."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents import Agent, Handoff, RunContextWrapper, UserError, handoff
from agents.extensions.handoff_filters import remove_all_tools

from yamlagents.sdk import code
from yamlagents.sdk.results import checked
from yamlagents.spec.code.records import CodeSpec
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
    maker = spec.options.get("use")
    if isinstance(maker, CodeSpec):
        return _made(maker, agent, root)
    given = checked(code.options(spec.options, root), spec.options)
    named = given.get("input_filter")
    if isinstance(named, str):
        given["input_filter"] = _FILTERS[named]
    try:
        return handoff(agent, **given)
    except (UserError, TypeError) as error:
        message = f"the handoff to '{spec.agent}' cannot be made: {error}"
        raise SpecError([Problem(spec.place, "error", "bad-handoff", message)]) from error


def _made(spec: CodeSpec, agent: Agent[Any], root: Path) -> Handoff[Any, Any]:
    """Give the handoff that Python makes, which leads to the file's own agent in any case."""
    found: Any = code.attribute(spec.point, root)
    if not isinstance(found, Handoff) and callable(found):
        found = code.called(found, spec, {**(spec.arguments or {}), "agent": agent})
    if not isinstance(found, Handoff):
        raise code.wrong_kind(spec, found, "a Handoff of the SDK, or a function that gives one")
    invoke = found.on_invoke_handoff

    async def take(context: RunContextWrapper[Any], arguments: str) -> Agent[Any]:
        await invoke(context, arguments)
        return agent

    made = copy.copy(found)
    made.on_invoke_handoff = take
    made.agent_name = agent.name
    made._agent_ref = weakref.ref(agent)
    made._default_tool_identity = None
    if made.input_filter is not None:
        made.input_filter = checked({"input_filter": made.input_filter}, {"input_filter": spec})[
            "input_filter"
        ]
    return made
