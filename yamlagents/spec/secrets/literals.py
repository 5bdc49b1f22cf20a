"""Secrets written into a file instead of named: `api_key: sk-...` where `${NAME}` belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from yamlagents.spec.mcp.secrets import server_leaves
from yamlagents.spec.models.settings import all_settings
from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.sandbox.kinds import environments
from yamlagents.spec.scope import Scope
from yamlagents.spec.secrets.words import (
    KEY_SHAPES,
    KEY_STARTS,
    Leaf,
    bears_secret,
    is_dummy,
    leaves,
    url_secrets,
)
from yamlagents.spec.text.document import Document, Keys
from yamlagents.spec.variables import defaults, expand, names, param_names

_KEY_SHAPE = re.compile(KEY_SHAPES)
_LONGEST_DUMMY = 7  # a default this short guards nothing


def secret_problems(document: Document) -> Iterator[Problem]:
    """Give a problem for each literal in a key that bears a secret, and for each key-like text."""
    found: list[Place] = []
    for leaf in _leaves(document):
        # Most settings are numbers and plain words; only these can hold a secret.
        if not leaf.secret and not (isinstance(leaf.value, str) and "://" in leaf.value):
            continue
        raw = document.raw(*leaf.keys)
        problem = _leaf_problem(document, leaf, raw) if raw else None
        if problem is not None:
            found.append(document.place(*leaf.keys))
            yield problem
    if not any(start in document.source.text for start in KEY_STARTS):
        return
    # Comments included: whoever reads the file reads them too.
    for match in _KEY_SHAPE.finditer(document.source.text):
        place = document.source.place(*match.span())
        if not any(around.holds(place) for around in found):
            yield _literal(place, "this looks like a key, in plain sight", "NAME")


def secret_defaults(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each default of a param that is a literal and stands for a secret."""
    for document in scope.documents:
        for leaf in _leaves(document) if scope.params else ():
            raw = document.raw(*leaf.keys) if leaf.secret else None
            for name in param_names(raw or ""):
                yield from _secret_default(name, scope)


def _secret_default(name: str, scope: Scope) -> Iterator[Problem]:
    field = scope.params.get(name)
    default = field.part("default") if field is not None else None
    raw = default.document.raw(*default.keys) if default is not None else None
    if default is None or not raw or names(raw):
        return
    if len(raw) > _LONGEST_DUMMY and not is_dummy(raw):
        message = f"the param '{name}' stands for a secret and has one for its default"
        yield _literal(default.place, message, re.sub(r"\W+", "_", name).upper())


def _literal(place: Place, message: str, name: str) -> Problem:
    hint = f"name a variable instead, for example ${{{name}}}; and change a secret that leaked"
    return Problem(place, "error", "literal-secret", message, hint)


def _leaves(document: Document) -> Iterator[Leaf]:
    for section in ("models", "agents"):
        for name, owner in document.mapping(section).items():
            for key in ("api_key", "base_url"):
                if isinstance(owner, dict) and key in owner:
                    yield Leaf((section, name, key), owner[key], key == "api_key")
    for keys, settings in chain(all_settings(document), _of_runs(document), _of_code(document)):
        for leaf in leaves(settings):
            yield Leaf((*keys, *leaf.keys), leaf.value, leaf.secret)
    yield from server_leaves(document)
    for keys in environments(document):
        given = document.get(*keys)
        for leaf in leaves({"env": given}) if isinstance(given, dict) else ():
            yield Leaf((*keys, *leaf.keys[1:]), leaf.value, _is_secret(leaf))


def _is_secret(leaf: Leaf) -> bool:
    """Tell it of a variable that is a mapping by its value alone."""
    return leaf.secret or (len(leaf.keys) == 3 and _bears(leaf.keys))


def _bears(keys: Keys) -> bool:
    return keys[2] == "value" and bears_secret(str(keys[1]), loose=True)


def _of_runs(document: Document) -> Iterator[tuple[Keys, Mapping[str, Any]]]:
    for key in ("tracing", "trace_metadata", "context", "session"):
        data = document.get("run", key)
        if isinstance(data, dict):
            yield ("run", key), data


def _of_code(document: Document) -> Iterator[tuple[Keys, Mapping[str, Any]]]:
    """Give the arguments of models and providers that code makes, and hosted tools."""
    for section in ("models", "providers"):
        for name in document.mapping(section):
            given = document.get(section, name, "with")
            if isinstance(given, dict):
                yield (section, name, "with"), given
    lists: list[Keys] = [("tools", name) for name in document.mapping("tools")]
    for keys in (*lists, *(("agents", name, "tools") for name in document.mapping("agents"))):
        for index, tool in document.items(*keys):
            config = tool.get("tool_config") if isinstance(tool, dict) else None
            if isinstance(config, dict):
                yield (*keys, index, "tool_config"), config


def _leaf_problem(document: Document, leaf: Leaf, raw: str) -> Problem | None:
    key = next(key for key in reversed(leaf.keys) if isinstance(key, str))
    message, name = None, re.sub(r"\W+", "_", key).upper()
    if leaf.secret and leaf.value not in (None, True, False):
        if not names(raw) and not param_names(raw):
            message = f"'{key}' holds a secret in plain sight"
        elif any(len(text) > _LONGEST_DUMMY and not is_dummy(text) for text in defaults(raw)):
            message = f"'{key}' holds a secret in plain sight, as the default of a variable"
    if message is None and _in_address(raw):
        message, name = f"the address in '{key}' holds a secret in plain sight", "PASSWORD"
    return _literal(document.place(*leaf.keys), message, name) if message else None


def _in_address(raw: str) -> bool:
    # What has no default stays as it is written, and is no literal.
    text = expand(raw, {}).text if "://" in raw else ""
    return any("${" not in secret and not is_dummy(secret) for secret in url_secrets(text))
