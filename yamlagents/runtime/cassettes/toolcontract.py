"""The contract of a tool: what the model, and who serves it, are told of it."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any

from agents import CustomTool, FunctionTool, HostedMCPTool, Tool
from agents._tool_identity import (
    get_explicit_function_tool_namespace,
    get_function_tool_namespace_description,
)

# What of hosted tools is carried out or decided here, which nobody else is told.
_HERE = frozenset(
    (
        *("executor", "editor", "computer", "on_invoke_tool", "custom_data_extractor"),
        *("needs_approval", "on_approval", "on_approval_request", "on_safety_check", "name"),
    )
)
# Of a configuration: what goes without saying, and secrets by which a provider reaches a server.
_NOT_TOLD = frozenset(("type", "authorization", "headers"))


def tool_key(tool: Tool) -> str:
    """Give the name by which a tool is known: of hosted MCP servers there may be several."""
    if isinstance(tool, HostedMCPTool):
        return f"hosted_mcp:{tool.tool_config.get('server_label')}"
    return tool.name


def tool_contract(tool: Tool) -> dict[str, Any]:
    """Give a function tool as `{description, parameters}`, any other as `{hosted}`.

    Beside these is whatever else is told of it, as far as it is not what goes without saying.
    """
    if not isinstance(tool, FunctionTool):
        return {"hosted": tool.name, **_options(tool)}
    data = {"description": tool.description, "parameters": tool.params_json_schema}
    return {**data, **{key: value for key, value in _further(tool).items() if value}}


def is_closed(schema: Mapping[str, Any]) -> bool:
    """Tell whether a schema is one that could be enforced, so that it does not show if it is."""
    return schema.get("additionalProperties") is False


def _further(tool: FunctionTool) -> dict[str, Any]:
    lax = not tool.strict_json_schema and is_closed(tool.params_json_schema)
    return {
        "strict": "no" if lax else None,
        "namespace": get_explicit_function_tool_namespace(tool),
        "namespace_description": get_function_tool_namespace_description(tool),
        "defer_loading": tool.defer_loading,
        "allowed_callers": tool.allowed_callers,
        "output": tool.output_json_schema,
    }


def _options(tool: Any) -> dict[str, Any]:
    """Give the options of a hosted tool that are not the SDK's defaults."""
    parts = [part for part in dataclasses.fields(tool) if part.name not in _HERE]
    values = {part.name: (getattr(tool, part.name), part.default) for part in parts}
    options = {name: value for name, (value, usual) in values.items() if value != usual}
    config = options.pop("tool_config", None) or {}
    if not isinstance(tool, CustomTool):  # whose configuration says the same once more
        options |= {key: value for key, value in config.items() if key not in _NOT_TOLD}
    return {key: plain(value) for key, value in options.items()}


def plain(value: Any) -> Any:
    """Give a value of the SDK as plain data, without secrets, and files by their digests."""
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return dump(mode="json", exclude_none=True)
    if isinstance(value, Mapping):
        return {str(key): _part(str(key), value[key], value) for key in value}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _part(key: str, value: Any, whole: Mapping[str, Any]) -> Any:
    if key == "domain_secrets":
        return [{name: one[name] for name in one if name != "value"} for one in value]
    if key == "data" and whole.get("type") == "base64" and isinstance(value, str):
        return f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"
    return plain(value)
