"""Results as JUnit XML: a suite for each file, a case for each case."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from yamlagents.testing.outcomes import CaseResult
from yamlagents.testing.reports.totals import counts, gist, properties
from yamlagents.testing.transcript import transcript

# What XML 1.0 has no way to say.
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(results: Sequence[CaseResult]) -> str:
    """Give all results as one XML document."""
    top = ET.Element("testsuites", {"name": "yamlagents", **_totals(results)})
    for file in dict.fromkeys(result.file for result in results):
        own = [result for result in results if result.file == file]
        suite = ET.SubElement(top, "testsuite", {"name": _sayable(file), **_totals(own)})
        for result in own:
            _add(suite, result)
    ET.indent(top)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(top, encoding="unicode")


def _totals(results: Sequence[CaseResult]) -> dict[str, str]:
    found = counts(results)
    return {
        "tests": str(len(results)),
        "failures": str(found["failed"]),
        "errors": str(found["error"]),
        "skipped": str(found["skipped"]),
        "time": f"{sum(result.seconds for result in results):.3f}",
    }


def _add(suite: ET.Element, result: CaseResult) -> None:
    file = _sayable(result.file)
    case = ET.SubElement(
        suite,
        "testcase",
        classname=file.rpartition(".")[0].replace("\\", "/").replace("/", ".") or file,
        name=_sayable(result.name),
        file=file,
        line=str(result.case.place.line),
        time=f"{result.seconds:.3f}",
    )
    counted = ET.SubElement(case, "properties")
    for name, value in properties(result).items():
        ET.SubElement(counted, "property", name=name, value=value)
    if result.outcome == "skipped":
        ET.SubElement(case, "skipped", message="not run: a case before it failed")
    if result.outcome in ("failed", "error"):
        _add_failure(case, result)


def _add_failure(case: ET.Element, result: CaseResult) -> None:
    """Add one failure with all that the case failed with: readers of JUnit show the first only."""
    tag = "error" if result.outcome == "error" else "failure"
    first = result.failures[0]
    element = ET.SubElement(case, tag, message=_sayable(gist(result)), type=first.kind)
    element.text = _sayable("\n\n".join(_blocks(result)))
    said = [f"{line.role}: {line.text}" for run in result.runs for line in transcript(run)]
    ET.SubElement(case, "system-out").text = _sayable("\n".join(said))


def _blocks(result: CaseResult) -> Iterable[str]:
    for failure in result.failures:
        yield (
            f"{failure.place}: {failure.message}\n"
            f"expected: {failure.expected}\nactual: {failure.actual}"
        )


def _sayable(text: str) -> str:
    return _UNSAYABLE.sub("\ufffd", text)
