"""An MCP server as frozen data."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from yamlagents.spec.code.records import Options
from yamlagents.spec.mcp.secrets import secret_arguments
from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.secrets.words import leaves, url_secrets, without_url_secrets
from yamlagents.spec.tools.records import SmokeRule

Transport = Literal["stdio", "streamable_http", "sse"]


@dataclass(frozen=True)
class McpServerSpec:
    """An MCP server: how it is reached, and the options of the SDK's class for it.

    `params` and `options` are the SDK's keywords, only those the files give, with paths made
    absolute; what is code among them is `CodeSpec`. `inherit_env` of True means all variables.
    `tool_names` are the names of tools that the options name, each with its place.
    """

    name: str
    transport: Transport
    place: Place = field(compare=False, repr=False)
    # Not shown: headers, variables and addresses bear keys.
    params: Options = field(default_factory=dict, repr=False)
    options: Options = field(default_factory=dict, repr=False)
    inherit_env: bool | tuple[str, ...] = False
    required: bool = True
    smoke: SmokeRule | None = None
    tool_names: tuple[tuple[str, Place], ...] = field(default=(), compare=False, repr=False)
    # The variables that have to be set before it can be started.
    obstacles: tuple[Problem, ...] = field(default=(), compare=False, repr=False)

    @property
    def address(self) -> str:
        """The command line or the address it is reached by, without what may be secret."""
        if self.transport != "stdio":
            return without_url_secrets(str(self.params.get("url", "")))
        args = list(self.params.get("args", ()))
        for index in secret_arguments(args):
            args[index] = "***"
        return shlex.join([str(self.params.get("command", "")), *args])

    @property
    def secrets(self) -> Iterator[str]:
        """What may not be shown: of headers, variables, arguments and addresses."""
        for leaf in leaves({**self.params, **self.options}):
            yield from (str(leaf.value),) if leaf.secret else url_secrets(str(leaf.value))
        args = self.params.get("args", ())
        yield from (str(args[index]).rpartition("=")[2] for index in secret_arguments(args))
        # The value of any header may be a key.
        for name, value in self.params.get("headers", {}).items():
            if name.lower() not in _PUBLIC_HEADERS:
                yield str(value)


_PUBLIC_HEADERS = ("accept", "accept-language", "content-type", "user-agent")
