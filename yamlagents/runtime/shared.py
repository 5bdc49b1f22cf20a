"""What the steps of one run share: a meter of what they spend, and a context."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from yamlagents.runtime.approvals.saved import over, so_far_of
from yamlagents.runtime.budget import Meter
from yamlagents.sdk.team import Team
from yamlagents.waiting import SavedRun


class Shared:
    """What is made once for a run of `team`. `given` is a context that stands for the file's."""

    def __init__(self, team: Team, given: Any) -> None:
        self.meter = Meter(team.spec.run.budget)
        self._make = team.run.context
        self._given = given
        self._made: asyncio.Future[Any] | None = None
        self._kept: Mapping[str, Any] = {}

    def take_up(self, saved: SavedRun) -> None:
        """Go on with what a saved run had spent, and with its context. Raises `RunError`."""
        so_far = so_far_of(saved)
        self.meter.take_up(so_far.usage, so_far.spent)
        self._kept = saved.context

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
        made = await context if isinstance(context, Awaitable) else context
        return over(made, self._kept)
