"""Several hooks as one."""

from __future__ import annotations

from typing import Any

from agents import RunHooks
from agents.lifecycle import RunHooksBase


class Joined(RunHooks[Any]):
    """Tells each of `hooks`, in order; what one of them raises, the next do not hear of."""

    def __init__(self, *hooks: RunHooksBase[Any, Any]) -> None:
        self._hooks = hooks

    async def _tell(self, hook: str, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        for hooks in self._hooks:
            await getattr(hooks, hook)(*args, **named)

    async def on_agent_start(self, *args: Any, **named: Any) -> None:
        await self._tell("on_agent_start", args, named)

    async def on_agent_end(self, *args: Any, **named: Any) -> None:
        await self._tell("on_agent_end", args, named)

    async def on_llm_start(self, *args: Any, **named: Any) -> None:
        await self._tell("on_llm_start", args, named)

    async def on_llm_end(self, *args: Any, **named: Any) -> None:
        await self._tell("on_llm_end", args, named)

    async def on_tool_start(self, *args: Any, **named: Any) -> None:
        await self._tell("on_tool_start", args, named)

    async def on_tool_end(self, *args: Any, **named: Any) -> None:
        await self._tell("on_tool_end", args, named)

    async def on_handoff(self, *args: Any, **named: Any) -> None:
        await self._tell("on_handoff", args, named)
