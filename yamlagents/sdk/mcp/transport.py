"""From an MCP server's spec to the SDK's object that speaks to it."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from pathlib import Path
from threading import Thread
from typing import Any

from agents.mcp import MCPServerSse, MCPServerStdio, MCPServerStreamableHttp
from mcp.client.stdio import stdio_client
from pydantic import ValidationError

from yamlagents.sdk import code
from yamlagents.sdk.endings import undisturbed
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.mcp.records import McpServerSpec
from yamlagents.spec.problem import SpecError

log = logging.getLogger("yamlagents.mcp")

# The SDK's 5 seconds are over before a package has been fetched.
TIMEOUT = 60.0
_TAIL = 10
_LONGEST = 200

Transport = MCPServerStdio | MCPServerStreamableHttp | MCPServerSse
# Those options of ours and the SDK's that are about a connection; the others are about tools.
_OF_CONNECTIONS = (
    *("cache_tools_list", "client_session_timeout_seconds", "max_retry_attempts"),
    *("retry_backoff_seconds_base", "retry_backoff_seconds_max", "max_list_pages"),
    *("message_handler", "name"),
)


class Tail:
    """The last lines that a program writes to its standard error, read as they come.

    `stream` is for the program; it is to be closed here once the program has it.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lines: deque[str] = deque(maxlen=_TAIL)
        reading, writing = os.pipe()
        self.stream = os.fdopen(writing, "w")
        self._thread = Thread(target=self._read, args=(reading,), daemon=True)
        self._thread.start()

    def _read(self, number: int) -> None:
        with os.fdopen(number, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                self._lines.append(line.rstrip())
                log.info("%s: %s", self._name, line.rstrip())

    def lines(self) -> tuple[str, ...]:
        """Give the last lines; waits for a moment, as a program that ended may be read yet."""
        self._thread.join(0.5)
        return tuple(line for line in self._lines if line)


# The server whose output the current task reads.
_spoken_to: ContextVar[str | None] = ContextVar("spoken_to", default=None)


def _named(record: logging.LogRecord) -> bool:
    """Say which server writes what is no message, where `mcp` logs a traceback and no name."""
    name, error = _spoken_to.get(), record.exc_info[1] if record.exc_info else None
    if name is None or not isinstance(error, ValidationError):
        return True
    line = str(error.errors()[0]["input"]).strip()[:_LONGEST]
    log.warning("the MCP server '%s' writes to its output what is no message: %r", name, line)
    return False


logging.getLogger("mcp.client.stdio").addFilter(_named)


class _Stdio(MCPServerStdio):
    """A started server whose standard error is kept instead of shown."""

    def __init__(self, params: Any, *, tail: Tail, **options: Any) -> None:
        super().__init__(params, **options)
        self._tail = tail

    def create_streams(self) -> AbstractAsyncContextManager[Any]:
        return stdio_client(self.params, errlog=self._tail.stream)

    async def connect(self) -> None:
        """Start the server, which has its standard error then."""
        _spoken_to.set(self.name)
        try:
            await super().connect()  # type: ignore[no-untyped-call]  # the SDK's is not typed
        finally:
            self._tail.stream.close()

    async def cleanup(self) -> None:
        """End the server, whatever comes meanwhile."""
        with undisturbed():
            await super().cleanup()  # type: ignore[no-untyped-call]  # as above


def transport(spec: McpServerSpec, root: Path) -> tuple[Transport, Tail | None]:
    """Make what speaks to a server, and what listens to its standard error if it is started.

    Nothing is started yet, and no tool is left out. Raises `SpecError` for what is wrong with code,
    and for variables that are not set.
    """
    if spec.obstacles:
        raise SpecError(spec.obstacles)
    given = {key: spec.options[key] for key in _OF_CONNECTIONS if key in spec.options}
    options = {
        "name": spec.name,
        "client_session_timeout_seconds": TIMEOUT,
        **code.options(given, root),
    }
    params: Any = {key: _param(value, root) for key, value in spec.params.items()}
    if spec.transport == "stdio":
        tail = Tail(spec.name)
        params["env"] = {**_inherited(spec.inherit_env), **params.get("env", {})}
        return _Stdio(params, tail=tail, **options), tail
    kind = MCPServerSse if spec.transport == "sse" else MCPServerStreamableHttp
    return kind(params, **options), None


def _param(value: Any, root: Path) -> Any:
    if isinstance(value, CodeSpec):
        return code.instance(value, root)
    # The SDK's own classes take dicts alone.
    return dict(value) if isinstance(value, Mapping) else value


def _inherited(names: bool | tuple[str, ...]) -> dict[str, str]:
    if isinstance(names, bool):
        return dict(os.environ) if names else {}
    return {name: os.environ[name] for name in names if name in os.environ}
