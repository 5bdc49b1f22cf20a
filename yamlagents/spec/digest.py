"""A short digest of what a spec defines, the same on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from yamlagents.spec.records import AgentSpec, Spec
from yamlagents.spec.secretwords import bears_secret, without_url_secrets


def definition(spec: Spec) -> str:
    """Give `sha256:` and 16 hex digits of the resolved definition; keys and places are left out."""
    data = {
        "entry": spec.entry,
        "max_turns": spec.run.max_turns,
        "agents": {key: _agent(agent) for key, agent in spec.agents.items()},
    }
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _agent(agent: AgentSpec) -> dict[str, Any]:
    return {
        "name": agent.name,
        "instructions": agent.instructions,
        "handoff_description": agent.handoff_description,
        "model": agent.model.model,
        "base_url": _without_secrets(agent.model.base_url),
        "settings": _without_secrets(agent.settings),
        "tools": [[tool.function.text, dict(tool.options)] for tool in agent.tools],
        "handoffs": [handoff.agent for handoff in agent.handoffs],
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
