"""Results as Markdown: a table of verdicts, and what failed below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yamlagents.markdown import fitting, plain
from yamlagents.testing.outcomes import CaseResult
from yamlagents.testing.reports.totals import summary, usage, usd


def as_markdown(results: Sequence[CaseResult]) -> str:
    """Give all results as Markdown, cut at what fits a step summary of GitHub."""
    return fitting("\n".join(_lines(results)))


def _lines(results: Sequence[CaseResult]) -> Iterator[str]:
    yield f"### {summary(results)}\n"
    if any(result.variant is not None for result in results):
        yield from _matrix(results)
    else:
        yield "| File | Case | Verdict | Seconds | Tokens | USD |"
        yield "| --- | --- | --- | ---: | ---: | ---: |"
        yield from map(_row, results)
    for result in results:
        for failure in result.failures:
            where = f"\n**{plain(result.name)}** ({plain(str(failure.place))})"
            head, _, more = failure.message.partition("\n")
            yield f"{where}: {plain(head)}\n"
            if more:
                yield f"    {_indented(more)}"
            yield f"    expected: {_indented(failure.expected)}"
            yield f"    actual:   {_indented(failure.actual)}"


def _row(result: CaseResult) -> str:
    price = usd(result)
    cells = (
        plain(result.file),
        plain(result.case.name),
        verdict(result),
        f"{result.seconds:.2f}",
        str(usage(result).total_tokens),
        "" if price is None else f"{price:.6f}",
    )
    return f"| {' | '.join(cells)} |"


def verdict(result: CaseResult) -> str:
    """Say the verdict; of several attempts, how many passed."""
    if len(result.runs) > 1:
        return f"{result.outcome} ({result.passes} of {len(result.runs)})"
    return result.outcome


def matrix(results: Sequence[CaseResult]) -> tuple[list[str], list[list[str]]]:
    """Give the models, and a row of verdicts for each case, its name first.

    The one verdict of a case that no model answers stands for all of them.
    """
    models = list(dict.fromkeys(r.variant for r in results if r.variant is not None))
    rows: dict[tuple[str, str], dict[str | None, str]] = {}
    for result in results:
        rows.setdefault((result.file, result.case.name), {})[result.variant] = verdict(result)
    table = [
        [f"{file}::{name}", *(cells.get(model, cells.get(None, "")) for model in models)]
        for (file, name), cells in rows.items()
    ]
    return models, table


def _matrix(results: Sequence[CaseResult]) -> Iterator[str]:
    models, table = matrix(results)
    yield f"| Case | {' | '.join(map(plain, models))} |"
    yield f"| --- |{' --- |' * len(models)}"
    for row in table:
        yield f"| {' | '.join(map(plain, row))} |"


def _indented(text: str) -> str:
    return text.replace("\r", "").replace("\n", "\n    ")
