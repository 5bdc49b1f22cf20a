"""Keys taken out of what is said: providers like to echo them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from yamlagents.spec.records import ModelSpec, Spec
from yamlagents.spec.secretwords import (
    KEY_SHAPES,
    USERINFO,
    bears_secret,
    is_dummy,
    leaves,
    url_secrets,
)
from yamlagents.spec.toolspec import HostedToolSpec


def redacted(text: str, spec: Spec) -> str:
    """Give `text` without keys, which providers like to echo: the spec's and the environment's."""
    for secret in sorted(set(_secrets(spec)), key=len, reverse=True):
        text = text.replace(secret, "***")
    return _SHAPED.sub("***", text)


_SHAPED = re.compile(rf"{KEY_SHAPES}|{USERINFO}")
_SHORTEST = 6  # anything shorter is a word by chance rather than a key
# A header's value may say its kind first, and a cookie's its name: `Bearer ...`, `session=...;`.
_PART = re.compile(r"[^\s;,]+")


def _secrets(spec: Spec) -> Iterator[str]:
    for value in _secret_values(spec):
        words = _PART.findall(value)
        for part in (value, *words, *(word.partition("=")[2] for word in words)):
            if len(part) >= _SHORTEST and not is_dummy(part):
                yield part


def _secret_values(spec: Spec) -> Iterator[str]:
    yield from (value for name, value in os.environ.items() if bears_secret(name, loose=True))
    for agent in spec.agents.values():
        for model in agent.model.line:
            yield model.api_key or ""
            yield from url_secrets(model.base_url or "")
            for data in (agent.settings_with(model), *_arguments(model)):
                yield from _in(data)
        for tool in agent.tools:
            if isinstance(tool, HostedToolSpec):
                yield from _in(tool.options.get("tool_config") or {})
    for server in spec.mcp_servers.values():
        yield from server.secrets
    run = spec.run
    context = run.context if isinstance(run.context, Mapping) else {}
    for of_runs in (run.model_settings, run.options.get("tracing"), context):
        yield from _in(of_runs or {})
    yield from run.session.secrets if run.session is not None else ()


def _arguments(model: ModelSpec) -> Iterator[Mapping[str, Any]]:
    """Give what the code that makes a model, or its provider, is called with."""
    handler = model.handler.code if model.handler is not None else None
    for code in (model.code, handler):
        if code is not None and code.arguments is not None:
            yield code.arguments


def _in(data: Mapping[str, Any]) -> Iterator[str]:
    for leaf in leaves(data):
        yield from (str(leaf.value),) if leaf.secret else url_secrets(str(leaf.value))
