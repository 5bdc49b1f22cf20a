"""Many cases: some at a time, told in the order they are written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from yamlagents.runtime.exits import outlived
from yamlagents.spec.project import shown_name
from yamlagents.testing.execution import run_case
from yamlagents.testing.outcomes import CaseResult, TestOptions
from yamlagents.testing.selection import Planned


async def run_cases(
    planned: Sequence[Planned],
    options: TestOptions,
    *,
    jobs: int = 1,
    fail_fast: bool = False,
    done: Callable[[CaseResult], None] = lambda result: None,
) -> list[CaseResult]:
    """Run the cases, `jobs` at a time, and give their results in the order of `planned`.

    With `fail_fast` no case starts once one has failed; those left out are skipped. `done` is
    called with each result as it comes.
    """
    slots = asyncio.Semaphore(jobs)
    stopped = asyncio.Event()

    async def one(wanted: Planned) -> CaseResult:
        async with slots:
            if stopped.is_set():
                return _skipped(wanted)
            result = await run_case(wanted.spec, wanted.case, options, variant=wanted.variant)
            if fail_fast and result.outcome != "passed":
                stopped.set()
        done(result)
        return result

    with outlived():
        return list(await asyncio.gather(*map(one, planned)))


def _skipped(wanted: Planned) -> CaseResult:
    file = shown_name(wanted.spec.file)
    return CaseResult(file, wanted.case, "skipped", (), (), 0.0, wanted.variant)
