"""Agents as tools: control returns with the other agent's final output."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from inspect import isawaitable
from pathlib import Path
from typing import Any

from agents import Agent, FunctionTool, RunConfig, UserError
from agents.lifecycle import RunHooksBase
from agents.tool_context import ToolContext

from yamlagents.sdk import code
from yamlagents.sdk.nested import NestedHooks, inside, tell_failure
from yamlagents.sdk.results import checked
from yamlagents.sdk.runconfig import config_fields
from yamlagents.sdk.sessions.remembered import of_a_call
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.models.providers import stands_in
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.sessions.records import SessionSpec
from yamlagents.spec.tools.records import AgentToolSpec

Opened = Callable[[], AbstractAsyncContextManager[FunctionTool]] | None

# What OpenAI keeps, and nobody else does.
_CONVERSATION = ("previous_response_id", "conversation_id")


def agent_tool(spec: AgentToolSpec, agents: Mapping[str, Agent[Any]], root: Path) -> FunctionTool:
    """Build the tool of `spec`. Raises `SpecError` at the tool's place."""
    agent = agents[spec.agent]
    left_out = ("hooks", "run_config", *(_CONVERSATION if _is_stood_in_for(agent) else ()))
    plain = {key: value for key, value in spec.options.items() if key not in left_out}
    given = checked(code.options(plain, root), plain)
    config = config_fields(spec.options.get("run_config") or {}, root)
    hooks = spec.options.get("hooks")
    given.setdefault("tool_name", None)
    given.setdefault("tool_description", agent.handoff_description)
    explains = given.get("failure_error_function", tell_failure)
    if explains is not None:
        given["failure_error_function"] = _telling(explains)
    own = code.hooks(hooks, root, RunHooksBase) if isinstance(hooks, CodeSpec) else None
    try:
        given["hooks"] = NestedHooks(own)
        return _inside(agent.as_tool(**given), agent, config, _kept(spec.session, agent, given))
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


def _is_stood_in_for(agent: Agent[Any]) -> bool:
    """Tell whether what answers for `agent` has nothing but what it is sent."""
    return stands_in(str(getattr(agent.model, "model", "")))


def _kept(session: SessionSpec | None, agent: Agent[Any], given: Mapping[str, Any]) -> Opened:
    """Give what opens a tool for a call that goes on with `session`, if there is one."""
    if session is None:
        return None

    @asynccontextmanager
    async def opened() -> AsyncIterator[FunctionTool]:
        async with of_a_call(session) as kept:
            yield agent.as_tool(session=kept, **given)

    return opened


def _inside(
    tool: FunctionTool, agent: Agent[Any], config: Mapping[str, Any], opened: Opened
) -> FunctionTool:
    """Let a call of `tool` be known as a run of `agent` inside the one around.

    It goes as that one does, but for the fields in `config`. `opened` gives what is called in place
    of the tool itself.
    """
    invoke = tool.on_invoke_tool

    async def call(context: ToolContext[Any], arguments: str) -> Any:
        if config:
            context = copy.copy(context)  # the call has nothing else of its own
            context.run_config = replace(context.run_config or RunConfig(), **config)
        with inside(agent, context.tool_call_id):
            if opened is None:
                return await invoke(context, arguments)
            async with opened() as with_session:
                return await with_session.on_invoke_tool(context, arguments)

    tool.on_invoke_tool = call
    return tool
