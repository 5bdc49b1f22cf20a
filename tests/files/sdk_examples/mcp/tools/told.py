"""Checks of what the tools of servers told the model."""

from __future__ import annotations

from yamlagents.testing.outcomes import CaseRun


def told_of_both_files(run: CaseRun) -> tuple[bool, str]:
    return _tells(run, "birds.txt", "plants.txt")


def told_of_the_fern(run: CaseRun) -> tuple[bool, str]:
    return _tells(run, "1. Fern")


def told_of_the_herons(run: CaseRun) -> tuple[bool, str]:
    return _tells(run, "2. Heron")


def told_of_the_wind(run: CaseRun) -> tuple[bool, str]:
    return _tells(run, "Lima is windy.")


def told_the_password(run: CaseRun) -> tuple[bool, str]:
    return _tells(run, "sesame")


def tools_were_listed_once(run: CaseRun) -> tuple[bool, str]:
    return _tells(run, "+ blue paint", "tools were listed 1 time(s)")


def told_of_the_commits(run: CaseRun) -> tuple[bool, str]:
    return _tells(run, "Bob: Mend the mast")


def told_the_sum(run: CaseRun) -> tuple[bool, str]:
    return _tells(run, "29")


def told_the_language(run: CaseRun) -> tuple[bool, str]:
    return _tells(run, "written in Rust")


def told_that_there_is_no_such_tool(run: CaseRun) -> tuple[bool, str]:
    assert run.result is not None
    errors = [call.error for call in run.result.tool_calls]
    return errors == ["there is no such tool"], f"the calls came to {errors}"


def _tells(run: CaseRun, *texts: str) -> tuple[bool, str]:
    assert run.result is not None
    told = "\n".join(str(call.output) for call in run.result.tool_calls)
    return all(text in told for text in texts), f"the model was told {told!r}"
