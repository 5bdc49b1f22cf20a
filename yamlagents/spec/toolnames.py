"""Names of tools, as far as the files and the source of the functions tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yamlagents.spec import entrypoints
from yamlagents.spec.problem import Problem
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.variables import Unset


@dataclass(frozen=True)
class NamedTool:
    """A tool of an agent, its name (None when only running tells), and what is wrong with it."""

    field: Field
    name: str | None
    problem: Problem | None = None


def named_tools(fields: Mapping[str, Field], scope: Scope) -> Iterator[NamedTool]:
    """Give the tools of the agent that has `fields`."""
    tools = fields.get("tools")
    for item in tools.items() if tools is not None else ():
        options = item.value if isinstance(item.value, dict) else {"function": item.value}
        keys = (*item.keys, "function") if isinstance(item.value, dict) else item.keys
        text = options.get("function")
        if not isinstance(text, str) or isinstance(text, Unset):
            yield NamedTool(item, None)
            continue
        place = item.document.place(*keys)
        resolved = entrypoints.resolve(text, place, item.document.folder, scope.project)
        name = resolved.definition.tool_name if resolved.definition is not None else None
        override = options.get("name_override")
        if isinstance(override, str):
            name = None if isinstance(override, Unset) else override
        yield NamedTool(item, name, resolved.problem)


def all_tools(scope: Scope) -> frozenset[str] | None:
    """Give the names of the tools of all agents; None where not all of them are known."""
    found = [tool for key in scope.agents for tool in named_tools(scope.agent(key), scope)]
    names = {tool.name for tool in found if tool.name is not None and tool.problem is None}
    return frozenset(names) if scope.complete and len(found) == len(_sure(found)) else None


def _sure(tools: list[NamedTool]) -> list[NamedTool]:
    return [tool for tool in tools if tool.name is not None and tool.problem is None]
