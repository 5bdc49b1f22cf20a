"""Assertions of test cases as they are written: which kind one is, and which others it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yamlagents.spec.cases.kinds import ASSERTIONS
from yamlagents.spec.scope import Field
from yamlagents.spec.text.document import Document

_KINDS = frozenset(ASSERTIONS)


def cases(document: Document) -> Iterator[Field]:
    """Give the cases of a file that are mappings."""
    for index, case in document.items("tests"):
        if isinstance(case, dict):
            yield Field(document, ("tests", index), case)


def one_or_more(field: Field) -> Iterator[Field]:
    """Give the items of a list, or a single value as the only one; None is none."""
    if isinstance(field.value, list):
        yield from field.items()
    elif field.value is not None:
        yield field


def kinds(data: dict[str, Any]) -> list[str]:
    """Give the keys of an assertion that say what is asserted; there should be one."""
    return [key for key in data if key in _KINDS]


def children(assertion: Field) -> Iterator[Field]:
    """Give the assertions that one holds directly, those that are mappings."""
    for kind in kinds(assertion.value):
        value = assertion.part(kind)
        inner = [value] if kind in ("not", "field") else []
        inner += value.items() if kind in ("all_of", "any_of") else ()
        yield from (field for field in inner if isinstance(field.value, dict))


def assertions(case: Field) -> Iterator[tuple[Field, bool]]:
    """Give all assertions of a case, whether below others or not, and if they are on a field."""
    expected = case.part("expect").items()
    waiting = [(field, False) for field in expected if isinstance(field.value, dict)]
    while waiting:
        field, on_field = waiting.pop()
        yield field, on_field
        below = on_field or "field" in field.value
        waiting += [(child, below) for child in children(field)]
