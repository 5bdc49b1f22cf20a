"""What the model and whoever watches are told of an MCP tool that failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from inspect import isawaitable
from typing import Any

from agents import AgentsException, ToolErrorFormatterArgs
from agents.mcp import MCPToolCustomDataContext, MCPToolMetaContext
from agents.tool import default_tool_error_function
from agents.tool_context import ToolContext

from yamlagents.result import RunError
from yamlagents.sdk.mcp.errors import TOOL_FAILED, chain, innermost

Tell = Callable[[Any, Exception], Any]
Extract = Callable[[MCPToolCustomDataContext], Any]
Resolve = Callable[[MCPToolMetaContext], Any]

_MAY_FAIL = "without failure_error_function: null the model is told, and the run goes on"


# The call of a tool that a server is being asked for.
calling: ContextVar[ToolContext[Any] | None] = ContextVar("calling", default=None)


class McpToolError(Exception):
    """What a server said of a call that it calls an error."""


def telling(own: Tell | None = default_tool_error_function) -> Tell:
    """Give a `failure_error_function` that also tells whoever watches.

    It raises `RunError` for what ends the run, which without an `own` is any failure.
    """

    async def tell(context: Any, error: Exception) -> str:
        for cause in chain(error):
            if isinstance(cause, RunError):
                raise cause
        plain = _plain(error)
        if own is None:
            message = f"the tool '{context.tool_name}' failed: {type(plain).__name__}: {plain}"
            raise RunError("tool-failed", message, exit=TOOL_FAILED, hint=_MAY_FAIL) from error
        said = await noted(context, plain)
        if own is not default_tool_error_function:
            told = own(context, error)
            return str(await told if isinstance(told, Awaitable) else told)
        return said if said is not None else default_tool_error_function(context, error)

    return tell


def telling_first(own: Tell) -> Tell:
    """Give the `failure_error_function` of a function tool, that also tells whoever watches."""

    async def tell(context: Any, error: Exception) -> Any:
        await noted(context, error)
        told = own(context, error)
        return await told if isawaitable(told) else told

    return tell


def noting(own: Extract | None) -> Extract:
    """Give a `custom_data_extractor` that also tells of results which are errors."""

    async def extract(context: MCPToolCustomDataContext) -> Mapping[str, Any] | None:
        if context.is_error:
            await noted(context.run_context, McpToolError(_text(context.tool_output)))
        found = own(context) if own is not None else None
        kept: Mapping[str, Any] | None = await found if isawaitable(found) else found
        return kept

    return extract


def knowing(own: Resolve | None) -> Resolve:
    """Give a `tool_meta_resolver` that also lets the server know whose call it is asked for."""

    async def resolve(context: MCPToolMetaContext) -> dict[str, Any] | None:
        asked = context.run_context
        calling.set(asked if isinstance(asked, ToolContext) else None)
        found = own(context) if own is not None else None
        meta: dict[str, Any] | None = await found if isawaitable(found) else found
        return meta

    return resolve


async def noted(context: Any, error: Exception) -> str | None:
    """Tell of a failed call as of that of a function tool; give what the file says of it."""
    config = getattr(context, "run_config", None)
    formatter = config.tool_error_formatter if config is not None else None
    if formatter is None:
        return None
    said = formatter(
        ToolErrorFormatterArgs(
            kind="tool_exception",
            tool_type="function",
            tool_name=context.tool_name,
            call_id=context.tool_call_id,
            default_message=default_tool_error_function(context, error),
            run_context=context,
            error=error,
        )
    )
    told: str | None = await said if isawaitable(said) else said
    return told


def _plain(error: Exception) -> Exception:
    """Give what went wrong, without the SDK's words around it and the way it took through it."""
    inner = next(cause for cause in chain(error) if type(cause) is not AgentsException)
    found = innermost(inner)
    plain = found if isinstance(found, Exception) else error
    plain.__cause__ = None
    return plain.with_traceback(None)


def _text(output: Any) -> str:
    parts = output if isinstance(output, list) else [output]
    texts = (part.get("text", "") if isinstance(part, Mapping) else str(part) for part in parts)
    return "\n".join(filter(None, texts))
