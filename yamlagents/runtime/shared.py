"""What runs that belong together share: a meter of what they spend, and a context."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from yamlagents.runtime.budget import Meter
from yamlagents.sdk.team import Team


class Context:
    """What tools see of the program around the runs of `team`: `given`, or else the file's.

    The file's is made once, when it is first asked for. The messages of a talk have one, as the
    steps of a workflow do.
    """

    def __init__(self, team: Team, given: Any = None) -> None:
        self._make = team.run.context
        self._given = given
        self._made: asyncio.Future[Any] | None = None

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
        return await context if isinstance(context, Awaitable) else context


class Shared:
    """What is made once for a run of `team`, and its steps; `given` is a context, or a talk's."""

    def __init__(self, team: Team, given: Any) -> None:
        self.meter = Meter(team.spec.run.budget)
        # Calls of tools that have not come back: agent, tool, id. Steps go on side by side.
        self.open_calls: set[tuple[str, str, str]] = set()
        self.context = given if isinstance(given, Context) else Context(team, given)
