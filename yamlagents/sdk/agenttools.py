"""Agents as tools: control returns with the other agent's final output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import isawaitable
from pathlib import Path
from typing import Any

from agents import Agent, FunctionTool, UserError
from agents.lifecycle import RunHooksBase
from agents.tool_context import ToolContext

from yamlagents.sdk import code
from yamlagents.sdk.nested import NestedHooks, inside, tell_failure
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.tools.records import AgentToolSpec


def agent_tool(spec: AgentToolSpec, agents: Mapping[str, Agent[Any]], root: Path) -> FunctionTool:
    """Build the tool of `spec`. Raises `SpecError` at the tool's place."""
    agent = agents[spec.agent]
    plain = {key: value for key, value in spec.options.items() if key != "hooks"}
    given = code.options(plain, root)
    hooks = spec.options.get("hooks")
    given.setdefault("tool_name", None)
    given.setdefault("tool_description", agent.handoff_description)
    explains = given.get("failure_error_function", tell_failure)
    if explains is not None:
        given["failure_error_function"] = _telling(explains)
    own = code.hooks(hooks, root, RunHooksBase) if isinstance(hooks, CodeSpec) else None
    try:
        return _inside(agent.as_tool(hooks=NestedHooks(own), **given), agent)
    except (UserError, TypeError, ValueError) as error:
        message = f"the agent '{spec.agent}' cannot be this tool: {error}"
        raise SpecError([Problem(spec.place, "error", "bad-tool", message)]) from error


def _telling(explains: Callable[[Any, Exception], Any]) -> Callable[[Any, Exception], Any]:
    """Have what the model is told of a failure told to whoever watches as well."""
    if explains is tell_failure:
        return explains

    async def tell(context: Any, error: Exception) -> Any:
        tell_failure(context, error)
        told = explains(context, error)
        return await told if isawaitable(told) else told

    return tell


def _inside(tool: FunctionTool, agent: Agent[Any]) -> FunctionTool:
    """Let a call of `tool` be known as a run of `agent` inside the one around."""
    invoke = tool.on_invoke_tool

    async def call(context: ToolContext[Any], arguments: str) -> Any:
        with inside(agent, context.tool_call_id):
            return await invoke(context, arguments)

    tool.on_invoke_tool = call
    return tool
