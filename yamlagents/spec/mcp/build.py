"""From checked MCP servers to frozen data."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from yamlagents.spec.code import coderefs
from yamlagents.spec.code.records import Options
from yamlagents.spec.mcp.records import McpServerSpec, Transport
from yamlagents.spec.mcp.references import CONFIG_CODE, SERVER_CODE, is_path, named_tools
from yamlagents.spec.models.access import missing
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.tools.build import smoke_rule
from yamlagents.spec.variables import Unset, unset

_PARAMS = (
    *("command", "args", "env", "cwd", "encoding", "encoding_error_handler"),
    *("url", "headers", "timeout", "sse_read_timeout", "terminate_on_close", "auth"),
    *("ignore_initialized_notification_failure", "httpx_client_factory"),
)
_OURS = ("transport", "required", "inherit_env", "smoke")


def servers_of(scope: Scope) -> MappingProxyType[str, McpServerSpec]:
    """Give the MCP servers that the files declare, by name."""
    return MappingProxyType(
        {name: _server(name, field, scope) for name, field in scope.mcp_servers.items()}
    )


def names_of(field: Field | None) -> tuple[str, ...]:
    """Give the names of the MCP servers that an agent lists."""
    items = field.items() if field is not None else ()
    return tuple(item.value for item in items if not isinstance(item.value, Unset))


def config_of(field: Field | None, scope: Scope) -> Options:
    """Give how an agent uses its MCP servers."""
    if field is None or not isinstance(field.value, dict):
        return MappingProxyType({})
    return _known(coderefs.options(field, CONFIG_CODE, scope, without=()))


def _server(name: str, field: Field, scope: Scope) -> McpServerSpec:
    data = field.value
    given = _known(coderefs.options(field, SERVER_CODE, scope, without=_OURS))
    # Nothing is started before the variables are set that these hang on.
    waiting = {key for key, value in data.items() if any(unset(value, (key,)))}
    options = {k: _plain(v) for k, v in given.items() if k not in (*_PARAMS, *waiting)}
    transport: Transport = "stdio" if "command" in data else _http(data.get("transport"))
    inherited = data.get("inherit_env", False)
    required = data.get("required", True)
    return McpServerSpec(
        name=name,
        transport=transport,
        place=field.key_place,
        params=MappingProxyType({**_params(given), **_paths(field, transport)}),
        options=MappingProxyType(options),
        inherit_env=tuple(inherited) if isinstance(inherited, list) else inherited is True,
        required=required is not False,
        smoke=smoke_rule(data.get("smoke")),
        tool_names=tuple((str(item.value), item.place) for item in named_tools(field)),
        obstacles=tuple(missing(field.document, "mcp_servers", name).values()),
    )


def _http(transport: Any) -> Transport:
    return "sse" if transport == "sse" else "streamable_http"


def _known(options: Options) -> Options:
    """Leave out what hangs on an unset variable: nothing is started before that is set."""
    kept = {key: value for key, value in options.items() if not isinstance(value, Unset)}
    return MappingProxyType(kept)


def _params(given: Options) -> dict[str, Any]:
    return {key: given[key] for key in _PARAMS if key in given}


def _paths(server: Field, transport: Transport) -> dict[str, str]:
    """Give the paths of a server that is started: relative ones start at the file."""
    if transport != "stdio":
        return {}
    command, cwd = server.part("command").text, server.part("cwd").text
    paths = {"cwd": str((server.folder / (cwd or ".")).resolve())}
    if command is not None and is_path(command):
        # Not resolved: a virtual environment's interpreter is a link, and means the environment.
        paths["command"] = str(server.folder / command)
    return paths


def _plain(value: Any) -> Any:
    """Give a value without the file's own `x-*` keys."""
    if isinstance(value, dict):
        return {key: _plain(below) for key, below in value.items() if not key.startswith("x-")}
    return value
