"""MCP servers that could not be used as they are declared, and agents that name none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from yamlagents.spec.code import coderefs
from yamlagents.spec.code.entrypoints import CODE
from yamlagents.spec.problem import Problem, shortened, suggestion
from yamlagents.spec.scope import Field, Scope

# The keys that may hold code.
SERVER_CODE = MappingProxyType(
    {
        **coderefs.TOOL_GUARDRAILS,
        **dict.fromkeys(("tool_filter", "require_approval"), CODE),
        **dict.fromkeys(("tool_meta_resolver", "custom_data_extractor", "message_handler"), CODE),
        **dict.fromkeys(("auth", "httpx_client_factory"), CODE),
        "failure_error_function": coderefs.FAILED,
    }
)
CONFIG_CODE = MappingProxyType({"failure_error_function": coderefs.FAILED})
_NOT_OF_SSE = ("terminate_on_close", "ignore_initialized_notification_failure")


def server_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each thing that a declared MCP server needs and that is not there."""
    for server in scope.mcp_servers.values():
        if not isinstance(server.value, dict):
            continue
        yield from coderefs.code_problems(server, SERVER_CODE, scope)
        yield from _paths(server)
        yield from _encoding(server.part("encoding"))
        yield from _contradictions(server)


def use_problems(fields: Mapping[str, Field], scope: Scope) -> Iterator[Problem]:
    """Give the problems of the MCP servers that the agent with `fields` names."""
    named = fields.get("mcp_servers")
    for item in named.items() if named is not None else ():
        yield from _unknown(item, scope)
    config = fields.get("mcp_config")
    if config is None:
        return
    yield from coderefs.code_problems(config, CONFIG_CODE, scope)
    if not uses_servers(fields):
        message = "'mcp_config' does nothing without 'mcp_servers'"
        place = config.key_place
        yield config.document.problem(place, "conflicting-keys", message, hint="remove it")


def uses_servers(fields: Mapping[str, Field]) -> bool:
    """Tell whether an agent has MCP servers, whose tools only show once they run."""
    return "mcp_servers" in fields and fields["mcp_servers"].value != []


def _unknown(item: Field, scope: Scope) -> Iterator[Problem]:
    name = item.text
    if scope.complete and name is not None and name not in scope.mcp_servers:
        near = suggestion(name, scope.mcp_servers)
        message = f"there is no '{shortened(name)}' under mcp_servers{near}"
        hint = None if near else "declare it: mcp_servers: {name: {command: uvx, args: [...]}}"
        yield item.problem("unknown-mcp-server", message, hint)


def is_path(command: str) -> bool:
    """Tell whether a command is a path, and no name to be found on the PATH."""
    return "/" in command or "\\" in command


def _paths(server: Field) -> Iterator[Problem]:
    command, cwd = server.part("command").text, server.part("cwd").text
    start = "a path starts at the folder of the file that it is written in"
    if command is not None and is_path(command) and not _leads(server, command).is_file():
        message = f"there is no file '{shortened(command)}'"
        yield server.part("command").problem("missing-file", message, start)
    if cwd is not None and not _leads(server, cwd).is_dir():
        message = f"there is no folder '{shortened(cwd)}'"
        yield server.part("cwd").problem("missing-file", message, start)


def _encoding(field: Field) -> Iterator[Problem]:
    name = field.text
    try:
        "a".encode(name or "utf-8")
    except (LookupError, ValueError):
        message = f"Python has no text encoding '{shortened(str(name))}'"
        yield field.problem("bad-value", message, "for example utf-8")


def _leads(server: Field, text: str) -> Path:
    # A path with a zero byte leads nowhere, on any system.
    return server.folder / text.replace("\0", "/")


def _contradictions(server: Field) -> Iterator[Problem]:
    if server.value.get("transport") == "sse":
        for key in _NOT_OF_SSE:
            if key in server.value:
                place = server.document.key_place(*server.keys, key)
                message = f"'{key}' does nothing with transport: sse"
                yield server.document.problem(place, "conflicting-keys", message, hint="remove it")
    names = server.part("tool_filter")
    pairs = [(names.part("allowed_tool_names"), names.part("blocked_tool_names"))]
    lists = server.part("require_approval")
    pairs += [(lists.part("always").part("tool_names"), lists.part("never").part("tool_names"))]
    for first, second in pairs:
        listed = {item.text for item in first.items()} - {None}
        for item in second.items():
            if item.text in listed:
                both = f"'{first_key(first)}' and '{first_key(second)}'"
                message = f"the tool '{item.value}' is in {both}"
                yield item.problem("conflicting-keys", message, "keep it in one of them")


def first_key(field: Field) -> str:
    """Give the key that tells two lists of tools apart."""
    key = str(field.keys[-1])
    return str(field.keys[-2]) if key == "tool_names" else key


def named_tools(server: Field) -> Iterator[Field]:
    """Give the names of tools that a server's options name."""
    names = server.part("tool_filter")
    for key in ("allowed_tool_names", "blocked_tool_names"):
        yield from names.part(key).items()
    approval = server.part("require_approval")
    data = approval.value if isinstance(approval.value, dict) else {}
    if "use" in data:
        return
    if "always" in data or "never" in data:
        for key in ("always", "never"):
            yield from approval.part(key).part("tool_names").items()
        return
    for key in data:
        yield Field(approval.document, (*approval.keys, key), key)
