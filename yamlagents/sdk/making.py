"""Agents in the making: each by itself first, and then what leads to others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, cast

from agents import Agent, Model, Tool
from agents.agent import MCPConfig
from agents.lifecycle import AgentHooksBase
from agents.tool import default_tool_error_function

from yamlagents.sdk import code
from yamlagents.sdk.agenttools import agent_tool
from yamlagents.sdk.guardrails import input_guardrail, output_guardrail
from yamlagents.sdk.handoffs import handoff_to
from yamlagents.sdk.hosted import hosted_tool, namespaced, refused
from yamlagents.sdk.instructions import instructions
from yamlagents.sdk.local import without_computers
from yamlagents.sdk.mcp.server import Server
from yamlagents.sdk.mcp.telling import telling
from yamlagents.sdk.models.choice import Models
from yamlagents.sdk.models.fallbacks import answering
from yamlagents.sdk.offline import OfflineModel
from yamlagents.sdk.output import output_type
from yamlagents.sdk.prompted import prompted
from yamlagents.sdk.results import checked
from yamlagents.sdk.sandbox.agent import BoxedAgent, declared_of_sandbox, sandbox_fields
from yamlagents.sdk.tools import function_tools, made_tools
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.records import AgentSpec, ModelSpec, Spec
from yamlagents.spec.secrets.veil import veiled
from yamlagents.spec.tools.records import (
    AgentToolSpec,
    AnyToolSpec,
    DeclaredSpec,
    HostedToolSpec,
    MadeToolsSpec,
    NamespaceSpec,
    ToolSpec,
)

T = TypeVar("T")
Declared = Mapping[str, DeclaredSpec]


class Making:
    """One assembly: the models that are made, and the problems that came up."""

    def __init__(self, spec: Spec, models: Models) -> None:
        self._spec = spec
        self._models = models
        self._answering: dict[tuple[str | None, ...], Model] = {}
        self._problems: list[Problem] = []
        self._servers: dict[str, Server] = {}

    def tried(self, make: Callable[..., T], *args: Any) -> T | None:
        """Make something, or take note of why it cannot be made."""
        try:
            return make(*args)
        except SpecError as error:
            self._problems += error.problems
            return None

    @property
    def servers(self) -> Mapping[str, Server]:
        """The MCP servers of the agents that were made, by name."""
        return MappingProxyType(self._servers)

    def refuse(self, *further: Problem) -> None:
        """Raise what came up so far, and further problems."""
        self._problems += further
        if self._problems:
            raise SpecError(list(veiled(self._problems, os.environ)))

    def agent(self, spec: AgentSpec) -> Agent[Any]:
        """Make one agent, without what leads to others."""
        root = self._spec.root
        hooks = spec.options.get("hooks")
        plain = {key: value for key, value in spec.options.items() if key != "hooks"}
        options = checked(code.functions(plain, root), plain)
        if isinstance(hooks, CodeSpec):
            options["hooks"] = code.hooks(hooks, root, AgentHooksBase)
        mode = spec.output.mode if spec.output is not None else "native"

        def make(model: ModelSpec) -> Model:
            return prompted(self._answer(model), mode, spec.name)

        model, settings = answering(spec, make, self._spec.run.model_settings, root)
        of_sandbox = sandbox_fields(spec.sandbox, root) if spec.sandbox is not None else {}
        return (BoxedAgent if of_sandbox else Agent)(
            name=spec.name,
            instructions=instructions(spec, root),
            handoff_description=spec.handoff_description,
            model=model,
            model_settings=settings,
            output_type=output_type(spec.output, root) if spec.output is not None else None,
            **options,
            **of_sandbox,
        )

    def equip(self, spec: AgentSpec, agents: Mapping[str, Agent[Any]]) -> Declared:
        """Give an agent its tools, handoffs and guardrails, and say which tool is which."""
        agent, root = agents[spec.key], self._spec.root
        tools: dict[str, Tool] = {}
        declared: dict[str, DeclaredSpec] = {}
        for item in spec.tools:
            for tool in self.tried(self._tools, item, agents) or ():
                name = item.names[0] if isinstance(item, HostedToolSpec) else tool.name
                if name in tools:
                    self._problems.append(_twice(item, name, spec))
                tools[name], declared[name] = tool, item
        given = list(tools.values())
        # A computer is made as soon as a run starts, which offline nobody uses.
        agent.tools = without_computers(given) if _is_offline(agent) else given
        for name, capability in self.tried(declared_of_sandbox, spec, agent) or ():
            if name in declared:
                self._problems.append(_twice(capability, name, spec))
            declared[name] = capability
        self._connect(spec, agent)
        self._problems += refused(spec, agent)
        agent.handoffs = self._all(handoff_to, spec.handoffs, agents, root)
        agent.input_guardrails = self._all(input_guardrail, spec.input_guardrails, agents, root)
        agent.output_guardrails = self._all(output_guardrail, spec.output_guardrails, agents, root)
        return MappingProxyType(declared)

    def _connect(self, spec: AgentSpec, agent: Agent[Any]) -> None:
        """Give an agent its MCP servers, each made once; none of them is started."""
        root = self._spec.root
        for name in spec.mcp_servers:
            if name not in self._servers:
                server = self.tried(Server, self._spec.mcp_servers[name], root)
                if server is None:
                    continue
                self._servers[name] = server
            agent.mcp_servers.append(self._servers[name])
        given = code.options(spec.mcp_config, root)
        own = given.pop("failure_error_function", default_tool_error_function)
        if spec.mcp_servers:
            agent.mcp_config = cast(MCPConfig, {**given, "failure_error_function": telling(own)})

    def _all(self, make: Callable[..., T], specs: Iterable[Any], *args: Any) -> list[T]:
        made = [self.tried(make, spec, *args) for spec in specs]
        return [one for one in made if one is not None]

    def _tools(self, spec: AnyToolSpec, agents: Mapping[str, Agent[Any]]) -> list[Any]:
        root = self._spec.root
        if isinstance(spec, ToolSpec):
            return function_tools(spec, root)
        if isinstance(spec, MadeToolsSpec):
            return made_tools(spec, root)
        if isinstance(spec, AgentToolSpec):
            return [agent_tool(spec, agents, root)]
        if isinstance(spec, HostedToolSpec):
            return [hosted_tool(spec, root)]
        assert isinstance(spec, NamespaceSpec), "there are no other tools"
        inner = [tool for item in spec.tools for tool in self._tools(item, agents)]
        return list(namespaced(spec, inner))

    def _answer(self, spec: ModelSpec) -> Model:
        """Ask for each model once, so that agents that share a model share its object."""
        if spec.access not in self._answering:
            self._answering[spec.access] = self._models(spec)
        return self._answering[spec.access]


def _is_offline(agent: Agent[Any]) -> bool:
    return isinstance(agent.model, OfflineModel)


def _twice(item: DeclaredSpec, name: str, spec: AgentSpec) -> Problem:
    message = f"a second tool called '{name}' in the agent '{spec.key}'"
    hint = f"give one of them a {_RENAMES.get(type(item), 'name_override')}"
    return Problem(item.place, "error", "duplicate-tool", message, hint)


_RENAMES = {AgentToolSpec: "tool_name", MadeToolsSpec: "different name in Python"}
