"""Denials that hold, for whatever tools a team has.

The SDK asks about calls that need approval, and about no others. A call that is denied must not
happen, whoever else has to be asked about it: so all calls that a pattern denies are asked about.
"""

from __future__ import annotations

import copy
import inspect
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from agents import ApplyPatchTool, CustomTool, FunctionTool, HostedMCPTool, ShellTool, Tool
from agents.agent import AgentBase
from agents.sandbox.capabilities.tools import SandboxApplyPatchTool

from yamlagents.runtime.approvals.denial import denied
from yamlagents.runtime.approvals.rules import Rules
from yamlagents.sdk.mcp.aliases import names_of, remote_tools
from yamlagents.sdk.mcp.server import Server
from yamlagents.sdk.sandbox.capabilities import capability_tools, retool
from yamlagents.sdk.team import Team
from yamlagents.spec.approvals.patterns import BadPattern, Match, Pattern
from yamlagents.waiting import Approval

_Asks = bool | Callable[[Any, Any, str], "bool | Awaitable[bool]"]


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
        server.asking = _Remote(server, rules)


class _Remote:
    """Says which calls of one MCP server are asked about, by whatever name they are denied."""

    def __init__(self, server: Server, rules: Rules) -> None:
        self._server, self._rules = server, rules

    def __call__(self, tool: str, own: _Asks, agent: AgentBase[Any] | None) -> _Asks:
        names = names_of(self._server, tool)
        deny = [one for one in self._rules.deny if any(map(one.names, names))]
        rest = [one for one in self._rules.deny if one not in deny and _may_name_cut(one)]
        asks = _asks(deny, own) if deny else own
        is_prefixed = agent is not None and agent.mcp_config.get("include_server_in_tool_names")
        if asks is True or not rest or agent is None or not is_prefixed:
            return asks

        return self._by_shown_name(tool, asks, rest, agent)

    def _by_shown_name(
        self, tool: str, own: _Asks, deny: Sequence[Pattern], agent: AgentBase[Any]
    ) -> _Asks:
        async def asks(context: Any, arguments: Any, call_id: str) -> bool:
            # What name it was given in the end, the SDK says where it lists all of them.
            shown = [
                one.tool.name
                for one in await remote_tools(agent, context)
                if one.server is self._server and one.name == tool
            ]
            named = [one for one in deny if any(map(one.names, shown))]
            return await _is_asked(_asks(named, own), context, arguments, call_id)

        return asks


def _may_name_cut(pattern: Pattern) -> bool:
    """Tell whether a pattern may name a tool by a name that was cut, or has a hash at its end."""
    start = pattern.tool.partition("*")[0]
    return start.startswith("mcp_") or "mcp_".startswith(start)


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
        return await _is_asked(own, context, arguments, call_id)

    return asks


async def _is_asked(asks: _Asks, context: Any, arguments: Any, call_id: str) -> bool:
    asked = asks if isinstance(asks, bool) else asks(context, arguments, call_id)
    return bool(await asked if isinstance(asked, Awaitable) else asked)


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
        asked = Approval(item.agent.name, name, arguments_of(item))
        answer = rules.by_patterns(asked)
        if answer is False or isinstance(answer, str):
            told = await denied(item, asked, answer or "", context)
            return {"approve": False, "reason": told}
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
