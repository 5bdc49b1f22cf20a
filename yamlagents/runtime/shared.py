"""What runs that belong together share: a meter of what they spend, and a context."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from yamlagents.runtime.approvals.saved import over, so_far_of
from yamlagents.runtime.budget import Meter
from yamlagents.sdk.team import Team
from yamlagents.waiting import SavedRun


class Context:
    """What tools see of the program around the runs of `team`: `given`, or else the file's.

    The file's is made once, when it is first asked for. The messages of a talk have one, as the
    steps of a workflow do.
    """

    def __init__(self, team: Team, given: Any = None) -> None:
        self._make = team.run.context
        self._given = given
        self._made: asyncio.Future[Any] | None = None
        self._kept: Mapping[str, Any] = {}

    def take_up(self, kept: Mapping[str, Any]) -> None:
        """Let the file's context, once it is made, be as it was in a saved run."""
        self._kept = kept

    @property
    def is_given(self) -> bool:
        """Whether a context stands for the file's."""
        return self._given is not None

    async def get(self) -> Any:
        """Give the context. What the file's own code raises, the next to ask may not meet."""
        if self._given is not None:
            return self._given
        if self._made is None:
            self._made = asyncio.ensure_future(self._call())
        made = self._made
        try:
            return await made
        except BaseException:  # an interrupt, too: what is half made is made anew
            if self._made is made:
                self._made = None
            raise

    async def _call(self) -> Any:
        context = self._make()
        made = await context if isinstance(context, Awaitable) else context
        return over(made, self._kept)


class Shared:
    """What is made once for a run of `team`, and its steps; `given` is a context, or a talk's."""

    def __init__(self, team: Team, given: Any) -> None:
        self.meter = Meter(team.spec.run.budget)
        # Calls of tools that were told: agent, tool, id. Steps go on side by side.
        self.told_calls: set[tuple[str, str, str]] = set()
        self.context = given if isinstance(given, Context) else Context(team, given)

    def take_up(self, saved: SavedRun) -> None:
        """Go on with what a saved run had spent, and with its context. Raises `RunError`."""
        so_far = so_far_of(saved)
        self.meter.take_up(so_far.usage, so_far.spent)
        self.context.take_up(saved.context)
