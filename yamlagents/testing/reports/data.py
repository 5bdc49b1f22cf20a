"""Results as JSON: one document, or one line a case."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from yamlagents.testing.outcomes import CaseResult, Failure
from yamlagents.testing.reports.totals import counts, usage, usd
from yamlagents.testing.transcript import transcript


def record(result: CaseResult) -> dict[str, Any]:
    """Give a result as plain data; the transcript is that of every attempt at a failed case."""
    return {
        "file": result.file,
        "line": result.case.place.line,
        "name": result.case.name,
        "model": result.variant,
        "outcome": result.outcome,
        "attempts": len(result.runs),
        "passes": result.passes,
        "flake_rate": round(result.flake_rate, 4),
        "seconds": round(result.seconds, 3),
        "usage": asdict(usage(result)),
        "usd": usd(result),
        "failures": [_failure(failure) for failure in result.failures],
        "transcript": _transcripts(result) if result.failures else [],
    }


def _failure(failure: Failure) -> dict[str, Any]:
    place = failure.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "kind": failure.kind,
        "message": failure.message,
        "expected": failure.expected,
        "actual": failure.actual,
    }


def _transcripts(result: CaseResult) -> list[list[dict[str, str]]]:
    return [[asdict(line) for line in transcript(run)] for run in result.runs]


def as_json(results: Sequence[CaseResult]) -> str:
    """Give all results as one document: `{"cases": [...], "summary": {...}}`."""
    document = {"cases": [record(result) for result in results], "summary": counts(results)}
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_ndjson(results: Sequence[CaseResult]) -> str:
    """Give each result as a line of JSON with `"event": "case"`, and a last one, `"summary"`."""
    lines = [{"event": "case", **record(result)} for result in results]
    lines.append({"event": "summary", **counts(results)})
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
