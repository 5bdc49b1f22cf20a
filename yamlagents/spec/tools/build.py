"""From checked fields to an agent's tools, handoffs, guardrails and output as frozen data."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from yamlagents.spec.code import coderefs
from yamlagents.spec.code.records import CodeSpec, Options
from yamlagents.spec.models.build import known
from yamlagents.spec.run.config import config_of
from yamlagents.spec.run.fields import parts
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.sessions.build import store_of
from yamlagents.spec.tools.names import opened, tool_items
from yamlagents.spec.tools.records import (
    AgentToolSpec,
    AnyToolSpec,
    GuardrailSpec,
    HandoffSpec,
    HostedToolSpec,
    MadeToolsSpec,
    NamespaceSpec,
    OutputSpec,
    SmokeRule,
    ToolSpec,
)
from yamlagents.spec.variables import Unset


def tools_of(fields: dict[str, Field], scope: Scope) -> tuple[AnyToolSpec, ...]:
    """Give the tools of the agent that has `fields`."""
    return tuple(_tool(item, scope) for item in tool_items(fields, scope) if _is_known(item))


def handoff_of(item: Field, scope: Scope) -> HandoffSpec:
    """Give the handoff of an agent's key, or of a mapping."""
    if isinstance(item.value, str):
        return HandoffSpec(item.value, item.place)
    given = coderefs.options(item, coderefs.HANDOFF, scope, without=("agent", "use", "with"))
    if coderefs.names_code(item):
        given = MappingProxyType({"use": coderefs.code_of(item, scope)})
    return HandoffSpec(item.value["agent"], item.place, given)


def guardrail_of(item: Field, scope: Scope) -> GuardrailSpec:
    """Give the guardrail of an entry point, or of a mapping."""
    data = item.value if isinstance(item.value, dict) else {}
    return GuardrailSpec(
        place=item.place,
        code=coderefs.code_of(item, scope) if coderefs.names_code(item) else None,
        agent=data.get("agent"),
        tripwire=data.get("tripwire"),
        name=data.get("name"),
        run_in_parallel=data.get("run_in_parallel"),
    )


def output_of(fields: dict[str, Field], scope: Scope) -> OutputSpec | None:
    """Give the structured output of the agent that has `fields`, if it has one."""
    field = fields.get("output_type")
    if not known(field):
        return None
    is_schema = isinstance(field.value, dict)
    return OutputSpec(
        type=None if is_schema else coderefs.code_of(field, scope),
        schema=MappingProxyType(field.value) if is_schema else None,
        strict=_value(fields, "strict_json_schema", True),
        mode=_value(fields, "output_mode", "native"),
        place=field.place,
    )


def _value(fields: dict[str, Field], key: str, default: Any) -> Any:
    field = fields.get(key)
    return field.value if known(field) else default


def _is_known(item: Field) -> bool:
    data = item.value if isinstance(item.value, dict) else {"function": item.value}
    heads = (data.get(key) for key in ("function", "agent", "hosted", "use"))
    return not any(isinstance(head, Unset) for head in heads)


def _tool(item: Field, scope: Scope) -> AnyToolSpec:
    data = item.value if isinstance(item.value, dict) else {}
    smoke = smoke_rule(data.get("smoke"))
    if "agent" in data:
        session = item.part("session")
        kept = store_of(session, scope) if known(session) and session.value is not None else None
        return AgentToolSpec(data["agent"], _of_agent_tool(item, scope), item.place, smoke, kept)
    if "hosted" in data:
        return HostedToolSpec(
            data["hosted"], _options(item, coderefs.HOSTED_TOOL, scope, "hosted"), item.place, smoke
        )
    if "use" in data:
        return MadeToolsSpec(coderefs.code_of(item, scope), item.place, smoke)
    if "namespace" in data:
        inner = [tool for field in item.part("tools").items() for tool in opened(field, scope)]
        tools = tuple(_tool(tool, scope) for tool in inner if _is_known(tool))
        return NamespaceSpec(data["namespace"], data["description"], tools, item.place)
    return _function(item, scope, smoke)


def _function(item: Field, scope: Scope, smoke: SmokeRule | None) -> ToolSpec:
    named = item.part("function") if isinstance(item.value, dict) else item
    point: CodeSpec = coderefs.code_of(named, scope)
    given = (
        _options(item, coderefs.FUNCTION_TOOL, scope, "function")
        if isinstance(item.value, dict)
        else MappingProxyType({})
    )
    return ToolSpec(point.point, given, item.place, smoke)


def _options(item: Field, keys: coderefs.Keys, scope: Scope, head: str) -> Any:
    return coderefs.options(item, keys, scope, without=(head, "smoke"))


def _of_agent_tool(item: Field, scope: Scope) -> Options:
    given = coderefs.options(
        item, coderefs.AGENT_TOOL, scope, without=("agent", "smoke", "session", "run_config")
    )
    config = parts(item.part("run_config"))
    return MappingProxyType({**given, "run_config": config_of(config, scope)} if config else given)


def smoke_rule(rule: Any) -> SmokeRule | None:
    """Give what `smoke` does with a tool, where the file says it."""
    if not rule:
        return None
    ((mode, reason),) = rule.items()
    return SmokeRule(mode, reason)
