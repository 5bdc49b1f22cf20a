"""A tool in front of another: it returns what was recorded, or calls and records."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Protocol, TypeVar

from agents import (
    CustomTool,
    FunctionTool,
    RunConfig,
    ToolOutputFileContent,
    ToolOutputImage,
    ToolOutputText,
)
from agents.run_config import ToolErrorFormatterArgs
from agents.tool import default_tool_timeout_error_message
from agents.tool_context import ToolContext

from yamlagents.runtime.cassettes.exchange import Exchange, ToolResult
from yamlagents.runtime.redaction import Redaction


@dataclass(frozen=True)
class Call:
    """A tool call that an agent's model made; `arguments` as the recorded response has them."""

    agent: str
    id: str
    name: str
    arguments: Any


# What a response calls a tool with that takes text in place of arguments.
_CUSTOM = "custom_tool_call"


def call_id(item: Mapping[str, Any]) -> str | None:
    """Give the id of the call that an item of a response makes; None if it makes none."""
    if item.get("type") == _CUSTOM:
        return str(item.get("call_id"))
    return str(item["id"]) if "call" in item else None


def makes(item: Mapping[str, Any], call: Call) -> bool:
    """Tell whether an item of a response makes this call."""
    if item.get("type") == _CUSTOM:
        made = item.get("name"), item.get("input"), item.get("call_id")
        return made == (call.name, call.arguments, call.id)
    return item == {"call": call.name, "arguments": call.arguments, "id": call.id}


class Results(Protocol):
    """Where results of tools come from and go to."""

    redact: Redaction

    def claim(self, call: Call) -> Exchange | None: ...
    def require_recording(self, call: Call, exchange: Exchange | None) -> None: ...
    def record_result(self, call: Call, exchange: Exchange | None, result: ToolResult) -> None: ...


Called = TypeVar("Called", bound=FunctionTool | CustomTool)


def replayed(tool: Called, agent: str, results: Results, *, from_cassette: bool) -> Called:
    """Give a copy of `tool` that records, and with `from_cassette` calls only what it must."""

    async def invoke(context: ToolContext[Any], text: str) -> Any:
        given = text if isinstance(tool, CustomTool) else _parsed(text)
        call = Call(agent, context.tool_call_id, tool.name, results.redact(given))
        exchange = results.claim(call)
        known = exchange.results.get(call.id) if exchange is not None else None
        if from_cassette and known is not None:
            return await _returned(known, context)
        if from_cassette:
            results.require_recording(call, exchange)

        def note(**outcome: Any) -> None:
            result = ToolResult(tool.name, call.arguments, **results.redact(outcome))
            results.record_result(call, exchange, result)

        return await _called(tool, context, text, note)

    standing_in = copy.copy(tool)
    standing_in.on_invoke_tool = invoke
    return standing_in


async def _called(tool: Called, context: ToolContext[Any], text: str, note: Any) -> Any:
    """Call the tool and note what came of it, whichever way it ended."""
    errors: list[str] = []
    context.run_config = _listening(context.run_config, errors)
    started = monotonic()
    try:
        output = await tool.on_invoke_tool(context, text)
    except asyncio.CancelledError:
        limit = getattr(tool, "timeout_seconds", None)
        if limit is not None and monotonic() - started >= limit * 0.99:
            said = default_tool_timeout_error_message(tool_name=tool.name, timeout_seconds=limit)
            note(output=said)
        raise
    except BaseException as error:  # whatever ends the tool is recorded, and goes on
        note(error=_said(error), raised=True)
        raise
    note(output=_plain(output), error=errors[-1] if errors else None)
    return output


def _listening(config: RunConfig | None, errors: list[str]) -> RunConfig | None:
    """Give a run's configuration in which a tool's exception is also put into `errors`."""
    formatter = config.tool_error_formatter if config is not None else None
    if config is None or formatter is None:
        return config

    def heard(args: ToolErrorFormatterArgs[Any]) -> Any:
        if args.error is not None:
            errors.append(_said(args.error))
        return formatter(args)

    return replace(config, tool_error_formatter=heard)


async def _returned(known: ToolResult, context: ToolContext[Any]) -> Any:
    """Do as the tool did: return, or fail before whoever listened then."""
    error = _exception(known.error) if known.error is not None else None
    if known.raised:
        raise error if error is not None else RuntimeError(known.name)
    formatter = context.run_config.tool_error_formatter if context.run_config is not None else None
    if error is not None and formatter is not None:
        told = formatter(
            ToolErrorFormatterArgs(
                kind="tool_exception",
                tool_type="function",
                tool_name=known.name,
                call_id=context.tool_call_id,
                default_message=str(known.output),
                run_context=context,
                error=error,
            )
        )
        if isinstance(told, Awaitable):
            await told
    return known.output


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _exception(said: str) -> Exception:
    """Make an exception that reads as the recorded one did."""
    name, _, text = said.partition(": ")
    made: Exception = type(name, (Exception,), {})(text)
    return made


def _parsed(text: str) -> Any:
    """Parse arguments as the recorded response has them: text, unless they are a JSON object."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return text
    return found if isinstance(found, dict) else text


_CONTENT = (ToolOutputText, ToolOutputImage, ToolOutputFileContent)


def _plain(output: Any) -> Any:
    """Give an output as plain data; what is none becomes the text that the model is given."""
    if isinstance(output, _CONTENT):
        return output.model_dump(mode="json", exclude_none=True)
    if isinstance(output, list) and output and all(isinstance(part, _CONTENT) for part in output):
        return [_plain(part) for part in output]
    try:
        same = json.loads(json.dumps(output, allow_nan=False)) == output
    except (TypeError, ValueError):
        return str(output)
    return output if same else str(output)
