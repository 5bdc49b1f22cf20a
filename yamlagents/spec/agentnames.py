"""Names of agents: what the SDK shows, the tools it makes of them, and those that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.scope import Field, Scope


def agent_tool_name(agent_name: str) -> str:
    """Give the tool name that the SDK makes for the agent shown as `agent_name`."""
    return re.sub(r"[^a-zA-Z0-9_]", "_", agent_name).lower()


def handoff_tool_name(agent_name: str) -> str:
    """Give the tool name that the SDK makes for a handoff to the agent shown as `agent_name`."""
    return "transfer_to_" + agent_tool_name(agent_name)


def display_name(key: str, scope: Scope) -> str:
    """Give the name the SDK shows for the agent `key`: its `name`, else the key."""
    own = scope.agents[key].document.get("agents", key, "name")
    return own if isinstance(own, str) else key


def unknown_agent(field: Field, scope: Scope) -> Iterator[Problem]:
    """Give a problem where `field` names an agent that there is not."""
    name = field.text
    if scope.complete and name is not None and name not in scope.agents:
        near = suggestion(name, scope.agents)
        hint = None if near else f"the agents are {', '.join(list(scope.agents)[:10])}"
        yield field.problem("unknown-agent", f"there is no agent '{shortened(name)}'{near}", hint)


def display_name_problems(scope: Scope) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for key, field in scope.agents.items():
        name = display_name(key, scope)
        if name in seen:
            message = f"the agents '{seen[name]}' and '{key}' are both shown as '{name}'"
            own = field.document.get(*field.keys, "name")
            place = field.key_place if own is None else field.document.place(*field.keys, "name")
            yield field.document.problem(
                place, "duplicate-name", message, hint="rename one of them"
            )
        seen.setdefault(name, key)
