"""The published JSON Schema, and what a document has that it does not allow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from yamlagents.spec.problem import Problem
from yamlagents.spec.schema.explain import explain
from yamlagents.spec.schema.strays import resolved
from yamlagents.spec.text.document import Document

_HERE = Path(__file__).resolve().parents[2]
# In a wheel the schema lies inside the package; in a checkout beside it.
_FOLDERS = (_HERE / "schemas", _HERE.parent / "schemas")
_NAME = "agents.schema.json"


@cache
def schema_text() -> str:
    """Give the schema of agent files as JSON text (draft-07)."""
    path = next(folder / _NAME for folder in _FOLDERS if (folder / _NAME).is_file())
    return path.read_text(encoding="utf-8")


@cache
def schema() -> dict[str, Any]:
    """Give the schema of agent files as data; not to be changed."""
    data: dict[str, Any] = json.loads(schema_text())
    return data


def schema_problems(document: Document) -> Iterator[Problem]:
    """Give everything in `document` that the schema does not allow, each at its key or value."""
    if next(_checks) < _FEW or not _is_valid(document.data):
        yield from explain(document, schema())


def _is_valid(data: Any) -> bool:
    """Say yes or no, fast: nearly all files are right, and only a wrong one needs explaining."""
    check, refused = _checker()
    try:
        check(data)
    except refused:
        return False
    return not _has_whole_float(data, _whole_keys())


def _has_whole_float(data: Any, keys: frozenset[str]) -> bool:
    """Say whether a key for whole numbers may hold an 8.0, which the compiled check passes."""
    if isinstance(data, dict):
        return any(
            (key in keys and isinstance(value, float)) or _has_whole_float(value, keys)
            for key, value in data.items()
            if isinstance(value, float | dict | list)
        )
    if isinstance(data, list):
        return any(isinstance(item, float) or _has_whole_float(item, keys) for item in data)
    return False


@cache
def _whole_keys() -> frozenset[str]:
    """Give the names of all keys that take a whole number, anywhere in the schema."""
    found: set[str] = set()
    waiting: list[Any] = [schema()]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            for key, part in node.get("properties", {}).items():
                if "integer" in resolved(part, schema()).get("type", ()):
                    found.add(key)
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return frozenset(found)


# Compiling the schema to code takes as long as explaining this many files, so a few files do
# without; a whole repository of them is checked several times as fast with it.
_FEW = 24
_checks = count()


@cache
def _checker() -> tuple[Callable[[Any], object], type[Exception]]:
    compiler = import_module("fastjsonschema")
    check = compiler.compile(schema(), use_default=False, detailed_exceptions=False)
    return check, compiler.JsonSchemaValueException
