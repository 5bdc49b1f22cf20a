"""How the schema of a key is put into words: what may be written there, and an example of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml
from jsonschema import Draft7Validator

from tests.parity import FILE, SCHEMA

_PYTHON = "#python-code"
_WORDS = {"string": "text", "object": "mapping", "array": "list", "null": "`null`"}
# What is not called by the name of its definition.
TITLES = {
    FILE: "Top level",
    "code_call": "Python code",
    "model": "A model",
    "agent": "An agent",
    "tool": "A tool",
    "param": "A param",
    "overlay": "An overlay",
    "case": "A test",
    "tool_output_trimmer/tool_output_trimmer": "Tool output trimmer",
    "smoke": "Smoke rule",
    "mcp_stdio_server": "MCP server with a command",
    "mcp_http_server": "MCP server with an address",
    "hosted_mcp": "Hosted MCP",
    "mcp_config": "MCP config",
    "session": "Session",
    "session_sqlite": "Session in SQLite",
    "inner_run": "Run of an agent as tool",
    "session_advanced_sqlite": "Session in advanced SQLite",
    "session_sqlalchemy": "Session in a database",
    "session_redis": "Session in Redis",
    "session_encrypted": "Encrypted session",
    "session_compaction": "Session with compaction",
    "session_code": "Session of Python code",
    "sandbox": "Sandbox of an agent",
    "run_sandbox": "Sandboxes of a run",
    "sandbox_files": "Manifest",
    "sandbox_variable_entry": "Variable of a sandbox",
    "sandbox_group": "Group of a sandbox",
    "sandbox_permissions": "Permissions of an entry",
    "sandbox_entry": "Entry of a manifest",
    "sandbox_file": "Written file",
    "sandbox_dir": "Written folder",
    "sandbox_local_file": "File of the project",
    "sandbox_local_dir": "Folder of the project",
    "sandbox_git_repo": "Git repository",
    "sandbox_capability": "Capability",
    "capability_shell": "Shell of a sandbox",
    "capability_filesystem": "Filesystem of a sandbox",
    "capability_compaction": "Compaction",
    "capability_skills": "Skills",
    "sandbox_skill": "Written skill",
    "sandbox_client": "Client of sandboxes",
    "client_unix_local": "Client on this machine",
    "client_docker": "Client of Docker",
    "sandbox_snapshot": "Snapshot of a sandbox",
    "retry": "Retries",
    "function_tool": "Function as tool",
    "made_tools": "Tools made by code",
    "stored_prompt": "Stored prompt",
    "tool_guardrail_code": "Guardrail of a tool",
    "field": "Field of an output",
    "count_range": "Range of a count",
    "amount_range": "Range of an amount",
}
# Definitions that are told in the section of Python code, and how they are called.
CODE = {
    "entry_point": f"[entry point]({_PYTHON})",
    "code": f"[code]({_PYTHON})",
    "code_call": f"[code]({_PYTHON})",
    "switch": f"boolean or [code]({_PYTHON})",
    "code_or_null": f"[code]({_PYTHON}) or `null`",
}


def title(definition: str) -> str:
    """Give the heading of a definition's section."""
    plain = definition.replace("_", " ").replace("mcp", "MCP")
    return TITLES.get(definition, plain[:1].upper() + plain[1:])


def anchor(heading: str) -> str:
    """Give the anchor that GitHub makes of a heading."""
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")


def link(definition: str) -> str:
    """Give a link to the section of a definition."""
    text = re.sub("^An? ", "", title(definition))
    text = text if text[:2].isupper() else text[0].lower() + text[1:]
    return f"[{text}](#{anchor(title(definition))})"


def target(reference: str) -> tuple[str, dict[str, Any]]:
    """Give the name of a referred definition, "" for a key of one, and its schema."""
    node: Any = SCHEMA
    parts = reference.removeprefix("#/").split("/")
    for part in parts:
        node = node[part]
    return parts[1] if len(parts) == 2 else "", node


def cases(node: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Give the conditions of a schema, and what holds where they do."""
    found = [node, *node.get("allOf", ())]
    return [(one["if"], one["then"]) for one in found if "if" in one and "then" in one]


def has_section(definition: str) -> bool:
    """Tell whether a definition has keys, or so many kinds of values that they are a list."""
    node = SCHEMA["definitions"].get(definition, {})
    return "properties" in node or (len(cases(node)) > 3 and definition not in CODE)


def value(node: dict[str, Any]) -> str:
    """Say what may stand at a key, with links to the sections of what has keys of its own."""
    if "$ref" in node:
        name, found = target(node["$ref"])
        if name in CODE:
            return CODE[name]
        return link(name) if has_section(name) else value(found)
    if "enum" in node:
        return ", ".join(f"`{json.dumps(one).strip(chr(34))}`" for one in node["enum"])
    types = node.get("type", [])
    types = [types] if isinstance(types, str) else types
    said = dict.fromkeys(part for kind in types for part in _of_type(kind, node))
    if CODE["code"] in said:
        said.pop(CODE["entry_point"], None)
    if any(part.endswith(f"or {CODE['code']}") for part in said):
        said.pop(CODE["code"], None)
    return " or ".join(said) or "any data"


def _of_type(kind: str, node: dict[str, Any]) -> Iterator[str]:
    """Give what values of one type there are."""
    special = [then for given, then in cases(node) if kind in _types(given)]
    for then in special:
        if "$ref" in then:
            yield value(then)
        elif "patternProperties" not in then:
            yield from _plain(kind, then)
    required = any(given.get("required") for given, _ in cases(node) if kind in _types(given))
    if not special or (required and len(special) == 1 and kind == "object"):
        yield from _plain(kind, node)


def _types(condition: dict[str, Any]) -> list[str]:
    found = condition.get("type", [])
    return [found] if isinstance(found, str) else found


def _plain(kind: str, node: dict[str, Any]) -> Iterator[str]:
    if "enum" in node:
        yield value({"enum": node["enum"]})
    elif "title" in node and kind == "string":
        head, _, inner = node["title"].partition(" (")
        words = re.sub(r"\b[a-z]+_[a-z_]+\b", r"`\g<0>`", inner.rstrip(")"))
        is_choice = "or an entry point" in words
        yield words.replace("an entry point", CODE["code"]) if is_choice else head
    elif kind == "array" and node.get("items"):
        yield f"list: {value(node['items'])}"
    elif kind == "object" and isinstance(node.get("additionalProperties"), dict):
        yield f"by name: {value(node['additionalProperties'])}"
    else:
        yield f"{_WORDS.get(kind, kind)}{_bounds(node) if kind in ('integer', 'number') else ''}"


def _bounds(node: dict[str, Any]) -> str:
    if "exclusiveMinimum" in node:
        return f" above {node['exclusiveMinimum']}"
    least = f" from {node['minimum']}" if "minimum" in node else ""
    return least + (f" to {node['maximum']}" if "maximum" in node else "")


def inherited(node: dict[str, Any]) -> dict[str, Any]:
    """Give a schema with what it has of the one that it refers to."""
    return {**inherited(target(node["$ref"])[1]), **node} if "$ref" in node else node


def flow(given: Any) -> str:
    """Write a value as YAML on one line, as people do: without quotes that our YAML needs not."""
    text = yaml.safe_dump(given, default_flow_style=True, width=10_000, sort_keys=False)
    text = text.removesuffix("\n").removesuffix("...").strip()
    return re.sub(r"'((?:\./)?[\w./-]+:\w+|on)'", r"\1", text)


def example(key: str, node: dict[str, Any]) -> str:
    """Give an example of a value, or nothing where there is none or the type says it."""
    found = inherited(node)
    name = node.get("$ref", "").removeprefix("#/definitions/")
    if name in CODE and "examples" not in node and key not in ("use", "function", "python"):
        return f"`./code.py:{key}`"
    if "enum" in found or has_section(name) or not found.get("examples"):
        return ""
    return f"`{flow(found['examples'][0])}`"


def used(data: Any, node: dict[str, Any], name: str = FILE) -> set[str]:
    """Give the definitions that some data makes use of."""
    if "$ref" in node:
        name, node = target(node["$ref"])
        return {name} | used(data, node, name)
    found: set[str] = set()
    for given, then in cases(node):
        if Draft7Validator({**given, "definitions": SCHEMA["definitions"]}).is_valid(data):
            found |= used(data, then, name)
    for key, inner in data.items() if isinstance(data, dict) else ():
        known = node.get("properties", {}).get(key, node.get("additionalProperties"))
        known = node.get("patternProperties", {}).get(f"^{key}$", known)
        if isinstance(known, dict):
            found |= {f"{name}/{key}"} | used(inner, known, name)
    for inner in data if isinstance(data, list) and "items" in node else ():
        found |= used(inner, node["items"], name)
    return found
