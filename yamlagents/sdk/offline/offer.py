"""What an agent lets its model call: function tools and handoffs, in declared order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents import FunctionTool, Handoff, Tool


@dataclass(frozen=True)
class Offer:
    """One tool or handoff that the model may call."""

    name: str
    description: str
    schema: Mapping[str, Any]
    is_handoff: bool


def list_offers(tools: Sequence[Tool], handoffs: Sequence[Handoff[Any, Any]]) -> tuple[Offer, ...]:
    """Return the function tools, then the handoffs.

    Hosted tools are left out: the provider runs those, and offline there is none.
    """
    callable_tools = [tool for tool in tools if isinstance(tool, FunctionTool) and is_direct(tool)]
    return (
        *(Offer(t.name, t.description or "", t.params_json_schema, False) for t in callable_tools),
        *(Offer(h.tool_name, _purpose(h), h.input_json_schema, True) for h in handoffs),
    )


def is_direct(tool: FunctionTool) -> bool:
    """Tell whether a model may call a tool itself, and not only code that it writes."""
    return tool.allowed_callers is None or "direct" in tool.allowed_callers


def _purpose(handoff: Handoff[Any, Any]) -> str:
    """Return a handoff's description without the sentence that the SDK puts before it."""
    usual = f"Handoff to the {handoff.agent_name} agent to handle the request."
    return handoff.tool_description.removeprefix(usual).strip()
