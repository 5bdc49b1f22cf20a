"""Runs inside a run, of agents as tools: what their options name is there, and can be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from yamlagents.spec.problem import Problem
from yamlagents.spec.run.config import code_key_problems
from yamlagents.spec.run.fields import CONVERSATION, parts
from yamlagents.spec.run.references import conversation_problems, trimmed_problems
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.sessions.references import store_problems
from yamlagents.spec.tools.names import opened, tool_items
from yamlagents.spec.variables import Unset


def inner_run_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each option of an agent as a tool that its run cannot have."""
    for name in scope.agents:
        for item in tool_items(scope.agent(name), scope):
            yield from _of_tool(item, scope)


def _of_tool(item: Field, scope: Scope) -> Iterator[Problem]:
    for listed in item.part("tools").items():
        for tool in opened(listed, scope):
            yield from _of_tool(tool, scope)
    agent = item.part("agent").text
    if agent is None:
        return
    config = item.part("run_config")
    yield from code_key_problems(config, scope)
    yield from trimmed_problems(parts(config), scope)
    given = {key: item.part(key) for key in CONVERSATION if item.part(key).value is not None}
    yield from conversation_problems(given, reached(agent, scope), scope)
    session = item.part("session")
    if session.part("type").text == "compaction":
        message = "the session of a tool is not shortened: OpenAI is asked for that in run.session"
        yield session.part("type").problem("bad-value", message, "name its store alone")
    elif session.value is not None and not isinstance(session.value, Unset):
        yield from store_problems(session, scope)
        yield from _kept(session, given.values())


def _kept(session: Field, conversation: Iterable[Field]) -> Iterator[Problem]:
    """Tell of a session that cannot be a tool's: without a name, or beside a conversation."""
    if session.part("id").value is None:
        message = "the session of a tool needs a name: every call goes on with the same one"
        yield session.problem("required-key", message, "write session: {type: sqlite, id: ...}")
    for other in conversation:
        message = f"'session' and '{other.keys[-1]}' exclude each other: both keep the conversation"
        place = other.key_place
        yield other.document.problem(place, "conflicting-keys", message, hint="keep one of them")


def reached(agent: str, scope: Scope) -> Iterator[str]:
    """Give the agent and all that it may hand its run over to."""
    seen: set[str] = set()
    waiting = [agent]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in scope.agents:
            continue
        seen.add(name)
        yield name
        handoffs = scope.agent(name).get("handoffs")
        for item in handoffs.items() if handoffs is not None else ():
            target = item.part("agent") if isinstance(item.value, dict) else item
            waiting.append(target.text or "")
