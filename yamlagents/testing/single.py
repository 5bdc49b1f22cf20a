"""One case by itself, as pytest runs it: in an event loop of its own, and told as text."""

from __future__ import annotations

from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from yamlagents.runtime.exits import outlived
from yamlagents.runtime.loop import in_own_loop, is_inside
from yamlagents.sdk.models.environment import quiet_litellm
from yamlagents.spec.cases.records import CaseSpec
from yamlagents.spec.problem import Place
from yamlagents.spec.records import Spec
from yamlagents.testing.execution import run_case
from yamlagents.testing.outcomes import CaseResult, TestOptions
from yamlagents.testing.reports.text import failed
from yamlagents.testing.reports.totals import gist, properties

__all__ = ["gist", "place", "properties", "run", "text"]


def run(spec: Spec, case: CaseSpec, *, live: bool, record: bool) -> CaseResult:
    """Run `case` and give its result, as `yamlagents test` would with `--live` or `--record`."""
    quiet_litellm()  # again: pytest puts the filters of warnings back after each test
    options = TestOptions(live=live, record="all" if record else "none")
    return _in_loop(_outlived(run_case(spec, case, options)))


async def _outlived(work: Coroutine[Any, Any, CaseResult]) -> CaseResult:
    with outlived():
        return await work


def _in_loop(work: Coroutine[Any, Any, CaseResult]) -> CaseResult:
    if not is_inside():
        return in_own_loop(work)
    # Async code has started pytest: this thread's loop is taken.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(in_own_loop, work).result()


def text(result: CaseResult) -> str:
    """Give all that a case failed with, and its transcript."""
    return "\n".join(failed(result))


def place(result: CaseResult) -> Place:
    """Give where a case failed first."""
    return result.failures[0].place
