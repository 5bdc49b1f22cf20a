"""Assertions that there are not: the key is misspelt, or stands beside another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from yamlagents.spec.cases.kinds import ASSERTIONS, OPTIONS
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.text.document import Document

# What other test runners call these.
_ELSEWHERE = {
    "cost": "usd",
    "is_json": "json",
    "latency": "seconds",
    "llm_rubric": "rubric",
    "pattern": "matches",
    "regex": "matches",
    "schema": "json",
}
_NEGATED = re.compile(r"not?[-_ ](?P<kind>\w+)")
_KEYS = {*ASSERTIONS, *(option for options in OPTIONS.values() for option in options)}
_ASSERTION, _FIELD = "assertion", "field assertion"
TITLES = (_ASSERTION, _FIELD)


def stray_assertions(document: Document, error: Any) -> Iterator[Problem]:
    """Give a problem for each key that the assertion of a schema `error` does not have."""
    known: dict[str, Any] = error.schema["properties"]
    kinds = [key for key in error.instance if key in known and key in ASSERTIONS]
    for key in error.instance:
        if key in known or key.startswith("x-"):
            continue
        place = document.key_place(*error.absolute_path, key)
        if kinds:
            message, hint = _beside(key, kinds[0])
            yield document.problem(place, "unknown-key", message, hint=hint)
        else:
            message, hint = _no_assertion(key, [kind for kind in known if kind in ASSERTIONS])
            yield document.problem(place, "unknown-assertion", message, hint=hint)


def _no_assertion(key: str, known: list[str]) -> tuple[str, str | None]:
    if key in ASSERTIONS:
        return f"'{key}' is an assertion about the run, not about a field", None
    said = f"'{shortened(key)}' is not an assertion"
    negated = _NEGATED.fullmatch(key)
    if negated is not None and negated["kind"] in known:
        return said, f"write not: {{{negated['kind']}: ...}}"
    other = _ELSEWHERE.get(key.replace("-", "_"))
    near = f"; did you mean '{other}'?" if other in known else suggestion(key, known)
    return f"{said}{near}", None if near else f"the assertions are {', '.join(known)}"


def _beside(key: str, kind: str) -> tuple[str, str | None]:
    options = OPTIONS.get(kind, ())
    near = suggestion(key, options)
    message = f"'{shortened(key)}' is not an option of '{kind}'{near}"
    if near:
        return message, None
    if key in ASSERTIONS or suggestion(key, ASSERTIONS):
        return message, "write each assertion as an item of its own"
    return message, f"its options are {', '.join(options)}" if options else "it has no options"


def stray_option(document: Document, error: Any) -> Iterator[Problem]:
    """Give the problem of an option that stands beside another kind than its own."""
    known = error.schema.get("properties", _KEYS)
    if any(key not in known for key in error.instance):
        return  # the kind is misspelt, perhaps, which is told
    key = next(key for key in error.validator_value if error.message.endswith(repr(key)))
    kinds = [kind for kind, options in OPTIONS.items() if key in options]
    kinds = kinds or error.validator_value[key]
    missing = "which is not here" if len(kinds) == 1 else "neither of which is here"
    message = f"'{key}' is an option of {' and '.join(map(repr, kinds))}, {missing}"
    place = document.key_place(*error.absolute_path, key)
    yield document.problem(place, "unknown-key", message)
