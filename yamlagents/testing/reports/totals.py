"""Counts and sums over results, and the gist of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from yamlagents.result import Usage
from yamlagents.testing.outcomes import CaseResult, Outcome

OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "error", "skipped")


def counts(results: Sequence[CaseResult]) -> dict[str, int]:
    """Give how many results have each outcome."""
    found = Counter(result.outcome for result in results)
    return {outcome: found[outcome] for outcome in OUTCOMES}


def usage(result: CaseResult) -> Usage:
    """Give the usage of all attempts at a case."""
    used = (run.result.usage for run in result.runs if run.result is not None)
    return sum(used, Usage())


def usd(result: CaseResult) -> float | None:
    """Give the price of all attempts at a case; None if that of one is not known."""
    costs = [run.result.cost.usd for run in result.runs if run.result is not None]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known and len(known) == len(costs) else None


def summary(results: Sequence[CaseResult]) -> str:
    """Say `3 cases: 2 passed, 1 failed`."""
    found = {
        {"error": "in error", "skipped": "not run"}.get(name, name): number
        for name, number in counts(results).items()
        if number
    }
    said = ", ".join(f"{number} {name}" for name, number in found.items())
    return f"{len(results)} case{'' if len(results) == 1 else 's'}: {said or 'none'}"


def properties(result: CaseResult) -> dict[str, str]:
    """Give what is counted of a case, each as text: usage, price, attempts and flake rate."""
    price = usd(result)
    return {
        **{name: str(number) for name, number in asdict(usage(result)).items()},
        "usd": "unknown" if price is None else f"{price:.6f}",
        "attempts": str(len(result.runs)),
        "flake_rate": f"{result.flake_rate:.4f}",
        **({"model": result.variant} if result.variant is not None else {}),
    }


def gist(result: CaseResult) -> str:
    """Say what a case failed with first, and how much else there is."""
    more = len(result.failures) - 1
    return result.failures[0].message + (f" (and {more} more)" if more else "")
