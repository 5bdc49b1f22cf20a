"""The agent files that `yamlagents test` runs: checked, and some with tests in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from yamlagents.cli import terminal
from yamlagents.cli.reuse import Choice
from yamlagents.cli.specs import specs_in
from yamlagents.spec.project import shown_name
from yamlagents.spec.records import Spec


def specs_of(
    files: Mapping[Path, Choice], named: Iterable[str], *, allow: tuple[str, ...]
) -> list[Spec]:
    """Load the files, and tell of those that have no tests.

    `files` says what each file is checked with; `named` are those that were asked for by name.
    Raises `SpecError` with the problems of all files, `click.UsageError` if there is no test, or
    none in a file that was named.
    """
    specs = specs_in(files, allow=allow, lack="tests")
    bare = [spec for spec in specs if not spec.tests]
    asked = {Path(name).resolve() for name in named}
    empty = [spec for spec in bare if spec.file in asked]
    if empty or len(bare) == len(specs):
        where = ", ".join(shown_name(spec.file) for spec in empty or bare) or "these files"
        raise click.UsageError(f"There are no tests in {where}.")
    for spec in bare:
        terminal.say(f"{shown_name(spec.file)} has no tests")
    return specs
