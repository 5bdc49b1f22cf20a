"""The page docs/format.md, made of the schema, the table of the SDK's fields, and examples."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT
from tests.format_values import (
    CODE,
    anchor,
    cases,
    example,
    flow,
    has_section,
    inherited,
    link,
    target,
    title,
    used,
    value,
)
from tests.parity import FILE, SCHEMA, becomes, covered, properties
from tests.parity_reasons import DIFFERENT, LEFT_OUT
from tests.parity_table import PARTS

EXAMPLES = ROOT / "tests" / "files" / "format"
MARKER = "<!-- all below: written by `pytest tests/test_format.py --update` -->\n"
_FIELDS = becomes(PARTS)


def page(intro: str) -> str:
    """Give the text of the page, below an introduction."""
    groups = _groups()
    headings = [*map(_heading, groups), "Python code", "Fields of the SDK"]
    contents = ", ".join(f"[{name}](#{anchor(name)})" for name in headings)
    parts = [f"{intro}{MARKER}", f"{contents}\n"]
    for key, names in groups.items():
        parts.append(f"## {_heading(key)}\n")
        if _heading(key) != title(names[0]):
            parts.append(f"{properties(FILE)[key]['description']}\n")
        for name in names:
            parts += [] if _heading(key) == title(name) else [f"### {title(name)}\n"]
            parts += _section(name)
    return "\n".join([*parts, *_python_code(), *_coverage()])


def _python_code() -> Iterator[str]:
    """Give the section on entry points and code."""
    yield "## Python code\n"
    for name in ("entry_point", "code"):
        told = SCHEMA["definitions"][name]["description"]
        yield f"**{title(name)}.** {told}\n"
    yield from _section("code_call")


def _heading(key: str) -> str:
    return {"mcp_servers": "MCP servers", FILE: title(FILE)}.get(key, key.capitalize())


def sections() -> list[str]:
    """Give the definitions that have a section, in their order on the page."""
    return [name for names in _groups().values() for name in names] + ["code_call"]


def _groups() -> dict[str, list[str]]:
    """Give the definitions that have a section, each below the first key of a file that has it."""
    groups: dict[str, list[str]] = {FILE: [FILE]}
    seen = {FILE, "reached_model", *CODE}
    for key, node in properties(FILE).items():
        if found := list(_met(node, seen)):
            groups[key] = found
    return groups


def _met(node: Any, seen: set[str]) -> Iterator[str]:
    """Walk through a schema, and give what is to have a section, in the order it is met."""
    for reference in re.findall(r'"\$ref": "#/definitions/(\w+)"', json.dumps(node)):
        if reference in seen:
            continue
        seen.add(reference)
        inner = SCHEMA["definitions"][reference]
        keys = inner.get("properties", {}).items()
        within = [f"{reference}/{key}" for key, one in keys if "properties" in one]
        yield from within or [reference] * has_section(reference)
        yield from _met(inner, seen)


def _section(name: str) -> Iterator[str]:
    """Give the section of a definition: what it is, its keys, and an example."""
    outer, _, key = name.partition("/")
    node = properties(outer)[key] if key else SCHEMA["definitions"].get(name, SCHEMA)
    places = "" if name in CODE else _places(name)
    yield f"{node['description']}{_sources(name)}{places}\n"
    if kinds := list(_kinds(node)):
        yield "\n".join(kinds) + "\n"
    elif copied := _copied(name):
        yield f"It has the keys of {' and '.join(map(link, copied))}.\n"
    elif properties(name):
        yield "\n".join(_table(name)) + "\n"
    file = _file(name)
    if file.exists():
        yield f"```yaml\n{file.read_text(encoding='utf-8')}```\n"
    elif shown := next(iter(showing(name)), None):
        yield f"The example of {link(shown)} has one.\n"


def _file(name: str) -> Path:
    """Give the path that the example of a definition has, if it has one of its own."""
    return EXAMPLES / f"{name.partition('/')[0]}.yaml"


def showing(name: str) -> Iterator[str]:
    """Give the sections whose examples make use of a definition."""
    for section in sections():
        file = _file(section)
        if file.exists() and name in {FILE} | _used(file):
            yield section


@functools.cache
def _used(file: Path) -> set[str]:
    return used(yaml.safe_load(file.read_text(encoding="utf-8")), SCHEMA)


def _sources(name: str) -> str:
    """Say what a definition is in the SDK."""
    found = dict.fromkeys(part.source.name for part in PARTS if part.definition == name)
    return f" In the SDK: {', '.join(f'`{one}`' for one in found)}." if found else ""


def _places(name: str) -> str:
    """Say which keys of which sections hold a definition."""
    mark = f"(#{anchor(title(name))})"
    found = []
    for other in sections():
        nodes = properties(other).items() if other != FILE and "overlay" not in other else ()
        if held := [f"`{key}`" for key, node in nodes if mark in value(node)]:
            found.append(f"{', '.join(held)} of {link(other)}")
    more = f", and {len(found) - 3} more" if len(found) > 4 else ""
    return f" It stands at {', '.join(found[:3] if more else found)}{more}." if found else ""


def _copied(name: str) -> list[str]:
    """Give the definitions whose keys a definition has, if it has none of its own."""
    references = [node.get("$ref", "") for node in properties(name).values()]
    found = [re.fullmatch(r"#/definitions/(\w+)/properties/\w+", one) for one in references]
    return list(dict.fromkeys(one[1] for one in found if one)) if all(found) else []


def _kinds(node: dict[str, Any]) -> Iterator[str]:
    """List the kinds of values, where a definition is a choice of several."""
    for given, then in cases(node) if len(cases(node)) > 3 else ():
        if "patternProperties" in then:
            continue
        name, found = target(then["$ref"]) if "$ref" in then else ("", then)
        said = value({"type": given.get("type", "object"), **then})
        if name and not has_section(name) and name not in CODE:
            said = found["description"]
        elif "examples" in then:
            said = ", ".join(f"`{flow(one)}`" for one in then["examples"])
        words = [f"{key}: {word}" for key, words in chosen_by(given).items() for word in words]
        words = words or given.get("required") or found.get("required", [])[:1]
        yield f"- with {', '.join(f'`{one}`' for one in words)}: {said}" if words else f"- {said}"


def chosen_by(given: dict[str, Any]) -> dict[str, list[str]]:
    """Give the key, and its words, by which a condition chooses one of several kinds."""
    found = {**given.get("properties", {}), **given.get("patternProperties", {})}
    return {key.strip("^$"): one["enum"] for key, one in found.items() if "enum" in one}


@functools.cache
def _words_of(name: str) -> dict[str, list[str]]:
    """Give the words that lead to a definition where the kind is said in a key, as `type`."""
    found: dict[str, list[str]] = {}
    for node in SCHEMA["definitions"].values():
        for given, then in cases(node):
            if then.get("$ref") == f"#/definitions/{name}":
                for key, words in chosen_by(given).items():
                    found[key] = found.get(key, []) + words
    return found


def _table(name: str) -> Iterator[str]:
    outer = name.partition("/")[0]
    required = SCHEMA["definitions"].get(outer, {}).get("required", ()) if outer == name else ()
    rows = [_row(name, key, node, key in required) for key, node in properties(name).items()]
    columns = ("key", "value", "default", "in the SDK", "")
    used = [i for i in range(5) if i in (0, 1, 4) or any(row[i] not in ("", "-") for row in rows)]
    yield "| " + " | ".join(columns[i] for i in used).rstrip() + " |"
    yield "|" + "---|" * len(used)
    for row in rows:
        yield "| " + " | ".join(row[i] for i in used) + " |"


def _row(name: str, key: str, node: dict[str, Any], required: bool) -> tuple[str, ...]:
    fields = _FIELDS.get((name, key), [])
    words = _words_of(name).get(key)
    kind = value({"enum": words} if words else node)
    said = inherited(node)["description"]
    if "description" not in node and has_section(node.get("$ref", "").rpartition("/")[2]):
        said = said.partition(". ")[0].rstrip(".") + "."
    shown = "" if words else example(key, node)
    said += f" Example: {shown}" if shown else ""
    default = "required" if required else _default(name, key, inherited(node))
    return (f"`{key}`", kind, default, f"`{fields[0]}`" if fields else "-", said)


def _default(name: str, key: str, node: Mapping[str, Any]) -> str:
    """Give the default of a key, and the SDK's where that is another one."""
    words = _words_of(name).get(key)
    if "default" not in node or (words and node["default"] not in words):
        return ""
    own = f"`{flow(node['default'])}`"
    if f"{name}.{key}" not in DIFFERENT:
        return own
    parts = [part for part in PARTS if part.definition == name]
    theirs = {part.key(one): given for part in parts for one, given in part.source.defaults.items()}
    return f"{own}; the SDK's is `{flow(theirs[key])}`"


def _coverage() -> Iterator[str]:
    """Give the section on what of the SDK a file can say, and what it cannot."""
    said, left = covered(PARTS)
    sources = len({part.source.name for part in PARTS})
    release = ".".join(version("openai-agents").split(".")[:2])
    yield "## Fields of the SDK\n"
    yield (
        f"A file can say {len(said)} of the {len(said) + len(left)} fields that {sources} classes, "
        f"functions and mappings of openai-agents {release} have. A test compares both, and fails "
        f"when the SDK has a field that is neither a key nor in this list:\n"
    )
    yield "\n".join(["| left out | why |", "|---|---|", *_reasons(left)]) + "\n"
    yield "These classes are left out as a whole:\n"
    yield "\n".join(["| left out | why |", "|---|---|", *_reasons(LEFT_OUT)]) + "\n"


def _reasons(left: Mapping[str, str]) -> list[str]:
    return [f"| `{name}` | {why[0].upper()}{why[1:]}. |" for name, why in left.items()]
