"""Results of cases for machines, each a function from results to text."""

from yamlagents.testing.reports.data import as_json, as_ndjson
from yamlagents.testing.reports.junit import as_junit
from yamlagents.testing.reports.markdown import as_markdown

REPORTS = {
    "json": as_json,
    "ndjson": as_ndjson,
    "junit": as_junit,
    "markdown": as_markdown,
}

__all__ = ["REPORTS", "as_json", "as_junit", "as_markdown", "as_ndjson"]
