"""An exchange: what an agent's model was asked, what it said, and what came of its tool calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from yamlagents.runtime.cassettes.contract import Contract, digest
from yamlagents.runtime.cassettes.items import Item, calls_in, numbered


@dataclass(frozen=True)
class Request:
    """What an agent's model is asked, without secrets, and with calls numbered."""

    agent: str
    contract: Contract
    input: tuple[Item, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the whole request, in hex."""
        return digest({"agent": self.agent, "contract": self.contract.digest, "input": self.input})


@dataclass(frozen=True)
class ToolResult:
    """What a tool call came to: its output, as plain data, and what went wrong in the tool.

    `raised` is set where the error ended the run, so that there is no output.
    """

    name: str
    arguments: Any
    output: Any = None
    error: str | None = None
    raised: bool = False


@dataclass(frozen=True)
class Failed:
    """A model that failed before another one was asked, and why, as the event of it says.

    `asked` is not set for one that could not be made. `error` is what it failed with, as plain
    data, where the last model failed as well.
    """

    model: str
    code: str
    reason: str
    asked: bool = True
    error: Mapping[str, Any] | None = None


@dataclass
class Exchange:
    """A request beside its response, and the results of the tools that the response calls.

    `hash` is what replay finds it by; `occurrence` counts equal requests, from 1. `response` is
    None while the request is under way, and if it failed with `error`. `results` are by the id of
    their call. `model` is the fallback that was asked last, after those in `failed`; None if there
    was no need of one.
    """

    request: Request
    occurrence: int
    hash: str
    response: tuple[Item, ...] | None = None
    usage: Mapping[str, int] = field(default_factory=dict)
    cost: tuple[float | None, str | None] = (None, None)
    results: dict[str, ToolResult] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    model: str | None = None
    failed: tuple[Failed, ...] = ()

    @property
    def over(self) -> bool:
        """Whether there is a response, or a failure in its place."""
        return self.response is not None or self.error is not None


def exchange_hash(request: Request, occurrence: int) -> str:
    """Give the hash of the `occurrence`-th request (from 1) of those that are equal."""
    return f"sha256:{digest([request.digest, occurrence])}"


def conversation(exchange: Exchange) -> list[Item]:
    """Give the input and the response after it: what the next request may begin with."""
    said = numbered(exchange.response or (), calls_in(exchange.request.input))
    return [*exchange.request.input, *said]
