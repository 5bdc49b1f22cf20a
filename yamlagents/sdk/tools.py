"""Function tools: from an entry point and its options to the SDK's `FunctionTool`."""

from __future__ import annotations

import asyncio
import copy
import functools
import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents import FunctionTool, UserError, function_tool
from agents.tool import (
    resolve_function_tool_failure_error_function,
    set_function_tool_failure_error_function,
)
from agents.tool_context import ToolContext
from pydantic import PydanticUserError
from pydantic_core import SchemaError

from yamlagents.sdk import code
from yamlagents.sdk.cancelling import is_asked_for
from yamlagents.sdk.guardrails import tool_guardrails
from yamlagents.sdk.mcp.telling import telling_first
from yamlagents.sdk.results import checked
from yamlagents.sdk.toolguards import watch_guardrails
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.tools.records import MadeToolsSpec, ToolSpec

# Where an option of `function_tool` lives on a tool that is already built.
_ON_A_BUILT_TOOL = {
    "name_override": "name",
    "description_override": "description",
    **{key: key for key in ("is_enabled", "needs_approval", "defer_loading", "allowed_callers")},
    **{key: key for key in ("tool_input_guardrails", "tool_output_guardrails")},
    **{key: key for key in ("custom_data_extractor", "output_json_schema")},
}
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TIMEOUT = ("timeout", "timeout_behavior", "timeout_error_function")
# What is raised where no schema can be made of a function's annotations.
_NO_SCHEMA = (UserError, TypeError, ValueError, NameError, PydanticUserError, SchemaError)


def function_tools(spec: ToolSpec, root: Path) -> list[FunctionTool]:
    """Build the tool, or the list of tools, that `spec` names. Raises `SpecError` at its place."""
    found = code.attribute(spec.function, root)
    if not isinstance(found, list | tuple):
        return [_tool(found, spec, root)]
    if len(found) != 1 and "name_override" in spec.options:
        message = f"'{spec.function.text}' is {len(found)} tools, which cannot have one name"
        raise _error(spec, "bad-tool", message, "remove the name_override")
    return [_tool(item, spec, root) for item in found]


def made_tools(spec: MadeToolsSpec, root: Path) -> list[FunctionTool]:
    """Give the tools that the code of `spec` makes. Raises `SpecError` at its place."""
    found = code.made(spec.code, root)
    if spec.code.arguments is None and not isinstance(found, FunctionTool | list | tuple):
        found = code.instance(CodeSpec(spec.code.point, {}), root)
    plain = ToolSpec(spec.code.point, {}, spec.place)
    items = found if isinstance(found, list | tuple) else [found]
    return [_tool(item, plain, root) for item in items]


def _tool(found: Any, spec: ToolSpec, root: Path) -> FunctionTool:
    plain = {key: value for key, value in spec.options.items() if key not in _TIMEOUT}
    given = checked(tool_guardrails(code.options(plain, root), plain), plain)
    explains = given.get("failure_error_function")
    if callable(explains):
        given["failure_error_function"] = telling_first(explains)
    try:
        if isinstance(found, FunctionTool):
            built = _adapted(found, given, spec)
        elif inspect.isfunction(found) or inspect.ismethod(found):
            built = _of_function(found, given)
        else:
            kind = type(found).__name__
            raise _error(spec, "not-a-tool", f"'{spec.function.text}' is a {kind}, not a tool")
        if not _NAME.fullmatch(built.name):
            message = f"'{built.name}' cannot be the name of a tool: no provider takes it"
            raise _error(spec, "bad-tool", message, "give it a name_override")
        return _timed(watch_guardrails(built), spec, root)
    except _NO_SCHEMA as error:
        raise _error(spec, "bad-tool", _said(error, spec)) from error


def _of_function(function: Any, options: Mapping[str, Any]) -> FunctionTool:
    if any(callable(value) or isinstance(value, list | dict) for value in options.values()):
        return function_tool(_contained(function), **options)
    return _own(_made(function, **options))


@functools.lru_cache(maxsize=1024, typed=True)
def _made(function: Any, **options: Any) -> FunctionTool:
    """Make a tool of a function, once for each set of options (all scalars): it takes long."""
    return function_tool(_contained(function), **options)


def _own(made: FunctionTool) -> FunctionTool:
    """Give a copy, so that no team sees what another one does to its tools."""
    own = copy.copy(made)
    if not own.strict_json_schema:  # the schema of a strict one has been copied with it
        own.params_json_schema = copy.deepcopy(own.params_json_schema)
    return own


def _error(spec: ToolSpec, code_: str, message: str, hint: str | None = None) -> SpecError:
    return SpecError([Problem(spec.place, "error", code_, message, hint)])


def _said(error: Exception, spec: ToolSpec) -> str:
    """Say why the SDK makes no tool of a function, and the usual way out."""
    lines = str(error).splitlines() or [type(error).__name__]
    # The last line of a schema's error says what is wrong, those before it where.
    text = lines[-1].removeprefix("error: ") if isinstance(error, SchemaError) else lines[0]
    if "strict" in text:
        text = "a parameter is an open mapping, which strict_mode does not allow; set it to false"
    return f"'{spec.function.text}' cannot be a tool: {text}"


def _adapted(built: FunctionTool, options: Mapping[str, Any], spec: ToolSpec) -> FunctionTool:
    """Copy a tool that the user's code has built, with the options that can still change."""
    late = [key for key in options if key not in _ON_A_BUILT_TOOL]
    if late:
        hint = "set it where the tool is built, or name the plain function"
        message = f"'{late[0]}' cannot be set here: '{spec.function.text}' is built in Python"
        raise _error(spec, "bad-tool", message, hint)
    adapted = copy.copy(built)
    for key, value in options.items():
        setattr(adapted, _ON_A_BUILT_TOOL[key], value)
    if not adapted._use_default_failure_error_function:
        own = resolve_function_tool_failure_error_function(adapted)
        if own is not None:  # else the failure ends the run, which tells it
            set_function_tool_failure_error_function(adapted, telling_first(own))
    return adapted


def _contained(function: Any) -> Any:
    """Keep some exceptions inside the tool: an event loop ends at one, and hangs on the next.

    One that was cancelled from within has failed as well, of which the SDK would tell nobody.
    """
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def contained(*args: Any, **kwargs: Any) -> Any:
            try:
                return await function(*args, **kwargs)
            except (SystemExit, StopIteration, asyncio.CancelledError) as error:
                if is_asked_for(error):
                    raise
                raise _told(error) from None

    else:

        @functools.wraps(function)
        def contained(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except (SystemExit, StopIteration, asyncio.CancelledError) as error:
                raise _told(error) from None

    return contained


def _told(error: BaseException) -> RuntimeError:
    return RuntimeError(f"{type(error).__name__}: {error}").with_traceback(error.__traceback__)


def _timed(built: FunctionTool, spec: ToolSpec, root: Path) -> FunctionTool:
    """Give the tool, a copy of our own, the timeout and the behaviour that the file asks for.

    The SDK refuses one on a sync function, which it runs in a thread and cannot stop. Waiting no
    longer is still what the file asks for, so the call is handed on through an async function;
    the thread goes on to its own end.
    """
    options = spec.options
    if "timeout" not in options:
        late = next((key for key in _TIMEOUT if key in options), None)
        if late is not None and built.timeout_seconds is None:
            message = f"'{late}' does nothing without a timeout"
            raise _error(spec, "bad-tool", message, "give it a timeout, in seconds")
        return _on_timeout(built, spec, root)
    invoke = built.on_invoke_tool

    async def call(context: ToolContext[Any], arguments: str) -> Any:
        return await invoke(context, arguments)

    built.on_invoke_tool = call
    built.timeout_seconds = float(options["timeout"])
    return _on_timeout(built, spec, root)


def _on_timeout(tool: FunctionTool, spec: ToolSpec, root: Path) -> FunctionTool:
    """Set what a timeout does."""
    given = {key: spec.options[key] for key in _TIMEOUT[1:] if key in spec.options}
    for key, value in code.options(given, root).items():
        setattr(tool, key, value)
    return tool
