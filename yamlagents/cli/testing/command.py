"""`yamlagents test`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yamlagents.cli import collection, conversation, logs, stdout, terminal
from yamlagents.cli.places import agent_files, folder_option
from yamlagents.cli.reuse import choices
from yamlagents.cli.testing import changes
from yamlagents.cli.testing.options import FORMATS, OptionsOfTest, options_of, test_options
from yamlagents.cli.testing.specs import specs_of
from yamlagents.cli.testing.text import as_github, as_text
from yamlagents.runtime.redaction import Redaction
from yamlagents.spec.records import Spec

if TYPE_CHECKING:
    # The SDK loads only after the files have been checked.
    from yamlagents.testing.outcomes import CaseResult
    from yamlagents.testing.selection import Planned

Report = Callable[["Sequence[CaseResult]"], str]


@click.command(
    "test",
    epilog="\b\nExamples:\n  yamlagents test\n  yamlagents test agents.d/weather.yaml -k tokyo\n"
    "  yamlagents test --format github --output junit:report.xml\n"
    "  yamlagents test agents.d/weather.yaml --record\n"
    "  yamlagents test agents.d/weather.yaml --update\n"
    "  yamlagents test --live --matrix model=openai/gpt-4.1,anthropic/claude-haiku-4-5",
)
@click.argument("paths", nargs=-1, type=click.Path())
@folder_option
@test_options
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], folder: Path, **values: Any) -> None:
    """Run the tests of agent files: PATHS are files, folders or patterns.

    Answers come from a test's script, from the offline model, or else from its cassette; only
    --live and --record ask a provider. Exits with 1 if a test failed, with 2 if there is none to
    run, and with 8 if all that is wrong are cassettes that are missing or out of date.
    """
    options = options_of(values)
    named = [path for path in paths if Path(path).is_file()]
    files = agent_files(paths or (str(folder),))
    chosen = choices(files, options.params, options.overlays)
    specs = specs_of(chosen, named, allow=options.allow)
    logs.set_up(Redaction(specs))
    started = time.perf_counter()
    with collection.paused(), stdout.reserved():
        outcomes = import_module("yamlagents.testing.outcomes")
    planned = _planned(specs, options)
    results = changes.updated(planned, _run(planned, options), options)
    _report(results, options)
    _tell_news(results)
    _remember(planned, results)
    if not options.quiet or any(result.outcome != "passed" for result in results):
        totals = import_module("yamlagents.testing.reports.totals")
        terminal.say(f"{totals.summary(results)} ({time.perf_counter() - started:.2f} s)")
    changes.pruned(specs, _folders(paths or (str(folder),), files), results, options)
    ctx.exit(outcomes.exit_code(results))


def _folders(paths: Iterable[str], files: Iterable[Path]) -> list[Path]:
    """Give the folders among PATHS, and those below them that agent files are in."""
    given = [Path(path) for path in paths if Path(path).is_dir()]
    below = [file.parent for file in files if any(file.is_relative_to(path) for path in given)]
    return list(dict.fromkeys([*given, *below]))


def _planned(specs: list[Spec], options: OptionsOfTest) -> list[Planned]:
    """Give the cases that the options select. Raises `click.UsageError` if there is none."""
    selection = import_module("yamlagents.testing.selection")
    planned: list[Planned] = selection.plan(specs, options.models)
    total = len(planned)
    if options.words is not None:
        try:
            wanted = selection.matching(options.words)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="-k") from error
        planned = [one for one in planned if wanted(one.name)]
    if options.tags:
        planned = selection.tagged(planned, options.tags)
    if not planned:
        raise click.UsageError(f"None of {total} tests is selected by -k and --tag.")
    if options.last_failed:
        failed: list[Planned] = selection.last_failed(planned)
        if not failed and not options.quiet:
            terminal.say("no test is known to have failed; running all of them")
        planned = failed or planned
    return planned


def _run(planned: list[Planned], options: OptionsOfTest) -> list[CaseResult]:
    progress = _Progress(len(planned), shown=not options.quiet)
    try:
        with stdout.reserved():
            return conversation.in_own_loop(_all(planned, options, progress))
    finally:
        progress.clear()


async def _all(
    planned: list[Planned], options: OptionsOfTest, progress: _Progress
) -> list[CaseResult]:
    with collection.paused():
        suite = import_module("yamlagents.testing.suite")
        outcomes = import_module("yamlagents.testing.outcomes")
    how = outcomes.TestOptions(
        live=options.live,
        record=options.record,
        tools=options.tools,
        models=options.models,
        streamed=options.streamed,
    )
    results: list[CaseResult] = await suite.run_cases(
        planned, how, jobs=options.jobs, fail_fast=options.fail_fast, done=progress
    )
    return results


class _Progress:
    """A line on a terminal that says how far the tests have come."""

    def __init__(self, total: int, *, shown: bool) -> None:
        self._total = total
        self._done = 0
        self._failed = 0
        self._shown = shown and terminal.is_terminal(sys.stderr)

    def __call__(self, result: CaseResult) -> None:
        self._done += 1
        self._failed += result.outcome != "passed"
        failed = f", {self._failed} failed" if self._failed else ""
        self._write(f"\r{self._done} of {self._total}{failed}\x1b[K")

    def clear(self) -> None:
        """Take the line away."""
        if self._done:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(text)
            sys.stderr.flush()


def _report(results: list[CaseResult], options: OptionsOfTest) -> None:
    said = _reports(options)[options.form](results)
    if said:
        color = options.form == "text" and terminal.colors(sys.stdout)
        click.echo(said, color=color)
    plain = _reports(replace(options, verbose=True, quiet=False, color=False))
    for form, path in options.outputs:
        _write(path, f"{plain[form](results)}\n", "w")
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        _write(Path(summary), f"{plain['markdown'](results)}\n", "a")


def _reports(options: OptionsOfTest) -> dict[str, Report]:
    machine: dict[str, Report] = import_module("yamlagents.testing.reports").REPORTS
    detail = -1 if options.quiet else 1 if options.verbose else 0
    color = options.color and terminal.colors(sys.stdout)
    own: dict[str, Report] = {
        "text": lambda results: as_text(results, detail=detail, color=color),
        "github": lambda results: as_github(results, detail=detail),
    }
    reports = {**machine, **own}
    assert set(reports) == set(FORMATS)
    return reports


def _write(path: Path, text: str, mode: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Half a character, which a tool may give, is no reason for no report; to JSON it is one.
        with path.open(mode, encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise click.FileError(str(path), error.strerror or str(error)) from error


def _tell_news(results: list[CaseResult]) -> None:
    """Tell what MCP servers say otherwise than before, whose words are anybody's."""
    said = (f"{result.file}: {news}" for result in results for news in result.news)
    for news in dict.fromkeys(said):
        terminal.say(import_module("yamlagents.testing.reports.text").visible(news))


def _remember(planned: list[Planned], results: list[CaseResult]) -> None:
    try:
        import_module("yamlagents.testing.selection").remember(planned, results)
    except OSError as error:
        terminal.say(f"what failed is not remembered: {error}")
