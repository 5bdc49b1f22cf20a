"""`--update`: agent files rewritten so that their assertions say what their cases came to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yamlagents.spec.cases.records import CaseSpec
from yamlagents.spec.cases.shape import cases
from yamlagents.spec.loader import check
from yamlagents.spec.problem import Place
from yamlagents.spec.records import Spec
from yamlagents.testing.assertions import judge, walk
from yamlagents.testing.blessing import Change, blessed, blessing
from yamlagents.testing.draft import Draft
from yamlagents.testing.execution import redacted
from yamlagents.testing.outcomes import CaseResult, Failure


@dataclass(frozen=True)
class Updated:
    """A value that is another now: its place in the new text, what it was, and what it is."""

    place: Place
    old: Any
    new: Any


@dataclass(frozen=True)
class FileUpdate:
    """What was rewritten in one file, its results as they are now, and why what fails stays."""

    results: tuple[CaseResult, ...]
    updated: tuple[Updated, ...] = ()
    stays: tuple[tuple[Failure, str], ...] = ()


def update(
    spec: Spec, results: Sequence[CaseResult], *, allow: Iterable[str] = (), write: bool = True
) -> FileUpdate:
    """Rewrite the values of the assertions that failed in `results`, all those of one file.

    `spec` is that file's, with whatever params: its tests may have run with some of their own.
    Everything else of the file stays as it is. The new text has to load and to hold nothing but
    the new values; what does not is left out. Nothing is written without `write`, or if the file
    is no longer what was run; then the results stay as they are.
    """
    if not any(result.outcome in ("failed", "error") for result in results):
        return FileUpdate(tuple(results))
    draft = Draft(spec, tuple(allow))
    found = blessing(draft.before, results)
    refused = draft.take(found.changes)
    reasons = dict(found.reasons)
    for change in found.changes:
        if id(change) in refused:
            reasons[change.expectation.place] = refused[id(change)]
    refusal = draft.write() if draft.changes and write else None
    if refusal is not None:
        reasons |= {change.expectation.place: refusal for change in draft.changes}
        return FileUpdate(tuple(results), (), tuple(_stays(results, reasons)))
    judged = [_judged(result, draft.changes) for result in results]
    stays = tuple(_stays(judged, reasons))
    document = draft.after()
    said = tuple(Updated(document.place(*one.keys), one.old, one.new) for one in draft.changes)
    if not write or not draft.changes:
        return FileUpdate(tuple(results), said, stays)
    now = check(spec.file, allow=allow, unset="error").spec
    tests = now.tests if now is not None else ()
    written = (case.part("name").place for case in cases(draft.before))
    after = dict(zip(written, tests, strict=False))
    return _moved(FileUpdate(tuple(judged), said, stays), after)


def _judged(result: CaseResult, changes: Sequence[Change]) -> CaseResult:
    """Give a result as it is with the new values."""
    case = blessed(result.case, changes)
    if case == result.case:
        return result
    done = {change.expectation.place for change in changes}
    kept = [failure for failure in result.failures if failure.place not in done]
    told = {failure.place for failure in kept}
    for old, new in zip(result.case.expect, case.expect, strict=True):
        # Of several assertions in one, only the first that failed was told.
        if new is not old and not any(one.place in told for one in walk((old,))):
            again = [judge(new, run) for run in result.runs]
            found = [failure for failure in again if failure is not None]
            kept += redacted(found, result.runs[0].spec)
    if kept:
        return replace(result, case=case, failures=tuple(kept))
    passes = len(result.runs)
    return replace(result, case=case, outcome="passed", failures=(), passes=passes, exit=0)


def _stays(
    results: Sequence[CaseResult], reasons: Mapping[Place, str]
) -> Iterator[tuple[Failure, str]]:
    for result in results:
        for failure in result.failures if result.outcome in ("failed", "error") else ():
            yield failure, reasons.get(failure.place, "only values of assertions are updated")


def _moved(update: FileUpdate, after: Mapping[Place, CaseSpec]) -> FileUpdate:
    """Give what was found in the text before with the places that it has in the text after.

    `after` has the tests of the new text by the places of their names in the old one.
    """
    places: dict[Place, Place] = {}
    for result in update.results:
        if result.case.place in after:
            now = after[result.case.place]
            places |= zip(_places(result.case), _places(now), strict=False)

    def at(failure: Failure) -> Failure:
        return replace(failure, place=places.get(failure.place, failure.place))

    results = (
        replace(
            result,
            case=replace(result.case, place=places.get(result.case.place, result.case.place)),
            failures=tuple(map(at, result.failures)),
        )
        for result in update.results
    )
    stays = tuple((at(failure), reason) for failure, reason in update.stays)
    return FileUpdate(tuple(results), update.updated, stays)


def _places(case: CaseSpec) -> Iterator[Place]:
    yield case.place
    yield from (step.place for step in case.script or ())
    yield from (expectation.place for expectation in walk(case.expect))
