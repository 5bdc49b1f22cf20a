"""`yamlagents tools`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from yamlagents.cli import boundary, conversation, jsontext, logs, stdout
from yamlagents.cli.options import ENV_FILE, read_environment
from yamlagents.cli.places import agent_file, complete_name, folder_option
from yamlagents.cli.reuse import ALLOW, SETTING, reuse_options
from yamlagents.runtime.redaction import Redaction
from yamlagents.spec.loader import load
from yamlagents.spec.project import shown_name
from yamlagents.spec.records import Spec

if TYPE_CHECKING:
    from yamlagents.sdk.inventory import Inventory, ListedTool


@click.command(
    "tools",
    epilog="\b\nExamples:\n  yamlagents tools weather\n"
    "  yamlagents tools agents.d/weather.yaml --format json\n  yamlagents tools weather --no-mcp",
)
@click.argument("file", metavar="FILE|NAME", shell_complete=complete_name)
@folder_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the tools are written to stdout; json has their schemas.",
)
@click.option("--no-mcp", is_flag=True, help="Start no MCP servers, and leave their tools out.")
@ENV_FILE
@SETTING
@reuse_options
@ALLOW
def command(form: str, no_mcp: bool, **values: Any) -> None:
    """List every tool that the agents of a file really have, and where each comes from.

    The file's code is imported and its MCP servers are started, to be asked for their tools; no
    tool is called, and no model.
    """
    spec = _spec(values)
    logs.set_up(Redaction(spec))
    team = conversation.assemble(spec, offline=True)
    listing = import_module("yamlagents.sdk.inventory")
    with stdout.reserved():
        found = conversation.in_own_loop(listing.inventory(team, start_servers=not no_mcp))
    for notice in found.notices:
        boundary.say_notice(notice)
    click.echo(_text(spec, found) if form == "text" else _json(spec, found))


def _spec(values: dict[str, Any]) -> Spec:
    read_environment(values.pop("env_file"))
    spec = load(agent_file(values.pop("file"), values.pop("folder")), **values)
    boundary.say_problems(p for p in spec.problems if p.severity == "warning")
    return spec


def _text(spec: Spec, found: Inventory) -> str:
    lines = []
    for key, tools in found.tools.items():
        lines.append(f"{key}" if tools else f"{key} (no tools)")
        for tool in tools:
            lines.append(f"  {_signature(tool)}")
            lines += [f"      {line}" for line in tool.description.strip().splitlines()[:1]]
            lines.append(f"      {_origin(tool)}")
        lines += [
            f"  the tools of the MCP server '{name}' ({spec.mcp_servers[name].place.file}:"
            f"{spec.mcp_servers[name].place.line}) were not asked for"
            for name in spec.agents[key].mcp_servers
            if name in found.unasked
        ]
    return "\n".join(lines)


def _origin(tool: ListedTool) -> str:
    kind = f"MCP server '{tool.server}'" if tool.server is not None else tool.kind
    off = {True: "", False: ", switched off", None: ", if its is_enabled says so"}
    return f"{kind}, {tool.place.file}:{tool.place.line}{off[tool.is_enabled]}"


def _signature(tool: ListedTool) -> str:
    """Give a tool as `name(city: string, units?: string)`; what may be left out has a mark."""
    schema = tool.parameters or {}
    required = schema.get("required", ())
    parameters = [
        f"{name}{'' if name in required else '?'}: {_type(value)}"
        for name, value in schema.get("properties", {}).items()
    ]
    return tool.name if tool.parameters is None else f"{tool.name}({', '.join(parameters)})"


def _type(schema: Any) -> str:
    if not isinstance(schema, dict):
        return "any"
    kind = schema.get("type")
    if "enum" in schema:
        return "|".join(map(str, schema["enum"]))
    if kind == "array" and isinstance(schema.get("items"), dict):
        return f"{_type(schema['items'])}[]"
    if isinstance(kind, list):
        return "|".join(kind)
    if kind is None:
        choices = schema.get("anyOf") or schema.get("oneOf") or ()
        return "|".join(map(_type, choices)) or "any"
    return str(kind)


def _json(spec: Spec, found: Inventory) -> str:
    agents = {key: [_record(tool) for tool in tools] for key, tools in found.tools.items()}
    document = {
        "file": shown_name(spec.file),
        "agents": [{"agent": key, "tools": tools} for key, tools in agents.items()],
        "servers_not_asked": list(found.unasked),
        "notices": [
            {"code": notice.code, "severity": notice.severity, "message": notice.message}
            for notice in found.notices
        ],
    }
    return jsontext.dump(document, indent=2)


def _record(tool: ListedTool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "kind": tool.kind,
        "server": tool.server,
        "file": tool.place.file,
        "line": tool.place.line,
        "enabled": tool.is_enabled,
        "description": tool.description,
        "parameters": tool.parameters,
    }
