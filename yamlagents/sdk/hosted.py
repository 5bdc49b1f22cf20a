"""Tools that only a model of the Responses API calls: hosted ones, and namespaces of functions."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from agents import (
    Agent,
    ApplyPatchTool,
    CodeInterpreterTool,
    ComputerTool,
    CustomTool,
    FileSearchTool,
    FunctionTool,
    HostedMCPTool,
    ImageGenerationTool,
    LocalShellTool,
    Model,
    ProgrammaticToolCallingTool,
    ShellTool,
    Tool,
    ToolSearchTool,
    UserError,
    WebSearchTool,
    tool_namespace,
)
from agents.tool import (
    validate_responses_programmatic_tool_calling_configuration,
    validate_responses_tool_search_configuration,
)

from yamlagents.sdk import code
from yamlagents.sdk.results import checked
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.models.responses import TOOL_KEYS
from yamlagents.spec.problem import Place, Problem, SpecError
from yamlagents.spec.records import AgentSpec
from yamlagents.spec.sandbox.capabilities import OF_RESPONSES
from yamlagents.spec.tools.records import AnyToolSpec, HostedToolSpec, NamespaceSpec

KINDS: dict[str, Callable[..., Tool]] = {
    "web_search": WebSearchTool,
    "file_search": FileSearchTool,
    "code_interpreter": CodeInterpreterTool,
    "image_generation": ImageGenerationTool,
    "hosted_mcp": HostedMCPTool,
    "tool_search": ToolSearchTool,
    "programmatic_tool_calling": ProgrammaticToolCallingTool,
    "shell": ShellTool,
    "local_shell": LocalShellTool,
    "apply_patch": ApplyPatchTool,
    "computer": ComputerTool,
    "custom": CustomTool,
}
# What the SDK has within a `tool_config`, and can be told from the kind.
_TYPES = {
    "code_interpreter": "code_interpreter",
    "image_generation": "image_generation",
    "hosted_mcp": "mcp",
}
# Options that are objects: a class is called to make one.
_OBJECTS = ("editor", "computer")


def hosted_tool(spec: HostedToolSpec, root: Path) -> Tool:
    """Build the tool of `spec`. Raises `SpecError` at its place."""
    plain = {key: value for key, value in spec.options.items() if key not in _OBJECTS}
    # CodeSpecs name places, whose sources would be copied.
    copied = {k: v if isinstance(v, CodeSpec) else copy.deepcopy(v) for k, v in plain.items()}
    given = checked(code.options(copied, root), spec.options)
    for key in _OBJECTS:
        if isinstance(spec.options.get(key), CodeSpec):
            given[key] = code.instance(spec.options[key], root)
    if spec.kind in _TYPES:
        config = {"type": _TYPES[spec.kind], **given.get("tool_config", {})}
        given["tool_config"] = _without_notes(config)
    try:
        return KINDS[spec.kind](**given)
    except (UserError, TypeError, ValueError) as error:
        message = f"the hosted tool '{spec.kind}' cannot be made: {str(error).splitlines()[0]}"
        raise SpecError([Problem(spec.place, "error", "bad-tool", message)]) from error


def namespaced(spec: NamespaceSpec, tools: Sequence[Any]) -> list[FunctionTool]:
    """Put function tools under the namespace of `spec`. Raises `SpecError` at its place."""
    try:
        return tool_namespace(name=spec.name, description=spec.description, tools=list(tools))
    except UserError as error:
        message = f"the namespace '{spec.name}' cannot be made: {error}"
        raise SpecError([Problem(spec.place, "error", "bad-tool", message)]) from error


def refused(spec: AgentSpec, agent: Agent[Any]) -> Iterator[Problem]:
    """Give a problem for each tool of an agent that its model, or the Responses API, refuses.

    What the file says of models has been checked; another one may have been given since.
    """
    model = agent.model
    speaks = getattr(model, "speaks_responses", None) if isinstance(model, Model) else None
    for what, place in _wanting(spec) if speaks is False else ():
        message = f"{what} of the agent '{spec.key}' needs OpenAI's Responses API"
        said = f"{message}, which its model '{spec.model.model}' does not speak"
        hint = "declare its model under models, with provider: openai_responses"
        yield Problem(place, "error", "needs-responses", said, hint)
    if speaks is False or not any(needs_responses(item) for item in spec.tools):
        return
    kept = agent.prompt is not None  # what a prompt at OpenAI holds, nobody knows here
    try:
        validate_responses_tool_search_configuration(agent.tools, allow_opaque_search_surface=kept)
        validate_responses_programmatic_tool_calling_configuration(
            agent.tools, allow_opaque_tool_search_surface=kept
        )
    except UserError as error:
        message = f"the tools of the agent '{spec.key}' do not go together: {error}"
        yield Problem(spec.place, "error", "bad-tool", message)


def _wanting(spec: AgentSpec) -> Iterator[tuple[str, Place]]:
    """Give what of an agent needs the Responses API, and where it is said."""
    for item in spec.tools:
        if needs_responses(item):
            yield f"the tool '{' and '.join(item.names)}'", item.place
    for capability in spec.sandbox.capabilities if spec.sandbox is not None else ():
        if capability.kind in OF_RESPONSES and "configure_tools" not in capability.options:
            yield f"the capability '{capability.kind}'", capability.place


def needs_responses(item: AnyToolSpec) -> bool:
    """Tell whether only a model of the Responses API takes a tool."""
    if isinstance(item, HostedToolSpec | NamespaceSpec):
        return True
    return any(getattr(item, "options", {}).get(key) for key in TOOL_KEYS)


def _without_notes(config: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if not key.startswith("x-")}
