"""A short digest of what a spec defines, the same on every machine."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from yamlagents.spec.code.records import EntryPoint
from yamlagents.spec.mcp.records import McpServerSpec
from yamlagents.spec.records import AgentSpec, ModelSpec, Spec
from yamlagents.spec.secrets.words import bears_secret, without_url_secrets


def definition(spec: Spec) -> str:
    """Give `sha256:` and 16 hex digits of the resolved definition; keys and places are left out."""
    data = {
        "entry": spec.entry,
        "run": _given(plain(spec.run)),
        "workflow": plain(spec.workflow),
        "agents": {
            key: {**_agent(agent), **_servers(agent, spec)} for key, agent in spec.agents.items()
        },
    }
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def plain(value: Any) -> Any:
    """Give a record as plain data that is the same on every machine, without secrets."""
    if isinstance(value, EntryPoint):
        return value.text
    if dataclasses.is_dataclass(value):
        parts = (part for part in dataclasses.fields(value) if part.compare)
        return {part.name: plain(getattr(value, part.name)) for part in parts}
    if isinstance(value, Mapping):
        return {key: plain(below) for key, below in _without_secrets(value).items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _given(run: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in run.items() if key != "sandbox" or value is not None}


# Notes for people change no run; the model and its settings are told in another way.
_LEFT_OUT = (
    *("key", "place", "metadata", "model", "model_settings", "mcp_servers", "mcp_config"),
    *("additions", "sandbox"),
)


def _agent(agent: AgentSpec) -> dict[str, Any]:
    parts = {part.name: getattr(agent, part.name) for part in dataclasses.fields(agent)}
    data = {name: plain(value) for name, value in parts.items() if name not in _LEFT_OUT}
    return {
        **data,
        **_model(agent.model),
        "settings": plain(agent.settings),
        **_fallbacks(agent),
        **({"additions": plain(agent.additions)} if agent.additions is not None else {}),
        **({"sandbox": plain(agent.sandbox)} if agent.sandbox is not None else {}),
    }


def _model(model: ModelSpec) -> dict[str, Any]:
    """Give how a model is reached; what most models do not have only where one has it."""
    backend = {"backend": model.backend} if model.backend != "litellm" else {}
    parts = {"code": model.code, "handler": model.handler, "pricing": model.pricing}
    given = {name: plain(part) for name, part in parts.items() if part is not None}
    base_url = _without_secrets(model.base_url)
    return {"model": model.model, "base_url": base_url, **backend, **given}


def _fallbacks(agent: AgentSpec) -> dict[str, Any]:
    found = [
        {
            **_model(fallback.model),
            "settings": plain(agent.settings_with(fallback.model)),
            "on": list(fallback.on),
        }
        for fallback in agent.model.fallbacks
    ]
    return {"fallbacks": found} if found else {}


def _is_headers(name: str, value: Any) -> bool:
    is_mapping = value is None or isinstance(value, Mapping)
    return name in ("extra_headers", "headers") and is_mapping


def _servers(agent: AgentSpec, spec: Spec) -> dict[str, Any]:
    """Give the MCP servers of an agent, if it has any, and how it uses them."""
    if not agent.mcp_servers:
        return {}
    servers = {name: _server(spec.mcp_servers[name]) for name in agent.mcp_servers}
    return {"mcp_servers": servers, "mcp_config": plain(agent.mcp_config)}


def _server(server: McpServerSpec) -> dict[str, Any]:
    params = {key: value for key, value in server.params.items() if key != "cwd"}
    if "command" in params:
        params["command"] = PurePath(params["command"]).name
    # Their values are told apart by nobody else.
    names = {key: sorted(params.pop(key)) for key in ("env", "headers") if key in params}
    options = {"inherit_env": server.inherit_env, "required": server.required}
    return {**plain(params), **names, **options, **plain(server.options)}


def _without_secrets(value: Any) -> Any:
    """A digest of a key is one more place it could leak from."""
    if isinstance(value, Mapping):
        kept = {name: below for name, below in value.items() if not bears_secret(name)}
        return {
            # The value of any header may be a key.
            name: sorted(below or ()) if _is_headers(name, below) else _without_secrets(below)
            for name, below in kept.items()
        }
    if isinstance(value, list | tuple):
        return [_without_secrets(item) for item in value]
    return without_url_secrets(value) if isinstance(value, str) else value
