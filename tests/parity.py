"""How what the SDK takes is compared with what an agent file can say, field by field."""

from __future__ import annotations

import dataclasses
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin, get_type_hints

from tests.conftest import ROOT

SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas" / "agents.schema.json").read_text("utf-8"))
NOTHING: Any = object()  # what a field has that has no default
FILE = "file"  # stands for the file itself, which is no definition


@dataclass(frozen=True)
class Source:
    """Something of the SDK that has named fields: a class, a call, or a mapping."""

    name: str
    form: str  # of a field in writing, as `{}` in "Agent.{}" or "handoff({}=)"
    defaults: Mapping[str, Any]  # by field, NOTHING where there is none
    hint: Callable[[str], Any]  # the type of a field

    def written(self, name: str) -> str:
        return self.form.format(name)


@dataclass(frozen=True)
class Part:
    """What the keys of a definition are in one source.

    `renamed` has keys by the SDK's names; `elsewhere` the definition, or its key, that has a field
    in another place; `excluded` the reason why there is none.
    """

    definition: str
    source: Source
    renamed: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)

    def key(self, name: str) -> str | None:
        """Give the key of the definition that becomes a field of the SDK, if one does."""
        if name in self.elsewhere or name in self.excluded:
            return None
        return self.renamed.get(name, name)


def attributes(kind: Any) -> Source:
    """Take the fields of a dataclass."""
    found = {one.name: _default(one) for one in dataclasses.fields(kind) if one.name[0] != "_"}
    return Source(
        kind.__name__, f"{kind.__name__}.{{}}", found, lambda name: get_type_hints(kind)[name]
    )


def _default(one: dataclasses.Field[Any]) -> Any:
    if one.default_factory is not dataclasses.MISSING:
        return one.default_factory()
    given = getattr(one.default, "default", one.default)  # pydantic's fields hold theirs
    return NOTHING if given is dataclasses.MISSING else given


def arguments(call: Callable[..., Any], name: str = "") -> Source:
    """Take the named parameters of a function, or of the making of an object."""
    name = name or call.__name__
    given = inspect.signature(call).parameters.values()
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    named = [one for one in given if one.kind not in kinds and one.name != "self"]
    defaults = {one.name: NOTHING if one.default is one.empty else one.default for one in named}

    def hint(field: str) -> Any:
        # One by one: other annotations of a call may name what only a type checker imports.
        written = inspect.signature(call).parameters[field].annotation
        names = vars(sys.modules[call.__module__])
        return eval(written, names) if isinstance(written, str) else written

    return Source(name, f"{name}({{}}=)", defaults, hint)


def keys(mapping: Any) -> Source:
    """Take the keys of a TypedDict, or the fields of a pydantic model."""
    fields = getattr(mapping, "model_fields", {})
    found = dict.fromkeys(fields or mapping.__annotations__, NOTHING)

    def hint(field: str) -> Any:
        return fields[field].annotation if fields else get_type_hints(mapping)[field]

    return Source(mapping.__name__, f"{mapping.__name__}.{{}}", found, hint)


def properties(definition: str) -> dict[str, Any]:
    """Give the keys of a definition, of `a/b` those of the key `b` in `a`, with their schemas."""
    name, _, inner = definition.partition("/")
    node = SCHEMA if name == FILE else SCHEMA["definitions"][name]
    node = node["properties"][inner] if inner else node
    found: dict[str, Any] = node.get("properties", {})
    return found


def definitions() -> list[str]:
    """Give all definitions that have keys."""
    found = [FILE]
    for name, node in SCHEMA["definitions"].items():
        found += [name] if "properties" in node else []
        inner = node.get("properties", {}).items()
        found += [f"{name}/{key}" for key, value in inner if "properties" in value]
    return found


def gaps(parts: Iterable[Part], ours: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Tell what the file lacks of the SDK without a reason, and what it has besides without one."""
    unexplained = {(name, key) for name in definitions() for key in properties(name)}
    for part in parts:
        known = properties(part.definition)
        for name in part.source.defaults:
            key = part.key(name)
            if key is not None and key not in known:
                yield f"{part.definition}: has no key for {part.source.written(name)}"
            unexplained.discard((part.definition, key or ""))
        for name in {*part.renamed, *part.elsewhere, *part.excluded} - {*part.source.defaults}:
            yield f"{part.definition}: there is no {part.source.written(name)}"
        for target in part.elsewhere.values():
            definition, _, key = target.partition(".")
            if key not in {"", *properties(definition)}:
                yield f"{part.definition}: there is no {target}"
            unexplained.discard((definition, key))
    for definition, reasons in ours.items():
        for key in {*properties(definition)} if "*" in reasons else reasons:
            if (definition, key) not in unexplained and "*" not in reasons:
                yield f"{definition}: '{key}' is not only ours"
            unexplained.discard((definition, key))
    yield from sorted(f"{name}: '{key}' is not of the SDK" for name, key in unexplained)


def becomes(parts: Iterable[Part]) -> dict[tuple[str, str], list[str]]:
    """Give the fields of the SDK that each key becomes, by definition and key."""
    found: dict[tuple[str, str], list[str]] = {}
    for part in parts:
        for name in part.source.defaults:
            place = part.definition, part.key(name) or ""
            if name in part.elsewhere:
                definition, _, key = part.elsewhere[name].partition(".")
                place = definition, key
            if place[1]:
                found.setdefault(place, []).append(part.source.written(name))
    return found


def covered(parts: Iterable[Part]) -> tuple[set[str], dict[str, str]]:
    """Give the fields of the SDK that a file can say, and the others with the reasons."""
    said: set[str] = set()
    left: dict[str, str] = {}
    for part in parts:
        for name in part.source.defaults:
            if name in part.excluded:
                left[part.source.written(name)] = part.excluded[name]
            else:
                said.add(part.source.written(name))
    return said, {name: why for name, why in left.items() if name not in said}


def words(hint: Any) -> set[Any]:
    """Give the values in an annotation: {"a", "b"} for `Literal["a", "b"] | None`."""
    if get_origin(hint) is Literal:
        return set(get_args(hint))
    return set().union(*(words(part) for part in get_args(hint)))
