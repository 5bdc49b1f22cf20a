"""A short digest of what a spec defines, the same on every machine."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from yamlagents.spec.records import AgentSpec, Spec
from yamlagents.spec.secretwords import bears_secret, without_url_secrets
from yamlagents.spec.toolspec import EntryPoint


def definition(spec: Spec) -> str:
    """Give `sha256:` and 16 hex digits of the resolved definition; keys and places are left out."""
    data = {
        "entry": spec.entry,
        "run": plain(spec.run),
        "agents": {key: _agent(agent) for key, agent in spec.agents.items()},
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


# Notes for people change no run; the model and its settings are told in another way.
_LEFT_OUT = ("key", "place", "metadata", "model", "model_settings")


def _agent(agent: AgentSpec) -> dict[str, Any]:
    parts = {part.name: getattr(agent, part.name) for part in dataclasses.fields(agent)}
    data = {name: plain(value) for name, value in parts.items() if name not in _LEFT_OUT}
    return {
        **data,
        "model": agent.model.model,
        "base_url": _without_secrets(agent.model.base_url),
        "settings": _without_secrets(agent.settings),
    }


def _without_secrets(value: Any) -> Any:
    """A digest of a key is one more place it could leak from."""
    if isinstance(value, Mapping):
        kept = {name: below for name, below in value.items() if not bears_secret(name)}
        return {
            # The value of any header may be a key.
            name: sorted(below or ()) if name == "extra_headers" else _without_secrets(below)
            for name, below in kept.items()
        }
    if isinstance(value, list | tuple):
        return [_without_secrets(item) for item in value]
    return without_url_secrets(value) if isinstance(value, str) else value
