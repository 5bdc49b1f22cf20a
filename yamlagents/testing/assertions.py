"""Every kind of assertion by name, each a function from what is expected and a run to a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from yamlagents.sdk import code
from yamlagents.spec.cases.records import Expectation
from yamlagents.spec.code.records import EntryPoint
from yamlagents.spec.problem import SpecError
from yamlagents.testing.answers import ANSWERS, NoAnswer, answer, at, failed, parsed, shown, unknown
from yamlagents.testing.conduct import CONDUCT, ending
from yamlagents.testing.limits import LIMITS
from yamlagents.testing.outcomes import CaseRun, Failure

Assertion = Callable[[Expectation, CaseRun], Failure | None]


def judge(expectation: Expectation, run: CaseRun) -> Failure | None:
    """Give what `run` fails `expectation` with, or None if it holds."""
    check = ASSERTIONS.get(expectation.kind)
    if check is None:
        return unknown(expectation, f"there is no assertion '{expectation.kind}'", "", "")
    try:
        return check(expectation, run)
    except NoAnswer as error:
        return failed(expectation, str(error), _brief(expectation), ending(run))


def _brief(expectation: Expectation) -> str:
    if not expectation.children:
        return f"{expectation.kind}: {shown(expectation.value)}"
    # A field is of a path, others are of nothing but what is in them.
    path = f" {shown(expectation.value)}" if expectation.kind == "field" else ""
    inner = ", ".join(_brief(child) for child in expectation.children)
    return f"{expectation.kind}{path}: {inner}"


def _not(expectation: Expectation, run: CaseRun) -> Failure | None:
    failures = [judge(child, run) for child in expectation.children]
    unjudged = next((failure for failure in failures if failure and failure.unknown), None)
    if unjudged is not None:
        return unjudged
    if failures and all(failures):
        return None
    holding = [
        child
        for child, failure in zip(expectation.children, failures, strict=True)
        if failure is None
    ]
    said = ", ".join(map(_brief, holding))
    return failed(expectation, f"this holds: {said}", f"not {said}", _ended(run))


def _ended(run: CaseRun) -> str:
    try:
        return shown(answer(run))
    except NoAnswer:
        return ending(run)


def _all_of(expectation: Expectation, run: CaseRun) -> Failure | None:
    if not expectation.children:
        return unknown(expectation, "all_of has no assertions", "", "")
    return next(filter(None, (judge(child, run) for child in expectation.children)), None)


def _any_of(expectation: Expectation, run: CaseRun) -> Failure | None:
    failures = [judge(child, run) for child in expectation.children]
    unjudged = next((failure for failure in failures if failure and failure.unknown), None)
    if unjudged is not None:
        return unjudged
    if None in failures:
        return None
    said = "; ".join(failure.message for failure in failures if failure is not None)
    expected = " or ".join(map(_brief, expectation.children))
    return failed(expectation, f"none of these holds: {said}", expected, _ended(run))


def _field(expectation: Expectation, run: CaseRun) -> Failure | None:
    path = str(expectation.value)
    try:
        inner = within_field(path, run)
    except LookupError as error:
        return failed(expectation, str(error.args[0]), _brief(expectation), _ended(run))
    except ValueError as error:
        return failed(expectation, f"no field: {error}", _brief(expectation), _ended(run))
    if not expectation.children:
        return unknown(expectation, f"nothing is expected of '{path}'", "", "")
    failure = next(filter(None, (judge(child, inner) for child in expectation.children)), None)
    if failure is None:
        return None
    return replace(failure, message=f"{path}: {failure.message}")


def within_field(path: str, run: CaseRun) -> CaseRun:
    """Give `run` with what lies at `path` in its answer for its answer.

    Raises `LookupError` where nothing does, `ValueError` if the answer is text and not JSON.
    """
    value = at(parsed(answer(run)), path)
    assert run.result is not None
    return replace(run, result=replace(run.result, final_output=value, output=value))


def _python(expectation: Expectation, run: CaseRun) -> Failure | None:
    point = expectation.value
    if not isinstance(point, EntryPoint):
        return unknown(expectation, "python names a function as ./file.py:function", "", str(point))
    try:
        said = code.attribute(point, run.spec.root)(run)
    except AssertionError as error:
        return failed(expectation, str(error) or "it is not so", point.text, _ended(run))
    except SpecError as error:
        return unknown(expectation, error.problems[0].message, point.text, "")
    # The user's code may raise whatever it likes; that is not a verdict, and is told.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        message = f"it raised {type(error).__name__}: {error}"
        return unknown(expectation, message, point.text, _ended(run))
    return _verdict(expectation, said, point.text, run)


def _verdict(expectation: Expectation, said: object, name: str, run: CaseRun) -> Failure | None:
    passed, reason = said if isinstance(said, tuple) and len(said) == 2 else (said, None)
    if not isinstance(passed, bool):
        message = f"'{name}' returned {passed!r:.100}, not True or False"
        return unknown(expectation, message, "True, False, or one of them and a reason", repr(said))
    if passed:
        return None
    message = str(reason) if reason else f"'{name}' returned False"
    return failed(expectation, message, "True", _ended(run))


def _rubric(expectation: Expectation, run: CaseRun) -> Failure | None:
    verdict = run.verdicts.get(id(expectation))
    rubric = str(expectation.value)
    if verdict is None:
        answer(run)
        return unknown(expectation, "the rubric was not judged", rubric, _ended(run))
    if not verdict.passed and not verdict.failed:
        message = "the judge said neither PASS nor FAIL"
        return unknown(expectation, message, rubric, " / ".join(verdict.reasons))
    if 2 * verdict.passed > len(verdict.reasons):
        return None
    message = f"{verdict.passed} of {len(verdict.reasons)} votes for it"
    return failed(expectation, message, rubric, " / ".join(verdict.reasons))


ASSERTIONS: Mapping[str, Assertion] = {
    **ANSWERS,
    **CONDUCT,
    **LIMITS,
    "field": _field,
    "python": _python,
    "rubric": _rubric,
    "not": _not,
    "all_of": _all_of,
    "any_of": _any_of,
}

# The assertions that a failed run can be what was expected by, and the failures they stand for.
_EXPECTING = {"guardrail": "guardrail", "approval": "needs-approval", "error": None}


def expects(expectation: Expectation, run: CaseRun) -> bool:
    """Tell whether `expectation` holds because the run failed the way it did."""
    if expectation.kind in ("all_of", "any_of"):
        return any(expects(child, run) for child in expectation.children)
    error = run.error
    if error is None or expectation.kind not in _EXPECTING:
        return False
    code_ = _EXPECTING[expectation.kind]
    if expectation.kind == "approval":
        # What was answered ended no run.
        run = replace(run, asked=tuple(one for one in run.asked if one.answer == "waiting"))
    return code_ in (None, error.code) and judge(expectation, run) is None


def walk(expectations: tuple[Expectation, ...]) -> Iterator[Expectation]:
    """Give all assertions, and those within them."""
    for expectation in expectations:
        yield expectation
        yield from walk(expectation.children)
