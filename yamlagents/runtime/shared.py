"""What the steps of one run share: a meter of what they spend, and a context."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from yamlagents.runtime.budget import Meter
from yamlagents.sdk.team import Team


class Shared:
    """What is made once for a run of `team`. `given` is a context that stands for the file's."""

    def __init__(self, team: Team, given: Any) -> None:
        self.meter = Meter(team.spec.run.budget)
        # Calls of tools that have not come back: agent, tool, id. Steps go on side by side.
        self.open_calls: set[tuple[str, str, str]] = set()
        self._make = team.run.context
        self._given = given
        self._made: asyncio.Future[Any] | None = None

    @property
    def is_given(self) -> bool:
        """Whether a context stands for the file's."""
        return self._given is not None

    async def context(self) -> Any:
        """Give the context, which the first step to ask has made by the file's own code."""
        if self._given is not None:
            return self._given
        if self._made is None:
            self._made = asyncio.ensure_future(self._call())
        return await self._made

    async def _call(self) -> Any:
        context = self._make()
        return await context if isinstance(context, Awaitable) else context
