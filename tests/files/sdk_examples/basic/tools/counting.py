"""Checks that the usage of a run is that of its requests."""

from __future__ import annotations

from yamlagents.events import ModelReplied
from yamlagents.testing.outcomes import CaseRun


def each_request_was_counted(run: CaseRun) -> tuple[bool, str]:
    assert run.result is not None
    usage = run.result.usage
    each = [event.usage for event in run.events if isinstance(event, ModelReplied)]
    tokens = [(one.input_tokens, one.output_tokens) for one in each]
    good = (
        len(each) == usage.requests == 2
        and sum(sent for sent, _ in tokens) == usage.input_tokens
        and sum(got for _, got in tokens) == usage.output_tokens
        and usage.total_tokens == usage.input_tokens + usage.output_tokens
        and all(sent and got for sent, got in tokens)
    )
    return good, f"{usage} of {tokens}"
