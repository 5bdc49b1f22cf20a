"""Patterns held against the tools of a team: names that there are, and denials that hold.

The SDK asks about calls that need approval, and about no others. A call that is denied must not
happen, whoever else has to be asked about it: so all calls that a pattern denies are asked about.
"""

from __future__ import annotations

import copy
import inspect
import json
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from agents import ApplyPatchTool, CustomTool, FunctionTool, HostedMCPTool, ShellTool, Tool
from agents.sandbox.capabilities.tools import SandboxApplyPatchTool

from yamlagents.runtime.approvals.patterns import BadPattern, Match, Pattern
from yamlagents.runtime.approvals.rules import Rules
from yamlagents.sdk.sandbox.capabilities import capability_tools, retool
from yamlagents.sdk.team import Team
from yamlagents.spec.problem import suggestion
from yamlagents.waiting import Approval, SavedRun

_LONGEST_NAME = 64  # of an MCP tool with the name of its server; a longer one ends with a hash
_Asks = bool | Callable[[Any, Any, str], "bool | Awaitable[bool]"]


@dataclass(frozen=True)
class Known:
    """The names of tools, with the schemas of their arguments if these are known.

    `is_open` says that there may be more: what MCP servers have is not known before they run.
    """

    tools: tuple[tuple[str, Mapping[str, Any] | None], ...]
    is_open: bool = False


def known_of(team: Team) -> Known:
    """Give the tools that the agents of `team` have."""
    agents = team.agents.values()
    tools = [tool for agent in agents for tool in (*agent.tools, *capability_tools(agent))]
    is_open = bool(team.servers) or any(isinstance(tool, HostedMCPTool) for tool in tools)
    return Known(tuple((tool.name, _schema(tool)) for tool in tools), is_open)


def known_to(saved: SavedRun) -> Known:
    """Give the tools that the agents of a run had when it was saved."""
    contracts = (agent.get("contract", {}) for agent in saved.agents.values())
    tools = (tool for contract in contracts for tool in contract.get("tools", {}).items())
    return Known(tuple((name, tool.get("parameters")) for name, tool in tools), not saved.agents)


def _schema(tool: Tool) -> Mapping[str, Any] | None:
    return tool.params_json_schema if isinstance(tool, FunctionTool) else None


def check(patterns: Iterable[Pattern], known: Known) -> None:
    """Raise `BadPattern` for tools that there are not, and for arguments that they do not have."""
    for pattern in patterns:
        found = [schema for name, schema in known.tools if pattern.names(name)]
        if not found and not known.is_open:
            near = suggestion(pattern.tool, [name for name, _ in known.tools])
            is_glob = "*" in pattern.tool
            said = f"no tool is called '{pattern.tool}'" if is_glob else "there is no such tool"
            raise BadPattern(f"{said}{near}", 0, pattern.text)
        if found and "*" not in pattern.tool:
            _check_arguments(pattern, found)


def _check_arguments(pattern: Pattern, found: Sequence[Mapping[str, Any] | None]) -> None:
    closed = [schema for schema in found if schema and not schema.get("additionalProperties")]
    listed = [schema.get("properties", {}) for schema in closed]
    if len(closed) < len(found) or not all(isinstance(names, Mapping) for names in listed):
        return
    names = {name for names in listed for name in names}
    for condition in pattern.conditions:
        if condition.path[0] not in names:
            near = suggestion(condition.path[0], names)
            reason = f"the tool '{pattern.tool}' has no argument '{condition.path[0]}'{near}"
            raise BadPattern(reason, condition.at, pattern.text)


def enforce(rules: Rules, team: Team) -> None:
    """Have the agents of `team` ask about all calls that are denied.

    Raises `BadPattern` for tools whose calls nobody is asked about, since others carry them out.
    """
    if not rules.deny:
        return
    for agent in team.agents.values():
        agent.tools = [_asking(tool, rules) for tool in agent.tools]
        for tool in capability_tools(agent):
            _asking(tool, rules)  # what cannot be asked about is told now
        retool(agent, lambda tool: _asking(tool, rules))
    for server in team.servers.values():
        server.asking = _Remote(server.name, rules)


class _Remote:
    """Says which calls of one MCP server are asked about."""

    def __init__(self, server: str, rules: Rules) -> None:
        self._server, self._rules = server, rules

    def __call__(self, tool: str, own: _Asks) -> _Asks:
        prefixed = f"mcp_{_plain(self._server)}__{_plain(tool)}"
        deny = [one for one in self._rules.deny if one.names(tool) or one.names(prefixed)]
        if len(prefixed) >= _LONGEST_NAME:
            deny += [one for one in self._rules.deny if one.tool.startswith("mcp_")]
        return _asks(deny, own) if deny else own


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)


def _asking(tool: Tool, rules: Rules) -> Tool:
    """Give a copy of a tool that asks about what is denied; the tool itself, if nothing is."""
    if isinstance(tool, HostedMCPTool):
        _refuse_unasked(tool, rules)
        return tool
    deny = [one for one in rules.deny if one.names(tool.name)]
    if not deny:
        return tool
    is_far = isinstance(tool, ShellTool) and tool.executor is None
    kinds = (FunctionTool, ShellTool, ApplyPatchTool, CustomTool)
    if is_far or not isinstance(tool, kinds):
        reason = f"nobody is asked about calls of '{tool.name}', so they cannot be denied"
        raise BadPattern(f"{reason}; leave the tool out", 0, deny[0].text)
    asking: Any = copy.copy(tool)
    # A patch has several operations, and only the first that is asked about would count.
    whole = isinstance(tool, SandboxApplyPatchTool)
    asking.needs_approval = True if whole else _asks(deny, tool.needs_approval)
    if getattr(tool, "on_approval", None) is not None:
        asking.on_approval = _deciding(tool.name, rules, asking.on_approval)
    return asking  # type: ignore[no-any-return]  # a copy of what came in


def _refuse_unasked(tool: HostedMCPTool, rules: Rules) -> None:
    config: Any = tool.tool_config
    if config.get("require_approval") == "always" and tool.on_approval_request is None:
        return
    label = config.get("server_label", "?")
    reason = f"calls of the hosted MCP server '{label}' may not be asked about, and so not denied"
    raise BadPattern(f"{reason}; give it require_approval: always", 0, rules.deny[0].text)


def _asks(deny: Sequence[Pattern], own: _Asks) -> _Asks:
    if any(not one.conditions for one in deny):
        return True

    async def asks(context: Any, arguments: Any, call_id: str) -> bool:
        if any(_may_be_met(one, arguments) for one in deny):
            return True
        asked = own if isinstance(own, bool) else own(context, arguments, call_id)
        return bool(await asked if isinstance(asked, Awaitable) else asked)

    return asks


def _may_be_met(pattern: Pattern, arguments: Any) -> bool:
    return pattern.denies_arguments(_text(arguments)) is not Match.NO


def _text(arguments: Any) -> str:
    """Give arguments as JSON text, as the SDK has them of any kind of tool."""
    dump = getattr(arguments, "model_dump", None)
    if dump is not None:
        arguments = dump(mode="json")
    elif is_dataclass(arguments) and not isinstance(arguments, type):
        parts = {part.name: getattr(arguments, part.name) for part in fields(arguments)}
        arguments = {name: value for name, value in parts.items() if name != "ctx_wrapper"}
    return arguments if isinstance(arguments, str) else json.dumps(arguments, default=str)


def _deciding(name: str, rules: Rules, decide: Callable[..., Any]) -> Callable[..., Any]:
    """Put denials before the project's own code that decides."""

    async def on_approval(context: Any, item: Any) -> Any:
        answer = rules(Approval(item.agent.name, name, arguments_of(item)))
        if answer is False or isinstance(answer, str):
            return {"approve": False, **({"reason": answer} if answer else {})}
        decided = decide(context, item)
        return await decided if inspect.isawaitable(decided) else decided

    return on_approval


def arguments_of(item: Any) -> str:
    """Give the arguments of a call that waits as JSON text, whatever kind of tool it is of."""
    if item.arguments is not None:
        return str(item.arguments)
    return _text(next(_actions(item.raw_item), {}))


def _actions(raw: Any) -> Iterator[Any]:
    for name in ("action", "operation"):
        value = raw.get(name) if isinstance(raw, dict) else getattr(raw, name, None)
        if value is not None:
            yield value
