"""A log of whole runs."""

from __future__ import annotations

from typing import Any

from agents import Agent, AgentHookContext, ModelResponse, RunContextWrapper, RunHooks, Tool
from agents.items import TResponseInputItem
from agents.tool_context import ToolContext

from yamlagents.testing.outcomes import CaseRun

LOGGED: list[tuple[str, int]] = []
TOKENS: list[int] = []


class Log(RunHooks[Any]):
    """Logs what happens, with the requests that were made by then."""

    def log(self, context: RunContextWrapper[Any], what: str) -> None:
        LOGGED.append((what, context.usage.requests))
        TOKENS.append(context.usage.total_tokens)

    async def on_agent_start(self, context: AgentHookContext[Any], agent: Agent[Any]) -> None:
        self.log(context, f"{agent.name} starts")

    async def on_agent_end(
        self, context: RunContextWrapper[Any], agent: Agent[Any], output: Any
    ) -> None:
        self.log(context, f"{agent.name} ends")

    async def on_llm_start(
        self,
        context: RunContextWrapper[Any],
        agent: Agent[Any],
        system_prompt: str | None,
        input_items: list[TResponseInputItem],
    ) -> None:
        self.log(context, "asked")

    async def on_llm_end(
        self, context: RunContextWrapper[Any], agent: Agent[Any], response: ModelResponse
    ) -> None:
        self.log(context, "answered")

    async def on_tool_start(
        self, context: RunContextWrapper[Any], agent: Agent[Any], tool: Tool
    ) -> None:
        assert isinstance(context, ToolContext)
        self.log(context, f"calls {tool.name} with {context.tool_arguments}")

    async def on_tool_end(
        self, context: RunContextWrapper[Any], agent: Agent[Any], tool: Tool, result: object
    ) -> None:
        self.log(context, f"{tool.name} gave {result}")

    async def on_handoff(
        self, context: RunContextWrapper[Any], from_agent: Agent[Any], to_agent: Agent[Any]
    ) -> None:
        self.log(context, f"{from_agent.name} hands over to {to_agent.name}")


def tokens_grew(run: CaseRun) -> tuple[bool, str]:
    seen = [*TOKENS]
    TOKENS.clear()
    # What four requests took, after none: each of them adds to it.
    return seen == sorted(seen) and len({*seen}) == 5 and seen[0] == 0, f"it was {seen}"


def everything_was_logged(run: CaseRun) -> tuple[bool, str]:
    logged = [*LOGGED]
    LOGGED.clear()
    return logged == [
        ("Roller starts", 0),
        ("asked", 0),
        ("answered", 1),
        ('calls roll with {"sides":20}', 1),
        ("roll gave 7", 1),
        ("asked", 1),
        ("answered", 2),
        ("Roller hands over to Doubler", 2),
        ("Doubler starts", 2),
        ("asked", 2),
        ("answered", 3),
        ('calls double with {"number":7}', 3),
        ("double gave 14", 3),
        ("asked", 3),
        ("answered", 4),
        ("Doubler ends", 4),
    ], str(logged)
