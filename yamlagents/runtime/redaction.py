"""What may not be written down: values of secret variables and settings, headers, key shapes."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.records import ModelSpec, Spec
from yamlagents.spec.reuse.chosen import secret_params
from yamlagents.spec.secrets.words import (
    KEY_SHAPES,
    SHORTEST,
    USERINFO,
    is_dummy,
    leaves,
    names_secret,
    secret_values,
    url_secrets,
)
from yamlagents.spec.tools.records import HostedToolSpec, agent_tools

REDACTED = "<redacted>"

# Of a mapping's keys only those that say it outright: much else merely sounds like a secret.
_SECRET_KEY = re.compile(
    r"(?i)(?:^|[-_])(?:authorization|cookie|token|secret|password|(?:api|access|secret)[-_]?key)$"
)
_SHAPES = (
    # Before the shapes of all keys, for which a private key has no end.
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----",
    KEY_SHAPES,
    r"\bglpat-[\w-]{16,}",
    r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}",
    r"(?<=Bearer )[\w.~+/-]{8,}=*",
    USERINFO,
)
_PAIR = re.compile(r"[^\s;,]+")


class Redaction:
    """Takes secrets out of plain data; what it gives never depends on how long a secret is.

    Secrets are those of `specs`, of the environment, and whatever looks like a well-known key.
    `mark` stands in their place.
    """

    def __init__(
        self,
        specs: Spec | Iterable[Spec] = (),
        environ: Mapping[str, str] | None = None,
        *,
        mark: str = REDACTED,
    ) -> None:
        given = (specs,) if isinstance(specs, Spec) else specs
        values = {form for value in _secrets(given, environ) for form in _forms(value)}
        known = (re.escape(value) for value in sorted(values, key=len, reverse=True))
        self._mark = mark
        # Of the secrets with more than one word, which a stream can cut in two.
        self._longest = max((len(value) for value in values if " " in value), default=0)
        self._pattern = re.compile("|".join([*known, *_SHAPES]), re.DOTALL)

    def text(self, text: str) -> str:
        """Give `text` with every secret in it replaced."""
        return self._pattern.sub(self._mark, text)

    def safe(self, text: str) -> int:
        """Give how many characters of a text that goes on can be redacted by themselves."""
        block = text.find("-----BEGIN")
        end = max(0, (len(text) if block < 0 else block) - self._longest)
        cut = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end)) + 1
        if text[:cut].endswith("Bearer "):
            cut -= len("Bearer ")
        for match in self._pattern.finditer(text):
            if match.start() < cut < match.end():
                return match.start()
        return cut

    def __call__(self, data: Any) -> Any:
        """Give `data` (plain: mappings, lists, scalars) with every secret in it replaced."""
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, Mapping):
            return {self.text(str(key)): self._value(str(key), data[key]) for key in data}
        if isinstance(data, list | tuple):
            return [self(item) for item in data]
        if isinstance(data, int | float) and not isinstance(data, bool):
            return self._mark if self._pattern.fullmatch(str(data)) else data
        return data

    def _value(self, key: str, value: Any) -> Any:
        if _SECRET_KEY.search(key) and isinstance(value, str) and value:
            return self._mark
        return self(value)


def redacted(text: str, spec: Spec) -> str:
    """Give `text` without keys, which providers like to echo: the spec's and the environment's."""
    return Redaction(spec, mark="***").text(text)


def _secrets(specs: Iterable[Spec], environ: Mapping[str, str] | None) -> Iterator[str]:
    variables = os.environ if environ is None else environ
    yield from secret_values(variables)
    for value in variables.values():
        yield from url_secrets(value)
    for spec in specs:
        yield from secret_params(spec.params)
        yield from _of_agents(spec)
        for server in spec.mcp_servers.values():
            yield from server.secrets
        run = spec.run
        context = run.context if isinstance(run.context, Mapping) else {}
        for of_runs in (run.model_settings, run.options.get("tracing"), context):
            yield from _in_settings(of_runs or {})
        yield from run.session.secrets if run.session is not None else ()
        yield from run.sandbox.secrets if run.sandbox is not None else ()
        for agent in spec.agents.values():
            yield from agent.sandbox.secrets if agent.sandbox is not None else ()


def _of_agents(spec: Spec) -> Iterator[str]:
    for agent in spec.agents.values():
        for model in agent.model.line:
            yield model.api_key or ""
            yield from url_secrets(model.base_url or "")
            for data in (agent.settings_with(model), *_arguments(model)):
                yield from _in_settings(data)
        for inner in agent_tools(agent.tools):
            yield from inner.session.secrets if inner.session is not None else ()
        for tool in agent.tools:
            if isinstance(tool, HostedToolSpec):
                yield from _in_settings(tool.options.get("tool_config") or {})


def _arguments(model: ModelSpec) -> Iterator[Mapping[str, Any]]:
    """Give what the code that makes a model, or its provider, is called with."""
    handler = model.handler.code if model.handler is not None else None
    for code in (model.code, handler):
        if code is not None and code.arguments is not None:
            yield code.arguments


def _in_settings(settings: Mapping[str, Any]) -> Iterator[str]:
    for leaf in leaves(settings):
        if isinstance(leaf.value, CodeSpec):
            yield from _in_settings(leaf.value.arguments or {})
            continue
        header = "extra_headers" in leaf.keys and names_secret(str(leaf.keys[-1]))
        value = str(leaf.value)
        if leaf.secret or header:
            yield value
            # A cookie says its name first.
            yield from (pair.partition("=")[2] for pair in _PAIR.findall(value))
        else:
            yield from url_secrets(value)


def _forms(value: str) -> Iterator[str]:
    """Give a secret in the forms in which a text may hold it."""
    for part in _parts(value):
        if len(part) >= SHORTEST and not is_dummy(part):
            yield from (part, json.dumps(part)[1:-1], quote(part, safe=""))
            yield base64.b64encode(part.encode(errors="surrogateescape")).decode()


def _parts(value: str) -> Iterator[str]:
    yield value.strip()
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() in ("bearer", "basic", "token"):
        yield rest
    yield from (line.strip() for line in value.splitlines() if len(line) >= 3 * SHORTEST)
