"""What a run that waits is bound to: its agents as the model saw them, and what their tools are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from agents import (
    Agent,
    AgentOutputSchema,
    AgentOutputSchemaBase,
    Handoff,
    RunContextWrapper,
    handoff,
)

from yamlagents.runtime.cassettes.contract import Contract, contract_data, further_settings
from yamlagents.runtime.cassettes.places import Places
from yamlagents.runtime.cassettes.staleness import contract_changes
from yamlagents.runtime.redaction import Redaction
from yamlagents.sdk.mcp.aliases import RemoteTool, remote_tools
from yamlagents.sdk.mcp.server import Server
from yamlagents.sdk.models.named import model_name
from yamlagents.sdk.sandbox.capabilities import capability_tools
from yamlagents.sdk.team import Team
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.digest import plain
from yamlagents.spec.records import AgentSpec
from yamlagents.spec.tools.records import (
    AgentToolSpec,
    CapabilitySpec,
    DeclaredSpec,
    HostedToolSpec,
    MadeToolsSpec,
    ToolSpec,
)

Agreement = Mapping[str, Any]


async def agreements(team: Team, reached: Collection[str], context: Any) -> dict[str, Agreement]:
    """Give what each agent is that a run can come to, by their keys, which are `reached`.

    An agreement is `{name, place, contract, tools: {name: {of, asks}}}`, without secrets; a tool of
    an MCP server has `names` as well. The MCP servers of the agents have to run.
    """
    return {one: await _agreement(team, one, context) for one in team.spec.agents if one in reached}


async def _agreement(team: Team, key: str, context: Any) -> Agreement:
    spec, agent = team.spec.agents[key], team.agents[key]
    remote = await remote_tools(agent, RunContextWrapper(context))
    own = [*agent.tools, *capability_tools(agent)]
    contract = contract_data(
        model_name(team, agent),
        _instructions(spec),
        agent.model_settings,
        tools=[*own, *(one.tool for one in remote)],
        handoffs=[one if isinstance(one, Handoff) else handoff(one) for one in agent.handoffs],
        output=_output(agent),
        prompt=_prompt(spec),
        further=further_settings(spec, agent),
    )
    declared = team.declared.get(key, {})
    tools = {tool.name: _own(declared.get(tool.name)) for tool in own}
    tools |= {one.tool.name: _remote(one) for one in remote}
    found: Agreement = {
        "name": spec.name,
        "place": f"{spec.place.file}:{spec.place.line}",
        "contract": Contract(**contract).data,
        "tools": tools,
    }
    redacted: Agreement = Redaction(team.spec)(found)
    return redacted


def _instructions(spec: AgentSpec) -> str | None:
    told = spec.instructions
    return f"what {told.point.text} gives" if isinstance(told, CodeSpec) else told


def _prompt(spec: AgentSpec) -> Mapping[str, Any] | None:
    """Give the prompt that the provider keeps; of one that code chooses, the code."""
    told: Mapping[str, Any] | None = plain(spec.options.get("prompt"))
    return told


def _output(agent: Agent[Any]) -> AgentOutputSchemaBase | None:
    kind = agent.output_type
    if kind is None or isinstance(kind, AgentOutputSchemaBase):
        return kind
    return AgentOutputSchema(kind)


def _own(item: DeclaredSpec | None) -> dict[str, Any]:
    """Say what carries out the calls of a tool, and which of them have to be approved."""
    options: Mapping[str, Any] = getattr(item, "options", {})
    return {"of": _made_of(item), "asks": plain(options.get("needs_approval", False))}


def _made_of(item: DeclaredSpec | None) -> str:
    if isinstance(item, CapabilitySpec):
        of_code = item.code is not None and item.code.point.text
        return of_code or f"the capability '{item.kind}'"
    if isinstance(item, ToolSpec):
        return item.function.text
    if isinstance(item, MadeToolsSpec):
        return item.code.point.text
    if isinstance(item, AgentToolSpec):
        return f"the agent '{item.agent}'"
    return item.kind if isinstance(item, HostedToolSpec) else getattr(item, "name", "")


def _remote(remote: RemoteTool) -> dict[str, Any]:
    server = remote.server
    if not isinstance(server, Server):
        return _own(None)
    asks = plain(server.spec.options.get("require_approval", False))
    of = f"the MCP server '{server.spec.name}' ({server.spec.address})"
    return {"of": of, "asks": asks, "names": list(remote.names)}


def changes(before: Mapping[str, Agreement], now: Mapping[str, Agreement], team: Team) -> list[str]:
    """Name all that is not as it was, each with the place where the files say it."""
    return [
        change
        for key, agreed in before.items()
        for change in (_of(key, agreed, now[key], team) if key in now else (_gone(key, agreed),))
    ]


def _gone(key: str, agreed: Agreement) -> str:
    return f"agent `{key}` is not reached any more; it was at {agreed['place']}"


def _of(key: str, before: Agreement, now: Agreement, team: Team) -> Iterator[str]:
    places = Places(team.spec, key)
    if before["name"] != now["name"]:
        yield f"agent `{key}` was called '{before['name']}', now '{now['name']}' at {places.own()}"
    yield from contract_changes(Contract(**before["contract"]), Contract(**now["contract"]), places)
    for name, tool in before["tools"].items():
        present = now["tools"].get(name)
        if present is None:
            continue
        if tool["of"] != present["of"]:
            said = f"tool {name} of `{key}` was {tool['of']}, now it is {present['of']}"
            yield f"{said} at {places.tool(name)}"
        if tool["asks"] != present["asks"]:
            yield f"which calls of tool {name} need approval changed at {places.tool(name)}"
