"""Tools of agents: which there are, and their names as far as files and source tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yamlagents.spec.agentnames import agent_tool_name, display_name, unknown_agent
from yamlagents.spec.code import coderefs, entrypoints
from yamlagents.spec.mcp.references import uses_servers
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.sandbox.references import sandbox_tools
from yamlagents.spec.schema.jsonschemas import json_schema_problems
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.variables import Unset


@dataclass(frozen=True)
class NamedTool:
    """A tool of an agent, its name (None when only running tells), and what is wrong with it.

    `arguments` are the names that its arguments have at most; None where that is not known.
    """

    field: Field
    name: str | None
    problems: tuple[Problem, ...] = ()
    arguments: frozenset[str] | None = None


def named_tools(fields: Mapping[str, Field], scope: Scope) -> Iterator[NamedTool]:
    """Give the tools of the agent that has `fields`, those of groups in place of the groups."""
    for item in tool_items(fields, scope):
        yield from _named(item, scope)


def tool_items(fields: Mapping[str, Field], scope: Scope) -> Iterator[Field]:
    """Give what the agent that has `fields` lists as tools, groups opened.

    A name that is no group's is given as it is.
    """
    tools = fields.get("tools")
    for item in tools.items() if tools is not None else ():
        yield from opened(item, scope)


def opened(item: Field, scope: Scope) -> Iterator[Field]:
    """Give the tools of the group that `item` names, or `item` itself.

    A name within a group opens nothing: it may be that of the group it stands in.
    """
    is_within = item.keys[0] == "tools"
    group = scope.tools.get(item.value) if is_group_name(item) and not is_within else None
    if group is None:
        yield item
    elif isinstance(group.value, list):
        yield from group.items()
    else:
        yield group


def is_group_name(item: Field) -> bool:
    """Tell whether an item of `tools` is a name and no entry point."""
    return item.text is not None and ":" not in item.text


def sure_tools(scope: Scope) -> tuple[list[NamedTool], bool]:
    """Give the tools of all agents whose names are known, and whether these are all there are."""
    found = [tool for key in scope.agents for tool in named_tools(scope.agent(key), scope)]
    of_sandboxes = [sandbox_tools(scope.agent(key)) for key in scope.agents]
    found += [NamedTool(item, name) for tools, _ in of_sandboxes for name, item in tools]
    sure = [tool for tool in found if tool.name is not None and not tool.problems]
    # What an MCP server has shows once it runs.
    has_servers = any(uses_servers(scope.agent(key)) for key in scope.agents)
    are_all = len(sure) == len(found) and all(are_all for _, are_all in of_sandboxes)
    return sure, scope.complete and are_all and not has_servers


def _named(item: Field, scope: Scope) -> Iterator[NamedTool]:
    if not isinstance(item.value, str | dict):
        yield NamedTool(item, None)
    elif is_group_name(item):
        yield NamedTool(item, None, tuple(_unknown_group(item, scope)))
    elif isinstance(item.value, str) or "function" in item.value:
        yield _function(item, scope)
    elif "agent" in item.value:
        yield _agent(item, scope)
    elif "use" in item.value:
        problems = coderefs.code_problem(item, scope, entrypoints.TOOLS)
        yield NamedTool(item, None, tuple(problems))
    elif "hosted" in item.value:
        yield NamedTool(item, hosted_name(item), tuple(_hosted(item, scope)))
    else:
        for tool in item.part("tools").items():
            for inner in opened(tool, scope):
                yield from _in_namespace(inner, item, scope)


def _in_namespace(item: Field, namespace: Field, scope: Scope) -> Iterator[NamedTool]:
    """Give the tool `item` of a namespace, which holds functions alone."""
    for key, kind in (("hosted", "a hosted tool"), ("namespace", "a namespace")):
        if item.part(key).value is not None:
            name = shortened(str(namespace.value.get("namespace")))
            message = f"the namespace '{name}' holds function tools, and this is {kind}"
            hint = "list it beside the namespace, in the tools of the agent"
            yield NamedTool(item, None, (item.problem("bad-tool", message, hint),))
            return
    yield from _named(item, scope)


def hosted_name(item: Field) -> str | None:
    """Give the name of a hosted tool: its own, if its kind has names, else that of its kind."""
    kind = item.part("hosted").text
    if kind == "hosted_mcp":
        label = item.part("tool_config").part("server_label").text
        return f"hosted_mcp:{label}" if label is not None else None
    if kind in _NAMED_KINDS and item.part("name").value is not None:
        return item.part("name").text
    return kind


# Kinds of hosted tools that an agent may have several of, each with a name.
_NAMED_KINDS = ("shell", "apply_patch", "custom")


def _hosted(item: Field, scope: Scope) -> Iterator[Problem]:
    yield from coderefs.code_problems(item, coderefs.HOSTED_TOOL, scope)
    yield from json_schema_problems(item.part("parameters"))
    environment = item.part("environment").part("type").value or "local"
    if item.value.get("hosted") != "shell" or isinstance(environment, Unset):
        return
    executor = item.part("executor")
    if environment == "local" and executor.value is None:
        hint = "add executor: ./file.py:function, or environment: {type: container_auto}"
        message = "a shell on this machine needs an executor, which runs its commands"
        yield item.problem("conflicting-keys", message, hint)
    elif environment != "local":
        for key in ("executor", "needs_approval", "on_approval"):
            if item.value.get(key):
                message = f"'{key}' does nothing for a shell that OpenAI runs"
                place = item.part(key).key_place
                yield item.document.problem(
                    place, "conflicting-keys", message, hint=f"remove {key}, or environment"
                )


def _unknown_group(item: Field, scope: Scope) -> Iterator[Problem]:
    if not scope.complete or item.value in scope.tools:
        return
    near = suggestion(item.value, scope.tools)
    message = f"there is no '{shortened(item.value)}' under tools{near}"
    hint = None if near else "a Python function is written ./file.py:function, or module:function"
    yield item.problem("unknown-tool", message, hint)


def _function(item: Field, scope: Scope) -> NamedTool:
    text = item.part("function") if isinstance(item.value, dict) else item
    point = text.text
    if point is None:
        return NamedTool(item, None)
    resolved = entrypoints.resolve(point, text.place, text.folder, scope.project, entrypoints.TOOL)
    definition = resolved.definition
    name = definition.tool_name if definition is not None else None
    if item.part("name_override").value is not None:
        name = item.part("name_override").text
    problems = (
        *filter(None, (resolved.problem,)),
        *coderefs.code_problems(item, coderefs.FUNCTION_TOOL, scope),
        *json_schema_problems(item.part("output_json_schema")),
    )
    parameters = definition.parameters if definition is not None else None
    return NamedTool(item, name, problems, parameters)


def _agent(item: Field, scope: Scope) -> NamedTool:
    agent, name = item.part("agent"), item.part("tool_name").text
    problems = (
        *unknown_agent(agent, scope),
        *coderefs.code_problems(item, coderefs.AGENT_TOOL, scope),
    )
    key = agent.text
    if item.part("tool_name").value is None and key is not None and key in scope.agents:
        name = agent_tool_name(display_name(key, scope))
    own_input = "parameters" in item.value
    return NamedTool(item, name, problems, None if own_input else frozenset(("input",)))
