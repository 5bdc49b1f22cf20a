"""The published JSON Schema, and what a document has that it does not allow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from yamlagents.spec.document import Document
from yamlagents.spec.explain import explain
from yamlagents.spec.problem import Problem

_HERE = Path(__file__).resolve().parent.parent
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
    return not _has_whole_float(data)


def _has_whole_float(data: Any) -> bool:
    """Say whether an 8.0 is in `data`: the compiled check takes it for a whole number."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, float):
            if value.is_integer():
                return True
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


# Compiling the schema to code takes as long as explaining this many files, so a few files do
# without; a whole repository of them is checked several times as fast with it.
_FEW = 24
_checks = count()


@cache
def _checker() -> tuple[Callable[[Any], object], type[Exception]]:
    compiler = import_module("fastjsonschema")
    check = compiler.compile(schema(), use_default=False, detailed_exceptions=False)
    return check, compiler.JsonSchemaValueException
