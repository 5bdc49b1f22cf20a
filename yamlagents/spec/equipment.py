"""What an agent works with: its tools, handoffs, guardrails and code lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from yamlagents.spec.agentnames import display_name, handoff_tool_name, unknown_agent
from yamlagents.spec.code import coderefs
from yamlagents.spec.mcp.references import use_problems, uses_servers
from yamlagents.spec.problem import Problem
from yamlagents.spec.sandbox.references import sandbox_tools
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.shapes import at
from yamlagents.spec.tools.choice import stop_problems, tool_choice_problem
from yamlagents.spec.tools.names import is_group_name, named_tools
from yamlagents.spec.tools.output import output_problems

Fields = dict[str, Field]


def equipment_problems(name: str, fields: Fields, scope: Scope) -> Iterator[Problem]:
    """Give a problem for each thing that the agent `name` is given and that is not there."""
    for item in _items(fields, "handoffs"):
        yield from _handoff(item, scope)
    yield from _tools(name, fields, scope)
    for key in ("input_guardrails", "output_guardrails"):
        for item in _items(fields, key):
            yield from guardrail_problems(item, scope)
    for key, wanted in coderefs.AGENT.items():
        if key in fields and (key != "instructions" or isinstance(fields[key].value, dict)):
            yield from coderefs.code_problem(fields[key], scope, wanted)
    yield from output_problems(fields, scope)
    yield from use_problems(fields, scope)


def group_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each name in a group of tools: a group holds tools, not groups."""
    for group in scope.tools.values():
        for item in group.items() if isinstance(group.value, list) else (group,):
            yield from _names_within(item)


def _names_within(tool: Field) -> Iterator[Problem]:
    if is_group_name(tool):
        hint = "name it beside this group, in the tools of the agent"
        message = f"'{tool.value}' is a name; a group of tools holds tools themselves"
        yield tool.problem("unknown-tool", message, hint)
    for inner in tool.part("tools").items():
        yield from _names_within(inner)


def guardrail_problems(item: Field, scope: Scope) -> Iterator[Problem]:
    """Give the problems of one guardrail: its code or agent, and the field that it trips on."""
    yield from coderefs.code_problem(item, scope, coderefs.GUARDRAIL)
    parallel = item.part("run_in_parallel")
    if parallel.value is not None and "output_guardrails" in item.keys:
        message = "'run_in_parallel' does nothing for a guardrail of output, which comes last"
        place, code = parallel.key_place, "no-effect"
        yield item.document.problem(place, code, message, hint="remove it", severity="warning")
    agent = item.part("agent")
    if agent.value is None:
        return
    yield from unknown_agent(agent, scope)
    if not isinstance(agent.value, str) or agent.value not in scope.agents:
        return
    output = scope.agent(agent.value).get("output_type")
    if output is None:
        message = f"the agent '{agent.value}' has no output_type, so there is no field to trip on"
        hint = f"give '{agent.value}' an output_type with this field"
        yield item.part("tripwire").problem("unknown-field", message, hint)
    else:
        tripwire = item.part("tripwire")
        _, problem = at(tripwire, output.value, tripwire.text, agent.value)
        yield from filter(None, (problem,))


def _items(fields: Fields, key: str) -> Iterator[Field]:
    yield from fields[key].items() if key in fields else ()


def _handoff(item: Field, scope: Scope) -> Iterator[Problem]:
    if not isinstance(item.value, dict):
        yield from unknown_agent(item, scope)
        return
    yield from unknown_agent(item.part("agent"), scope)
    yield from coderefs.code_problem(item, scope, coderefs.MADE_HANDOFF)
    yield from coderefs.code_problems(item, coderefs.HANDOFF, scope)
    for key in item.value:
        beside = "use" in item.value and key not in ("agent", "use", "with")
        if (beside and not key.startswith("x-")) or (key == "with" and "use" not in item.value):
            said = "beside 'use': Python makes the handoff" if beside else "without 'use'"
            message, place = f"'{key}' does nothing {said}", item.part(key).key_place
            yield item.document.problem(place, "conflicting-keys", message, hint="remove it")
    if "input_type" in item.value and "on_handoff" not in item.value:
        message = "'input_type' needs 'on_handoff': nothing else is given the input"
        yield item.part("input_type").problem("conflicting-keys", message)


def _tools(name: str, fields: Fields, scope: Scope) -> Iterator[Problem]:
    yield from _groups_twice(fields)
    named: dict[str, Field] = {}
    complete = not uses_servers(fields)
    for tool in named_tools(fields, scope):
        yield from tool.problems
        complete = complete and tool.name is not None
        yield from _claim(named, tool.name, tool.field, _rename(tool.field))
    of_sandbox, all_known = sandbox_tools(fields)
    complete = complete and all_known
    for tool_name, item in of_sandbox:
        hint = "give the tool of yours another name, or remove the capability"
        yield from _claim(named, tool_name, item, hint)
    handed, known = _handoff_tools(fields, scope)
    for handed_to, item in handed:
        hint = f"a handoff is a tool to the model; give '{_agent(item)}' another name"
        yield from _claim(named, handed_to, item, hint)
    if complete and known:
        shown = {tool: _is_enabled(item) for tool, item in named.items()}
        yield from filter(None, (tool_choice_problem(name, scope, shown),))
        yield from stop_problems(fields.get("tool_use_behavior"), name, shown)


def _groups_twice(fields: Fields) -> Iterator[Problem]:
    """Tell of groups of tools that are listed twice, by themselves or in a namespace."""
    first: dict[str, Field] = {}
    listed = _items(fields, "tools")
    for item in (inner for one in listed for inner in (one, *one.part("tools").items())):
        if is_group_name(item) and first.setdefault(item.value, item) is not item:
            place = first[item.value].place
            where = f"first at line {place.line}, column {place.column}"
            message = f"'{item.value}' is listed twice in 'tools'; {where}"
            yield item.problem("repeated-item", message)


def _rename(item: Field) -> str:
    data = item.value if isinstance(item.value, dict) else {}
    if "hosted" in data:
        return "remove one of them, or tell them apart by name or server_label"
    return f"give one of them a {'tool_name' if 'agent' in data else 'name_override'}"


def _agent(item: Field) -> object:
    return item.value.get("agent") if isinstance(item.value, dict) else item.value


def _handoff_tools(fields: Fields, scope: Scope) -> tuple[list[tuple[str, Field]], bool]:
    """Give the tools of an agent's handoffs by name, and whether these are all.

    Agents of one display name are told of elsewhere, and so is an agent that is listed twice.
    """
    tools: list[tuple[str, Field]] = []
    shown: set[str] = set()
    known = True
    for item in _items(fields, "handoffs"):
        agent, override = _agent(item), item.part("tool_name_override")
        unknown = override.value is not None and override.text is None
        unknown = unknown or item.part("use").value is not None  # Python names it
        if not isinstance(agent, str) or agent not in scope.agents or unknown:
            known = False
            continue
        shown_as = display_name(agent, scope)
        if shown_as not in shown:
            tools.append((override.text or handoff_tool_name(shown_as), item))
        shown.add(shown_as)
    return tools, known


def _is_enabled(item: Field) -> bool:
    return not isinstance(item.value, dict) or item.value.get("is_enabled") is not False


def _claim(
    named: dict[str, Field], tool_name: str | None, item: Field, hint: str
) -> Iterator[Problem]:
    """Tell of a second tool of one name: the SDK would drop one of them with a vague warning."""
    if tool_name is None:
        return
    first = named.setdefault(tool_name, item)
    # A group that is listed twice is told of by itself.
    if (first.document.source, first.keys) != (item.document.source, item.keys):
        message = f"a second tool called '{tool_name}'; the first is at {first.place}"
        yield item.problem("duplicate-tool", message, hint)
