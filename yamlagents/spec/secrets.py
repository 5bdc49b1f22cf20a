"""Secrets written into a file instead of named: `api_key: sk-...` where `${NAME}` belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yamlagents.spec.document import Document, Keys
from yamlagents.spec.problem import Problem
from yamlagents.spec.variables import names

_SECRET_HEADER = re.compile(r"(?i)authorization|cookie|token|secret|password|api[-_]?key|-key$")
_KEY_SHAPE = re.compile(
    r"\b(?:sk-[\w-]{16,}|gh[pousr]_\w{20,}|AKIA[0-9A-Z]{16}|xox[abprs]-[\w-]{10,}|AIza[\w-]{30,})"
)


def secret_problems(document: Document) -> Iterator[Problem]:
    """Give a problem for each literal in a key that bears a secret, and for each key-like text."""
    found: set[Keys] = set()
    for keys in _secret_keys(document):
        raw = document.raw(*keys)
        if raw and not names(raw):
            found.add(keys)
            yield _literal(document, keys)
    # One search over the whole text first: key-like strings are rare.
    if _KEY_SHAPE.search(document.source.text):
        for keys in _texts(document.data, ()):
            raw = document.raw(*keys)
            if keys not in found and raw and _KEY_SHAPE.search(raw):
                yield _literal(document, keys)


def _literal(document: Document, keys: Keys) -> Problem:
    name = re.sub(r"\W+", "_", str(keys[-1])).upper()
    return document.problem(
        document.place(*keys),
        "literal-secret",
        f"'{keys[-1]}' holds a secret in plain sight",
        hint=f"name a variable instead, for example ${{{name}}}; and change a secret that leaked",
    )


def _secret_keys(document: Document) -> Iterator[Keys]:
    for section, settings_key in (("models", "settings"), ("agents", "model_settings")):
        for name in document.mapping(section):
            yield section, name, "api_key"
            for part in ("extra_headers", "extra_body", "extra_args", "extra_query"):
                for key in document.mapping(section, name, settings_key, part):
                    if _SECRET_HEADER.search(str(key)) and key != "max_completion_tokens":
                        yield section, name, settings_key, part, key


def _texts(value: object, keys: Keys) -> Iterator[Keys]:
    if isinstance(value, str):
        yield keys
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*keys, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*keys, index))
