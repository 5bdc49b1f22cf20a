"""Keys that a mapping does not have, and where in an agent file they were meant to be."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

from yamlagents.spec.cases.kinds import ASSERTIONS
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.schema.misspelt import TITLES, stray_assertions
from yamlagents.spec.text.document import Document, Keys

# A jsonschema.ValidationError; its stubs take each of its attributes for unset, perhaps.
SchemaError = Any

# Sections of a file whose keys are names, and what is below each name.
_NAMED = {"agents": "an agent", "models": "a model"}
# Of more keys than these a hint would be a page.
_SHOWN = 14
# Well-known parameters of providers that the SDK has no setting for, and what passes them on.
_PASSED_ON = {
    **dict.fromkeys(("top_k", "min_p", "repetition_penalty"), "extra_body"),
    **dict.fromkeys(("seed", "stop", "n", "user", "logit_bias", "num_retries"), "extra_args"),
}


def stray_keys(
    document: Document, error: SchemaError, noun: str, schema: dict[str, Any]
) -> Iterator[Problem]:
    """Give a problem for each key that the mapping of `error`, called `noun`, does not have."""
    known: dict[str, Any] = error.schema.get("properties", {})
    if error.schema.get("title") in TITLES:
        yield from stray_assertions(document, error)
        return
    for key in error.instance:
        if key in known or key.startswith("x-"):
            continue
        keys = (*error.absolute_path, key)
        near, hint = "", _below(key, known, schema)
        if hint is None:
            near = suggestion(key, known)
            elsewhere = None if near else _elsewhere(key, schema)
            hint = None if near else elsewhere or _listed(known)
        message = f"'{shortened(key)}' is not a key of {noun}{near}"
        yield document.problem(document.key_place(*keys), "unknown-key", message, hint=hint)


def _listed(known: dict[str, Any]) -> str:
    shown = list(known)[:_SHOWN]
    rest = len(known) - len(shown)
    more = f" and {rest} more, which `yamlagents schema` describes" if rest else ""
    return f"the keys are {', '.join(shown)}{more}"


def resolved(piece: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Give what a piece of `schema` refers to by `$ref`, or the piece itself."""
    while "$ref" in piece:
        path = str(piece["$ref"]).removeprefix("#/").split("/")
        piece = reduce(lambda node, key: node[key], path, schema)
    return piece


def _below(key: str, known: dict[str, Any], schema: dict[str, Any]) -> str | None:
    """Say which mapping among those of `known` has the key."""
    carrier = _PASSED_ON.get(key)
    if carrier in known:
        return f"the provider may know it: write {carrier}: {{{key}: ...}}"
    if "expect" in known:
        if key in ASSERTIONS:
            return f"it is an assertion: write expect: [{{{key}: ...}}]"
        if suggestion(key, ("assert", "assertions")):
            return "write expect: [...], a list of assertions"
    for owner, piece in known.items():
        if owner == "workflow":  # its steps have the names of much else
            continue
        if key in resolved(piece, schema).get("properties", {}):
            return f"it is a key of '{owner}': write {owner}: {{{key}: ...}}"
    return None


def _elsewhere(key: str, schema: dict[str, Any]) -> str | None:
    """Say which other part of an agent file has the key."""
    if key in schema["properties"]:
        return f"'{key}' is a key of the file itself, not indented"
    if key in schema["definitions"]["run"]["properties"]:
        return f"it is a key of 'run': write run: {{{key}: ...}}"
    for section, noun in _NAMED.items():
        piece = resolved(schema["properties"][section]["additionalProperties"], schema)
        if key in piece["properties"]:
            return f"it is a key of {noun}: write {section}: {{name: {{{key}: ...}}}}"
    return None


def example_of(key: str, piece: dict[str, Any], schema: dict[str, Any]) -> Keys:
    """Give the examples that the schema has for `key` of a mapping, or for its kind."""
    declared = piece.get("properties", {}).get(key, {})
    return tuple(declared.get("examples") or resolved(declared, schema).get("examples") or ())
