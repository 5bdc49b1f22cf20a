"""What `yamlagents test` changes in files: `--update` and `--prune`, and what is told of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yamlagents.cli import terminal
from yamlagents.cli.testing.options import OptionsOfTest
from yamlagents.spec.problem import shortened
from yamlagents.spec.project import shown_name
from yamlagents.spec.records import Spec

if TYPE_CHECKING:
    # The SDK loads only after the files have been checked.
    from yamlagents.testing.outcomes import CaseResult
    from yamlagents.testing.pruning import Pruned
    from yamlagents.testing.rewriting import FileUpdate
    from yamlagents.testing.selection import Planned


def updated(
    planned: Sequence[Planned], results: Sequence[CaseResult], options: OptionsOfTest
) -> list[CaseResult]:
    """Update the files if that is wanted, tell each change, and give the results as they are then.

    `results` are in the order of `planned`, file after file.
    """
    if not options.update:
        return list(results)
    if os.environ.get("CI") and not options.dry_run:
        terminal.say("CI is set: what --update changes is in this checkout alone")
    update = import_module("yamlagents.testing.rewriting").update
    now: list[CaseResult] = []
    changed: list[int] = []
    pairs = zip(planned, results, strict=True)
    # Tests with params of their own have other specs of the same file.
    for _, group in groupby(pairs, key=lambda pair: pair[0].spec.file):
        own = list(group)
        said: FileUpdate = update(
            own[0][0].spec,
            [result for _, result in own],
            allow=options.allow,
            write=not options.dry_run,
        )
        _tell(said, options)
        now += said.results
        changed += [len(said.updated)] if said.updated else []
    if changed:
        values = terminal.counted(sum(changed), "value")
        done = "would be updated" if options.dry_run else "updated"
        terminal.say(f"{values} in {terminal.counted(len(changed), 'file')} {done}")
    elif not options.quiet:
        terminal.say("nothing to update")
    return now


def _tell(said: FileUpdate, options: OptionsOfTest) -> None:
    then = "would be" if options.dry_run else "now"
    for one in said.updated:
        terminal.say(f"{one.place}: was {_shown(one.old)}, {then} {_shown(one.new)}")
    for failure, reason in said.stays:
        terminal.say(f"{failure.place}: not updated: {terminal.visible(reason)}")


def _shown(value: Any) -> str:
    return terminal.visible(shortened(json.dumps(value, ensure_ascii=False)))


def pruned(
    specs: Iterable[Spec],
    folders: Iterable[Path],
    results: Sequence[CaseResult],
    options: OptionsOfTest,
) -> None:
    """Remove what no case uses if that is wanted, and tell each thing.

    `folders` are those whose cassettes of files that are gone go as well. Raises
    `click.FileError` for what cannot be removed.
    """
    if not options.prune:
        return
    pruning = import_module("yamlagents.testing.pruning")
    write = not options.dry_run
    told = 0
    try:
        for spec in specs:
            own = [result for result in results if result.file == shown_name(spec.file)]
            told += _told(pruning.prune(spec, own, write=write), options)
        told += _told(pruning.orphans(folders, write=write), options)
    except OSError as error:
        raise click.FileError(str(error.filename), error.strerror or str(error)) from error
    if not (told or options.quiet):
        terminal.say("nothing to prune")


def _told(things: Iterable[Pruned], options: OptionsOfTest) -> int:
    count = 0
    for thing in things:
        count += 1
        what = terminal.visible(thing.what)
        if thing.reason is None:
            terminal.say(f"{'would remove' if options.dry_run else 'removed'} {what}")
        else:
            terminal.say(f"not pruned: {what}: {terminal.visible(thing.reason)}")
    return count
