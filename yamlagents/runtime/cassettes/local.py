"""Local hosted tools in front of others: they return what was recorded, or act and record."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from agents import ShellCallOutcome, ShellCommandOutput, ShellResult, Tool
from agents.editor import ApplyPatchResult

from yamlagents.runtime.cassettes.exchange import Exchange, ToolResult
from yamlagents.runtime.cassettes.tool import Call, Results, exception, plain, said
from yamlagents.sdk.local import LocalCall, Real, behind


def replayed_here(tool: Tool, agent: str, results: Results, *, from_cassette: bool) -> Tool:
    """Give a copy of a local tool that records, and with `from_cassette` acts only if it must."""
    screen = _Screen(agent, results, from_cassette=from_cassette)

    async def around(asked: LocalCall, real: Real) -> Any:
        if asked.type == "computer_call":
            return await screen.do(asked, real)
        call, exchange = results.claim_local(agent, asked)
        known = exchange.results.get(call.id) if exchange is not None else None
        if from_cassette and known is not None:
            return _restored(known, asked.type)
        if from_cassette:
            # The SDK tells the model of a failure here: let the next request fail as well.
            results.require_recording(call, exchange, again=True)
        return await _noted(asked, real, _Note(call, exchange, results))

    return behind(tool, around, lazily=from_cassette and not results.records)


@dataclass(frozen=True)
class _Note:
    """Where the outcome of a call is kept."""

    call: Call
    exchange: Exchange | None
    results: Results

    def __call__(self, **outcome: Any) -> None:
        kept = self.results.redact(outcome)
        result = ToolResult(self.call.name, self.call.arguments, **kept)
        self.results.record_result(self.call, self.exchange, result)


async def _noted(asked: LocalCall, real: Real, note: _Note, *, ends: bool = True) -> Any:
    """Act, and note what came of it; without `ends` only if it failed."""
    try:
        output = await real()
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # whatever ends the tool is recorded, and goes on
        note(error=said(error), raised=True)
        raise
    if ends:
        note(output=_kept(output, asked.type))
    return output


class _Screen:
    """A computer's actions, one after another: the last of a call shows what came of all.

    The SDK does not tell which call an action is of; calls are carried out in their order.
    """

    def __init__(self, agent: str, results: Results, *, from_cassette: bool) -> None:
        self._agent = agent
        self._results = results
        self._from_cassette = from_cassette
        self._at: tuple[Call, Exchange | None] | None = None
        self._left = 0

    async def do(self, asked: LocalCall, real: Real) -> Any:
        """Do one action, or what was recorded of its call."""
        if self._at is None:
            self._at = self._results.claim_local(self._agent, asked)
            self._left = _steps(self._at[0].arguments)
        call, exchange = self._at
        self._left -= 1
        ends = self._left <= 0
        if ends:
            self._at = None
        try:
            return await self._done(asked, real, _Note(call, exchange, self._results), ends)
        except BaseException:  # whatever it was, no action of this call follows
            self._at = None
            raise

    async def _done(self, asked: LocalCall, real: Real, note: _Note, ends: bool) -> Any:
        exchange = note.exchange
        known = exchange.results.get(note.call.id) if exchange is not None else None
        if not self._from_cassette:
            return await _noted(asked, real, note, ends=ends)
        if known is None:
            self._results.require_recording(note.call, exchange)
            return await _noted(asked, real, note, ends=ends)
        # Before the end nobody looks at a picture.
        return _restored(known, asked.type) if ends or known.raised else ""


def _steps(actions: Any) -> int:
    """Count what a call makes of its actions: a picture is taken at the end, if that is none."""
    given = actions if isinstance(actions, list) else [actions]
    last = given[-1] if given and isinstance(given[-1], Mapping) else {}
    return len(given) + (last.get("type") != "screenshot")


def _kept(output: Any, type_: str) -> Any:
    """Give an output as plain data; what is none becomes the text that the model is given."""
    if isinstance(output, ShellResult | ApplyPatchResult):
        return {key: value for key, value in asdict(output).items() if value is not None}
    if type_ in ("shell_call", "custom_tool_call"):
        return str(output)
    return plain(output)


def _restored(known: ToolResult, type_: str) -> Any:
    """Do as the tool did: return, or fail."""
    if known.raised:
        raise exception(known.error or known.name)
    output = known.output
    if type_ != "shell_call" or not isinstance(output, dict) or "output" not in output:
        return output
    parts = [
        ShellCommandOutput(**{**part, "outcome": ShellCallOutcome(**part["outcome"])})
        for part in output["output"]
    ]
    return ShellResult(**{**output, "output": parts})
