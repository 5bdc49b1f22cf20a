"""The published JSON Schema, and what a document has that it does not allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from yamlagents.spec.problem import Problem
from yamlagents.spec.schema.fits import Fitting
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
    if _fitting()(document.data):
        return
    # The library that knows what is wrong takes longer to load than most files to check.
    explaining = import_module("yamlagents.spec.schema.explain")
    yield from explaining.explain(document, schema())


@cache
def _fitting() -> Fitting:
    return Fitting(schema())
