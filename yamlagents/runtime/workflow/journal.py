"""The runs of agents that a workflow is made of: those that ended, and those that wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yamlagents.result import RunError, RunResult
from yamlagents.waiting import SavedRun


@dataclass(frozen=True)
class Visit:
    """One run of an agent in a workflow, the same in every process.

    It is told apart by the name of its step, the rounds of the loops around it, counted from 0, and
    the number of its item where the step runs for each.
    """

    step: str
    rounds: tuple[int, ...] = ()
    item: int | None = None


@dataclass
class Journal:
    """What came of the runs of a workflow: in the order they ended, or waited.

    `left` wait since before this process; who goes on with one takes it out. `cut` are those that
    failed, and those that were broken off because one did.
    """

    done: dict[Visit, RunResult] = field(default_factory=dict)
    waiting: dict[Visit, RunError] = field(default_factory=dict)
    left: dict[Visit, SavedRun] = field(default_factory=dict)
    cut: dict[Visit, RunResult] = field(default_factory=dict)

    @property
    def results(self) -> list[RunResult]:
        """What all the runs have come to, those that wait or failed as well."""
        waiting = (error.result for error in self.waiting.values())
        known = (one for one in waiting if one is not None)
        return [*self.done.values(), *known, *self.cut.values()]

    def has_ended(self, visit: Visit) -> bool:
        """Tell whether it is known what came of a run."""
        return any(visit in ended for ended in (self.done, self.waiting, self.cut))

    def waiting_in(self, order: Mapping[str, int]) -> list[tuple[Visit, RunError]]:
        """Give what waits in the order of the steps, by the numbers of their names."""

        def place(entry: tuple[Visit, Any]) -> tuple[tuple[int, ...], int, int]:
            visit = entry[0]
            return visit.rounds, order.get(visit.step, 0), visit.item or 0

        return sorted(self.waiting.items(), key=place)
