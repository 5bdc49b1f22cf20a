"""Agents that have a sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agents import Agent
from agents.sandbox import Capability, SandboxAgent

from yamlagents.sdk import code
from yamlagents.sdk.sandbox.capabilities import capability_of, tools_by_capability
from yamlagents.sdk.sandbox.manifest import manifest_of
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.records import AgentSpec
from yamlagents.spec.sandbox.records import SandboxSpec
from yamlagents.spec.tools.records import CapabilitySpec


class BoxedAgent(SandboxAgent[Any]):
    """An agent that several runs may have at once, as any other agent.

    Each run has a workspace, capabilities and tools of its own; the SDK keeps runs from one agent
    at a time only by what it notes on the agent.
    """

    @property
    def _sandbox_concurrency_guard(self) -> None:
        return None

    @_sandbox_concurrency_guard.setter
    def _sandbox_concurrency_guard(self, _: object) -> None:
        pass


def sandbox_fields(spec: SandboxSpec, root: Path) -> dict[str, Any]:
    """Give the fields that an agent with a sandbox has besides. Raises `SpecError`."""
    told = spec.base_instructions
    problems: list[Problem] = []
    capabilities: list[Capability] = []
    for item in spec.capabilities:
        try:
            capabilities.append(capability_of(item, root))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    return {
        # Without one, the SDK would not ask capabilities what they put there.
        "default_manifest": manifest_of(spec.manifest, root),
        "base_instructions": code.made(told, root) if isinstance(told, CodeSpec) else told,
        "capabilities": capabilities,
        "run_as": spec.run_as,
    }


def declared_of_sandbox(spec: AgentSpec, agent: Agent[Any]) -> list[tuple[str, CapabilitySpec]]:
    """Give the tools that an agent will have of its sandbox by name, each with its capability."""
    if spec.sandbox is None:
        return []
    pairs = zip(spec.sandbox.capabilities, tools_by_capability(agent), strict=True)
    return [(tool.name, capability) for capability, tools in pairs for tool in tools]
