"""The specs of several files, checked together: what is wrong with any is told of all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from yamlagents.cli import boundary
from yamlagents.cli.reuse import Choice
from yamlagents.spec.loader import check
from yamlagents.spec.problem import SpecError
from yamlagents.spec.records import Spec
from yamlagents.spec.reuse.params import Lack


def specs_in(files: Mapping[Path, Choice], *, allow: tuple[str, ...], lack: Lack) -> list[Spec]:
    """Load the files that have agents, and tell the warnings of all.

    `files` says what each file is checked with, `lack` what is done where a param has no value.
    Raises `SpecError` with the problems of all files.
    """
    checked = [
        check(
            file,
            allow=allow,
            params=one.params,
            overlays=one.overlays,
            unset="error",
            lack=lack,
        )
        for file, one in files.items()
    ]
    problems = list(dict.fromkeys(problem for one in checked for problem in one.problems))
    if any(one.failed for one in checked):
        raise SpecError(problems)
    boundary.say_problems(problem for problem in problems if problem.severity == "warning")
    return [one.spec for one in checked if one.spec is not None]
