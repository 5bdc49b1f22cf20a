"""What leads from one agent to others: handoffs, guardrails, and agents as tools."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents import Agent

from yamlagents.sdk.agenttools import agent_tool
from yamlagents.sdk.guardrails import input_guardrail, output_guardrail
from yamlagents.sdk.handoffs import handoff_to
from yamlagents.spec.records import AgentSpec
from yamlagents.spec.tools.records import AgentToolSpec, DeclaredSpec

Agents = Mapping[str, Agent[Any]]


def linked(
    agent: Agent[Any],
    spec: AgentSpec,
    agents: Agents,
    *,
    declared: Mapping[str, DeclaredSpec],
    root: Path,
) -> None:
    """Let what leads from `agent` to others lead to those of `agents`, in place.

    `declared` says which of its tools are agents. Raises `SpecError` for code that fails.
    """
    agent.handoffs = [handoff_to(item, agents, root) for item in spec.handoffs]
    agent.input_guardrails = [input_guardrail(item, agents, root) for item in spec.input_guardrails]
    agent.output_guardrails = [
        output_guardrail(item, agents, root) for item in spec.output_guardrails
    ]
    for number, tool in enumerate(agent.tools):
        item = declared.get(tool.name)
        if isinstance(item, AgentToolSpec):
            agent.tools[number] = agent_tool(item, agents, root)
