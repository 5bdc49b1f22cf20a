"""What may not be written to a cassette: values of secret variables, headers, and key shapes."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from yamlagents.spec.records import Spec
from yamlagents.spec.secretwords import leaves

REDACTED = "<redacted>"

_SHORTEST = 6  # anything shorter is a word by chance rather than a key
# Not every name that holds these letters: KEYBOARD, GIT_AUTHOR_NAME.
_SECRET_VARIABLE = re.compile(
    r"(?i)key(?!board|map)|token|secret|passw|auth(?!or(?!i))|credential|cookie"
)
# Of a mapping's keys only those that say it outright: much else merely sounds like a secret.
_SECRET_KEY = re.compile(
    r"(?i)(?:^|[-_])(?:authorization|cookie|token|secret|password|(?:api|access|secret)[-_]?key)$"
)
_SHAPES = (
    r"\bsk-[\w-]{16,}",
    r"\bgh[pousr]_\w{20,}",
    r"\bgithub_pat_\w{20,}",
    r"\bglpat-[\w-]{16,}",
    r"\bhf_\w{20,}",
    r"\bAKIA[0-9A-Z]{16}",
    r"\bxox[abprs]-[\w-]{10,}",
    r"\bAIza[\w-]{30,}",
    r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}",
    r"(?<=Bearer )[\w.~+/-]{8,}=*",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
)


class Redaction:
    """Takes secrets out of plain data; what it gives never depends on how long a secret is."""

    def __init__(self, spec: Spec, environ: Mapping[str, str] | None = None) -> None:
        values = {form for value in _secrets(spec, environ) for form in _forms(value)}
        known = (re.escape(value) for value in sorted(values, key=len, reverse=True))
        self._pattern = re.compile("|".join([*known, *_SHAPES]), re.DOTALL)

    def text(self, text: str) -> str:
        """Give `text` with every secret in it replaced."""
        return self._pattern.sub(REDACTED, text)

    def __call__(self, data: Any) -> Any:
        """Give `data` (plain: mappings, lists, scalars) with every secret in it replaced."""
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, Mapping):
            return {self.text(str(key)): self._value(str(key), data[key]) for key in data}
        if isinstance(data, list | tuple):
            return [self(item) for item in data]
        if isinstance(data, int | float) and not isinstance(data, bool):
            return REDACTED if self._pattern.fullmatch(str(data)) else data
        return data

    def _value(self, key: str, value: Any) -> Any:
        if _SECRET_KEY.search(key) and isinstance(value, str) and value:
            return REDACTED
        return self(value)


def _secrets(spec: Spec, environ: Mapping[str, str] | None) -> Iterator[str]:
    for name, value in (os.environ if environ is None else environ).items():
        # A path is where a secret lies, not the secret.
        if _SECRET_VARIABLE.search(name) and not value.startswith("/"):
            yield value
    for agent in spec.agents.values():
        for model in agent.model.line:
            yield model.api_key or ""
            headers = agent.settings_with(model).get("extra_headers") or {}
            for name, value in headers.items():
                if _SECRET_VARIABLE.search(str(name)):
                    yield str(value)
    context = spec.run.context if isinstance(spec.run.context, Mapping) else {}
    for data in (context, spec.run.options.get("tracing") or {}):
        yield from (str(leaf.value) for leaf in leaves(data) if leaf.secret)


def _forms(value: str) -> Iterator[str]:
    """Give a secret in the forms in which a text may hold it."""
    scheme, _, rest = value.strip().partition(" ")
    parts = [value.strip(), *([rest] if scheme.lower() in ("bearer", "basic", "token") else [])]
    parts += [line.strip() for line in value.splitlines() if len(line) >= 3 * _SHORTEST]
    for part in parts:
        if len(part) >= _SHORTEST:
            yield from (part, json.dumps(part)[1:-1], quote(part, safe=""))
            yield base64.b64encode(part.encode()).decode()
