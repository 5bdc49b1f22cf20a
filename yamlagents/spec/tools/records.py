"""What an agent is given besides its instructions: code, tools, handoffs, guardrails, output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from yamlagents.spec.code.records import CodeSpec, EntryPoint, Options
from yamlagents.spec.problem import Place
from yamlagents.spec.sandbox.kinds import CAPABILITY_TOOLS
from yamlagents.spec.sessions.records import SessionSpec


@dataclass(frozen=True)
class SmokeRule:
    """What `smoke` does with a tool instead of calling it, and why."""

    mode: Literal["skip", "stub"]
    reason: str


# Options are the SDK's keywords, only those the file gives; what is code among them is `CodeSpec`.


@dataclass(frozen=True)
class ToolSpec:
    """A function tool. `options` are `function_tool` keywords."""

    function: EntryPoint
    options: Options
    place: Place = field(compare=False, repr=False)
    smoke: SmokeRule | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names its tools may have, as far as the file tells."""
        return (self.options.get("name_override") or self.function.attribute,)


@dataclass(frozen=True)
class MadeToolsSpec:
    """Tools that Python code makes."""

    code: CodeSpec
    place: Place = field(compare=False, repr=False)
    smoke: SmokeRule | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """None: only running the code tells."""
        return ()


@dataclass(frozen=True)
class AgentToolSpec:
    """The agent called `agent` in the spec as a tool. `options` are `as_tool` keywords.

    `session` is what each call goes on with.
    """

    agent: str
    options: Options
    place: Place = field(compare=False, repr=False)
    smoke: SmokeRule | None = None
    # Where a conversation is kept does not define what runs.
    session: SessionSpec | None = field(default=None, compare=False)

    @property
    def rehearsed(self) -> AgentToolSpec:
        """The same for a test: what it remembers is gone after a run."""
        if self.session is None:
            return self
        return replace(self, session=replace(self.session.rehearsal, id=self.session.id))

    @property
    def names(self) -> tuple[str, ...]:
        """The name its tool has, as far as the file tells."""
        return (self.options.get("tool_name") or self.agent,)


# Kinds of hosted tools that run here.
_LOCAL = ("shell", "local_shell", "apply_patch", "computer", "custom")


@dataclass(frozen=True)
class HostedToolSpec:
    """A tool that the provider runs; `kind` is the word of the file, `web_search` for example."""

    kind: str
    options: Options
    place: Place = field(compare=False, repr=False)
    smoke: SmokeRule | None = None

    @property
    def is_local(self) -> bool:
        """Whether code of the project does what the provider's model asks for."""
        environment = self.options.get("environment") or {}
        return self.kind in _LOCAL and environment.get("type", "local") == "local"

    @property
    def names(self) -> tuple[str, ...]:
        """Its own name, if its kind has names, else that of its kind."""
        if self.kind == "hosted_mcp":
            return (f"hosted_mcp:{self.options['tool_config']['server_label']}",)
        return (self.options.get("name") or self.kind,)


@dataclass(frozen=True)
class NamespaceSpec:
    """Function tools under one name."""

    name: str
    description: str
    tools: tuple[AnyToolSpec, ...]
    place: Place = field(compare=False, repr=False)
    smoke: SmokeRule | None = None

    @property
    def rehearsed(self) -> NamespaceSpec:
        """The same for a test."""
        return replace(self, tools=rehearsed(self.tools))

    @property
    def names(self) -> tuple[str, ...]:
        """The names its tools may have."""
        return tuple(name for tool in self.tools for name in tool.names)


@dataclass(frozen=True)
class CapabilitySpec:
    """Something that an agent can do in its sandbox: a `kind` of the SDK's, or code that makes it.

    `options` are keywords of the SDK's class, and which of the tools need approval.
    """

    kind: str | None
    code: CodeSpec | None
    options: Options
    place: Place = field(compare=False, repr=False)
    smoke: SmokeRule | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its tools, as far as the file tells."""
        if self.kind == "skills":
            return ("load_skill",) if "lazy_from" in self.options else ()
        return CAPABILITY_TOOLS.get(self.kind or "", ())


AnyToolSpec = ToolSpec | MadeToolsSpec | AgentToolSpec | HostedToolSpec | NamespaceSpec


def rehearsed(tools: Iterable[AnyToolSpec]) -> tuple[AnyToolSpec, ...]:
    """Give tools as a test has them, which leaves nothing behind."""
    kinds = (AgentToolSpec, NamespaceSpec)
    return tuple(tool.rehearsed if isinstance(tool, kinds) else tool for tool in tools)


def agent_tools(tools: Iterable[AnyToolSpec]) -> Iterator[AgentToolSpec]:
    """Give those of some tools that are agents, in namespaces as well."""
    for tool in tools:
        if isinstance(tool, NamespaceSpec):
            yield from agent_tools(tool.tools)
        elif isinstance(tool, AgentToolSpec):
            yield tool


# What a tool of an agent may be of.
DeclaredSpec = AnyToolSpec | CapabilitySpec


@dataclass(frozen=True)
class HandoffSpec:
    """A handoff to the agent called `agent` in the spec.

    `options` are `handoff()` keywords, or `use` alone: the code that makes the handoff.
    """

    agent: str
    place: Place = field(compare=False, repr=False)
    options: Options = field(default_factory=dict)


@dataclass(frozen=True)
class GuardrailSpec:
    """A check: code, or the agent `agent` whose structured output trips at the path `tripwire`.

    `name` and `run_in_parallel` are None where the file leaves them to the code.
    """

    place: Place = field(compare=False, repr=False)
    code: CodeSpec | None = None
    agent: str | None = None
    tripwire: str | None = None
    name: str | None = None
    run_in_parallel: bool | None = None


@dataclass(frozen=True)
class OutputSpec:
    """Structured output: a type, or a JSON Schema; and how the model learns of it."""

    type: CodeSpec | None
    schema: Options | None
    strict: bool
    mode: Literal["native", "prompt"]
    place: Place = field(compare=False, repr=False)
