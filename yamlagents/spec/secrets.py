"""Secrets written into a file instead of named: `api_key: sk-...` where `${NAME}` belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yamlagents.spec.document import Document, Keys
from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.settings import all_settings
from yamlagents.spec.variables import names

_SECRET_HEADER = re.compile(r"(?i)authorization|cookie|token|secret|password|api[-_]?key|-key$")
# Other parts hold much that only sounds like a secret: stop_token_ids, max_completion_tokens.
_SECRET_KEY = re.compile(
    r"(?i)(?:^|[-_])(?:authorization|cookie|token|secret|password|(?:api|access|secret)[-_]?key)$"
)
_KEY_SHAPE = re.compile(
    r"\b(?:sk-[\w-]{16,}|gh[pousr]_\w{20,}|AKIA[0-9A-Z]{16}|xox[abprs]-[\w-]{10,}|AIza[\w-]{30,})"
)


def secret_problems(document: Document) -> Iterator[Problem]:
    """Give a problem for each literal in a key that bears a secret, and for each key-like text."""
    found: list[Place] = []
    for keys in _secret_keys(document):
        raw = document.raw(*keys)
        if raw and not names(raw):
            found.append(document.place(*keys))
            name = re.sub(r"\W+", "_", str(keys[-1])).upper()
            yield _literal(found[-1], f"'{keys[-1]}' holds a secret in plain sight", name)
    # Comments included: whoever reads the file reads them too.
    for match in _KEY_SHAPE.finditer(document.source.text):
        place = document.source.place(*match.span())
        if not any(_within(place, around) for around in found):
            yield _literal(place, "this looks like a key, in plain sight", "NAME")


def _literal(place: Place, message: str, name: str) -> Problem:
    hint = f"name a variable instead, for example ${{{name}}}; and change a secret that leaked"
    return Problem(place, "error", "literal-secret", message, hint)


def _within(place: Place, around: Place) -> bool:
    start, end = (around.line, around.column), (around.end_line, around.end_column)
    return around.source is place.source and start <= (place.line, place.column) < end


def _secret_keys(document: Document) -> Iterator[Keys]:
    for section in ("models", "agents"):
        for name, owner in document.mapping(section).items():
            if isinstance(owner, dict) and "api_key" in owner:
                yield section, name, "api_key"
    for keys, settings in all_settings(document):
        for part in ("extra_headers", "extra_body", "extra_args", "extra_query"):
            pattern = _SECRET_HEADER if part == "extra_headers" else _SECRET_KEY
            values = settings.get(part)
            for key, value in values.items() if isinstance(values, dict) else ():
                if pattern.search(key) and value not in (None, True, False):
                    yield *keys, part, key
