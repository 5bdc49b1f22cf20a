"""Assertions about numbers: turns, tokens, money, time, words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yamlagents.spec.cases.records import Expectation
from yamlagents.testing.answers import answer, as_text, failed, unknown
from yamlagents.testing.outcomes import CaseRun, Failure

# A number for one of these is the most that is allowed; for the others it is the number itself.
_AT_MOST = frozenset(("usd", "seconds"))

_Count = Callable[[CaseRun], float | None]


def within(number: float, limits: Any) -> bool:
    """Tell whether `number` is what `limits` says: a number, or `{min, max}`."""
    if not isinstance(limits, Mapping):
        return bool(number == limits)
    low, high = limits.get("min"), limits.get("max")
    return (low is None or number >= low) and (high is None or number <= high)


def bounds(limits: Any) -> str:
    """Say what `limits` allows."""
    if not isinstance(limits, Mapping):
        return f"{limits}"
    low, high = limits.get("min"), limits.get("max")
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"at least {low}" if low is not None else f"at most {high}"


def _words(run: CaseRun) -> float:
    return len(as_text(answer(run)).split())


def _tokens(run: CaseRun) -> float | None:
    # A provider that reports no usage leaves zero, which would be below any limit.
    return (run.result.usage.total_tokens or None) if run.result is not None else None


def _requests(run: CaseRun) -> float | None:
    result = run.result
    return result.usage.requests if result is not None else None


def _turns(run: CaseRun) -> float | None:
    return run.result.turns if run.result is not None else None


def _usd(run: CaseRun) -> float | None:
    return run.result.cost.usd if run.result is not None else None


def _seconds(run: CaseRun) -> float | None:
    return round(run.result.seconds, 3) if run.result is not None else None


def _check(kind: str, count: _Count, noun: str) -> Callable[[Expectation, CaseRun], Failure | None]:
    def check(expectation: Expectation, run: CaseRun) -> Failure | None:
        limits = expectation.value
        if kind in _AT_MOST and not isinstance(limits, Mapping):
            limits = {"max": limits}
        number = count(run)
        if number is None:
            return unknown(expectation, f"{noun} is not known", bounds(limits), _why(kind, run))
        if within(number, limits):
            return None
        return failed(expectation, f"{noun} is {number}", bounds(limits), f"{number}")

    return check


def _why(kind: str, run: CaseRun) -> str:
    if run.result is None:
        return "the run has no result"
    if kind == "usd":
        return run.result.cost.reason or "no price is known"
    return "no usage was reported"


_COUNTS: dict[str, tuple[_Count, str]] = {
    "turns": (_turns, "the number of turns"),
    "requests": (_requests, "the number of requests"),
    "total_tokens": (_tokens, "the number of tokens"),
    "usd": (_usd, "the cost in USD"),
    "seconds": (_seconds, "the time in seconds"),
    "word_count": (_words, "the number of words"),
}
LIMITS: dict[str, Callable[[Expectation, CaseRun], Failure | None]] = {
    kind: _check(kind, count, noun) for kind, (count, noun) in _COUNTS.items()
}


def number_of(kind: str, run: CaseRun) -> float | None:
    """Give the number that an assertion of LIMITS is about; None if it is not known."""
    return _COUNTS[kind][0](run)
