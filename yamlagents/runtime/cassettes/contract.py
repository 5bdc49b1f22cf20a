"""The contract of an agent: what the model sees of it besides the conversation."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from agents import Agent, AgentOutputSchemaBase, Handoff, ModelSettings, Tool

from yamlagents.runtime.attachments import lightened
from yamlagents.runtime.cassettes.toolcontract import is_closed, tool_contract, tool_key
from yamlagents.spec.records import AgentSpec

# How a request is made, which does not change what is asked.
_TRANSPORT = ("retry", "timeout", "include_usage", "preserve_raw_usage")


@dataclass(frozen=True)
class Contract:
    """Model, instructions, settings, and by name the tools and handoffs with their schemas.

    A tool is `{description, parameters}` and what else is told of it, or `{hosted}` with its
    options. A handoff is `{agent, description}` with `parameters` if it takes any. `output` is the
    JSON Schema of structured output, None for text. `prompt` is one that the provider keeps.
    Among the `settings` are other keys of the agent that change how its model is asked.
    """

    model: str
    instructions: str | None = None
    prompt: Mapping[str, Any] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    tools: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    handoffs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    output: Any = None

    @cached_property
    def data(self) -> dict[str, Any]:
        """The contract as plain data, without what it does not have."""
        parts = {part.name: getattr(self, part.name) for part in dataclasses.fields(self)}
        return {name: value for name, value in parts.items() if value not in (None, {})}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the contract, in hex."""
        return digest(self.data)


def digest(data: Any) -> str:
    """Give the SHA-256 of plain data, in hex; the order of keys does not count."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def contract_data(
    model: str,
    instructions: str | None,
    settings: ModelSettings,
    *,
    tools: Sequence[Tool],
    handoffs: Sequence[Handoff[Any, Any]],
    output: AgentOutputSchemaBase | None,
    prompt: Mapping[str, Any] | None = None,
    further: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Give what a request shows of its agent, as the fields of `Contract`.

    `settings` are the agent's own: those of a request change in a run (`tool_choice` is reset).
    `further` is what `further_settings` and `of_capabilities` give.
    """
    structured = output is not None and not output.is_plain_text()
    data = {
        "model": model,
        "instructions": instructions,
        "prompt": lightened(_plain(prompt)) if prompt is not None else None,
        "settings": {**_settings(settings), **(further or {}), **_strictness(output)},
        "tools": {tool_key(tool): tool_contract(tool) for tool in tools},
        "handoffs": {handoff.tool_name: _handoff(handoff) for handoff in handoffs},
        "output": output.json_schema() if output is not None and structured else None,
    }
    plain: dict[str, Any] = json.loads(json.dumps(data, default=str))
    return plain


def _settings(settings: ModelSettings) -> dict[str, Any]:
    values = {part.name: getattr(settings, part.name) for part in dataclasses.fields(settings)}
    if settings.retry is not None and settings.extra_args:
        # Retries of our own turn LiteLLM's off by an argument.
        rest = {key: value for key, value in settings.extra_args.items() if key != "max_retries"}
        values["extra_args"] = rest or None
    return {
        name: _plain(value)
        for name, value in values.items()
        if value is not None and name not in _TRANSPORT
    }


def _plain(value: Any) -> Any:
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json", exclude_none=True)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value


def further_settings(spec: AgentSpec, agent: Agent[Any]) -> dict[str, Any]:
    """Give the keys of an agent besides its settings that change how its model is asked."""
    given: dict[str, Any] = {}
    if spec.output is not None and spec.output.mode != "native":
        given["output_mode"] = spec.output.mode
    if agent.model_settings.tool_choice is not None and not agent.reset_tool_choice:
        given["reset_tool_choice"] = False
    return given


def of_capabilities(asked: ModelSettings, settings: ModelSettings) -> dict[str, Any]:
    """Give what capabilities of a sandbox add to the `settings` that a request has of its agent."""
    own = settings.extra_args or {}
    args = asked.extra_args or {}
    added = {key: _plain(args[key]) for key in args if key not in own or args[key] != own[key]}
    return {"capabilities": added} if added else {}


def _strictness(output: AgentOutputSchemaBase | None) -> dict[str, Any]:
    """Tell that the provider is not to enforce a schema which does not show it."""
    if output is None or output.is_plain_text() or output.is_strict_json_schema():
        return {}
    return {"strict_json_schema": False} if is_closed(output.json_schema()) else {}


def _handoff(handoff: Handoff[Any, Any]) -> dict[str, Any]:
    data = {"agent": handoff.agent_name, "description": handoff.tool_description}
    schema = handoff.input_json_schema
    return {**data, "parameters": schema} if schema.get("properties") else data
