"""Tools that settings of an agent name, `tool_choice` and others: the agent must have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.variables import Unset

_MODES = ("auto", "required", "none")


def tool_choice_problem(name: str, scope: Scope, tools: Mapping[str, bool]) -> Problem | None:
    """Give a problem if the tool that the agent `name` must call is none of its own.

    `tools` says of each of the agent's tools and handoffs, by name, whether the model sees it.
    """
    field = _choice(name, scope)
    choice = field.value if field is not None else None
    known = isinstance(choice, Unset) or choice in _MODES or tools.get(str(choice))
    # The SDK's word for the tools of hosted MCP servers.
    known = known or (choice == "mcp" and any(name.startswith("hosted_mcp:") for name in tools))
    if field is None or not isinstance(choice, str) or known:
        return None
    own = field.keys[:2] == ("agents", name)
    agent = "this agent" if own else f"the agent '{name}'"
    if choice in tools:
        message = f"{agent} has the tool '{choice}' switched off"
        return field.problem("unknown-tool", message, "remove its is_enabled: false")
    seen = [tool for tool, shown in tools.items() if shown]
    near = suggestion(choice, [*sorted(seen), *_MODES])
    return field.problem("unknown-tool", f"{agent} has no tool '{choice}'{near}")


def stop_problems(
    behavior: Field | None, name: str, tools: Mapping[str, bool]
) -> Iterator[Problem]:
    """Give a problem for each tool that the agent `name` is to stop at and does not have."""
    for item in behavior.part("stop_at_tool_names").items() if behavior is not None else ():
        if item.text is not None and item.text not in tools:
            message = f"the agent '{name}' has no tool '{shortened(item.text)}'"
            yield item.problem("unknown-tool", f"{message}{suggestion(item.text, sorted(tools))}")


def _choice(name: str, scope: Scope) -> Field | None:
    """Give the `tool_choice` that holds for an agent: that of runs, its own, or its model's."""
    of_runs = scope.setting("run", "model_settings", "tool_choice")
    if of_runs is not None:
        return of_runs
    for agent in scope.lineage(name):
        found = _setting(agent, "model_settings")
        if found is not None:
            return found
    model = scope.agent(name).get("model") or scope.setting("run", "model")
    declared = scope.models.get(model.value) if model and isinstance(model.value, str) else None
    return _setting(declared, "settings") if declared is not None else None


def _setting(owner: Field, key: str) -> Field | None:
    settings = owner.value.get(key) if isinstance(owner.value, dict) else None
    if not isinstance(settings, dict) or "tool_choice" not in settings:
        return None
    keys = (*owner.keys, key, "tool_choice")
    return Field(owner.document, keys, settings["tool_choice"])
