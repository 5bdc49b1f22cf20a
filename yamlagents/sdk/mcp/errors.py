"""What goes wrong with MCP servers, in words that say which server, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import anyio
from agents import UserError

from yamlagents.result import RunError
from yamlagents.spec.mcp.records import McpServerSpec

TOOL_FAILED = 4
NOT_STARTED = "mcp-failed"

_INSTALL = {
    **dict.fromkeys(("uvx", "uv"), "install uv, or give the full path of the program"),
    **dict.fromkeys(
        ("npx", "node", "npm"), "install Node.js, or give the full path of the program"
    ),
    "docker": "install Docker, or give the full path of the program",
}
# The code of the protocol for a connection that is closed, and the SDK's words for one over HTTP.
_CLOSED = -32000
_LOST = ("Connection lost", "Request failed", "Could not reach the server")
_OPTIONAL = "with required: false the model is told, and the run goes on without its tools"
_BROKEN = (anyio.ClosedResourceError, anyio.BrokenResourceError, ConnectionError, EOFError)


class NotAnswered(Exception):
    """A server that did not answer in time; `seconds` is how long it was waited for."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"it did not answer within {seconds:g} seconds")


class ServerGone(UserError):
    """A server that is not required, and that ended."""


def not_started(spec: McpServerSpec, error: BaseException, lines: Sequence[str]) -> RunError:
    """Give the failure of a server that could not be started or reached."""
    inner = innermost(error)
    message = f"{called(spec)} did not start: {_cause(spec, inner)}{_written(lines)}"
    return RunError("mcp-failed", message, exit=TOOL_FAILED, hint=_hint(spec, inner))


def ended(spec: McpServerSpec, doing: str, lines: Sequence[str]) -> RunError:
    """Give the failure of a server that was there and is no more."""
    message = f"{called(spec)} ended {doing}{_written(lines)}"
    return RunError("mcp-ended", message, exit=TOOL_FAILED, hint=_OPTIONAL)


def not_listed(spec: McpServerSpec, error: BaseException, lines: Sequence[str]) -> RunError:
    """Give the failure of a server that runs, and does not say any more what tools it has."""
    said = _cause(spec, innermost(error))
    message = f"{called(spec)} did not list its tools between two calls: {said}{_written(lines)}"
    return RunError("mcp-failed", message, exit=TOOL_FAILED, hint=_OPTIONAL)


def called(spec: McpServerSpec) -> str:
    """Name a server: by its name, its place, and how it is reached."""
    return f"the MCP server '{spec.name}' ({place_of(spec)}: {spec.address})"


def names(spec: McpServerSpec, error: RunError) -> bool:
    """Tell whether a failure is of this server."""
    return error.message.startswith(called(spec))


def place_of(spec: McpServerSpec) -> str:
    """Give where a server is declared, as `file:line`."""
    return f"{spec.place.file}:{spec.place.line}"


def is_gone(error: BaseException) -> bool:
    """Tell whether `error` means that the server itself is no longer there."""
    if isinstance(error, UserError):
        return any(words in str(error) for words in _LOST)
    inner = innermost(error)
    return isinstance(inner, _BROKEN) or _code(inner) == _CLOSED


def innermost(error: BaseException) -> BaseException:
    """Give the first error in groups of errors."""
    inner = getattr(error, "exceptions", ())
    return innermost(inner[0]) if inner else error


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error, and those that it came of."""
    while error is not None:
        yield error
        error = error.__cause__


def _code(error: BaseException) -> Any:
    """Give the protocol's code of an error, where either version of the `mcp` package has it."""
    return getattr(error, "code", getattr(getattr(error, "error", None), "code", None))


def _cause(spec: McpServerSpec, error: BaseException) -> str:
    command = spec.params.get("command")
    if isinstance(error, FileNotFoundError):
        return f"there is no command '{command}'"
    if isinstance(error, PermissionError):
        return f"'{command}' may not be executed"
    if is_gone(error) and spec.transport == "stdio":
        return "it ended before it answered"
    said = str(error).rpartition("': ")[2] if isinstance(error, UserError) else str(error)
    return said if isinstance(error, UserError | NotAnswered) else f"{type(error).__name__}: {said}"


def _hint(spec: McpServerSpec, error: BaseException) -> str:
    if isinstance(error, FileNotFoundError):
        command = str(spec.params.get("command"))
        return _INSTALL.get(command, "is it installed, and on the PATH?")
    if isinstance(error, NotAnswered):
        return "raise its client_session_timeout_seconds, or see what it waits for"
    if spec.transport == "stdio":
        return "start it by hand to see why; it gets no variables but those of env and inherit_env"
    return "is the server running, is the address right, and its transport?"


def _written(lines: Sequence[str]) -> str:
    if not lines:
        return ""
    return "; the last that it wrote:" + "".join(f"\n    {line}" for line in lines)
