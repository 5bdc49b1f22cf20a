"""Runs cases: every attempt, every turn, and the verdict."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from yamlagents.result import RunError
from yamlagents.runtime.redaction import Redaction
from yamlagents.spec.cases.records import CaseSpec
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.project import shown_name
from yamlagents.spec.records import Spec
from yamlagents.testing.answering import Answering
from yamlagents.testing.assertions import expects, judge, walk
from yamlagents.testing.conduct import ending
from yamlagents.testing.deciding import check_calls
from yamlagents.testing.names import unknown_names
from yamlagents.testing.outcomes import (
    FAILED,
    MISSED,
    PROBLEMS,
    CaseResult,
    CaseRun,
    Failure,
    TestOptions,
)
from yamlagents.testing.rubric import verdicts
from yamlagents.testing.servers import server_tools
from yamlagents.testing.talk import Talk

# A run that fails with one of these has not been tested, whatever is expected.
_NEVER_EXPECTED = frozenset(("script-exhausted", "script-handoff"))


async def run_case(
    spec: Spec, case: CaseSpec, options: TestOptions, *, variant: str | None = None
) -> CaseResult:
    """Run `case` of `spec` as often as it says, and judge it.

    `variant` is a model that stands in for the file's; a script answers whatever the model is.
    What fails is in the result: nothing is raised for it.
    """
    started = time.perf_counter()
    answering = Answering(spec, case, options, None if case.script is not None else variant)
    runs: list[CaseRun] = []
    failures: list[Failure] = []
    passes, missed, exit_ = 0, 0, FAILED
    try:
        for _ in range(case.repeat):
            run, found = await _attempt(answering, case)
            runs.append(run)
            failures += found
            passes += not found
            missed += run.error is not None and run.error.exit == MISSED and len(found) == 1
        if not any(run.error is not None and not expected(case, run) for run in runs):
            answering.save()
        if missed and passes + missed == case.repeat:
            exit_ = MISSED
    except (SpecError, RunError) as error:
        # What cannot be recorded has not passed, whatever its answers were.
        passes, (failures, exit_) = 0, _stopped(case, error)
    # An attempt without a recording is no flake, however many others pass.
    passed = passes >= case.require and len(runs) == case.repeat and not missed
    return CaseResult(
        file=shown_name(spec.file),
        case=case,
        outcome="passed" if passed else "error" if exit_ in (PROBLEMS, MISSED) else "failed",
        failures=tuple(redacted(failures, spec)),
        runs=tuple(runs),
        seconds=time.perf_counter() - started,
        variant=variant,
        passes=passes,
        exit=0 if passed else exit_,
        unused=answering.unused_exchanges,
        news=answering.news,
    )


def _stopped(case: CaseSpec, error: SpecError | RunError) -> tuple[list[Failure], int]:
    """Give the failures and the exit code of a case that could not be run."""
    if isinstance(error, RunError):
        exit_ = error.exit if error.exit in (PROBLEMS, MISSED) else FAILED
        return [_failed_run(case, error)], exit_
    problems = [problem for problem in error.problems if problem.severity == "error"]
    return [Failure(p.place, _with_hint(p), "", "", p.code) for p in problems], PROBLEMS


def _with_hint(problem: Problem) -> str:
    return problem.message if problem.hint is None else f"{problem.message}; {problem.hint}"


def redacted(failures: list[Failure], spec: Spec) -> Iterator[Failure]:
    """Give each failure once, without keys."""
    text = Redaction(spec).text if failures else str
    for failure in dict.fromkeys(failures):
        yield replace(
            failure,
            message=text(failure.message),
            expected=text(failure.expected),
            actual=text(failure.actual),
        )


async def _attempt(answering: Answering, case: CaseSpec) -> tuple[CaseRun, list[Failure]]:
    team = answering.team()
    talk = Talk(team, case, streamed=answering.streamed)
    async with server_tools(team, talk.context) as known:
        misspelt = list(unknown_names(case, team, known))
        if known is not None:
            await check_calls(case, team, talk.context)
        await talk.within(case.timeout)
    run = talk.run(answering.spec)
    judged = any(expectation.kind == "rubric" for expectation in walk(case.expect))
    if judged and run.error is None:
        try:
            run = replace(run, verdicts=await verdicts(run, answering.ask))
        except RunError as error:  # the judge's, which no assertion is about
            return replace(run, error=error), [*misspelt, _failed_run(case, error)]
    return run, [*misspelt, *_failures(answering, case, run)]


def _failures(answering: Answering, case: CaseSpec, run: CaseRun) -> Iterator[Failure]:
    if run.error is not None and not expected(case, run):
        yield _failed_run(case, run.error)
        return
    first = len(case.script or ()) - len(answering.unused) + 1
    for number, step in enumerate(answering.unused, first):
        message = f"step {number} of the script was not used"
        yield Failure(step.place, message, "every step is used", ending(run), "script")
    for expectation in case.expect:
        failure = judge(expectation, run)
        if failure is not None:
            yield failure


def expected(case: CaseSpec, run: CaseRun) -> bool:
    """Tell whether the failure of `run` is what an assertion is about."""
    assert run.error is not None
    if run.error.code in _NEVER_EXPECTED or run.error.exit == MISSED:
        return False
    return any(expects(expectation, run) for expectation in case.expect)


def _failed_run(case: CaseSpec, error: RunError) -> Failure:
    message = f"the run failed: {error.message}"
    actual = f"{error.code} (exit code {error.exit})"
    said = actual if error.hint is None else f"{actual}; {error.hint}"
    return Failure(case.place, message, "a run that ends", said, error.code)
