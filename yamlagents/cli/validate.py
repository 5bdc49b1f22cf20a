"""`yamlagents validate`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click

from yamlagents.cli import collection, github, terminal, workers
from yamlagents.cli.places import agent_files, folder_option
from yamlagents.cli.reports import REPORTS
from yamlagents.cli.reuse import ALLOW, SETTING, Choice, choices, reuse_options
from yamlagents.spec.loader import check
from yamlagents.spec.problem import Problem

STDIN = "-"


@click.command(
    "validate",
    epilog="\b\nExamples:\n  yamlagents validate\n  yamlagents validate agents.d/weather.yaml\n"
    "  yamlagents validate --format github 'teams/**/*.yaml'\n"
    "  git show HEAD:agents.d/weather.yaml | yamlagents validate -",
)
@click.argument("paths", nargs=-1, type=click.Path())
@folder_option
@click.option(
    "--format",
    "form",
    type=click.Choice(list(REPORTS)),
    default="text",
    show_default=True,
    help="How problems are written to stdout.",
)
@ALLOW
@SETTING
@reuse_options
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when nothing is wrong.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    folder: Path,
    form: str,
    allow: tuple[str, ...],
    overrides: tuple[str, ...],
    params: dict[str, str],
    overlays: tuple[str, ...],
    quiet: bool,
) -> None:
    """Check agent files: PATHS are files, folders, patterns, or - for stdin.

    Reads files only: no agent, tool or model is loaded. Exits with 2 if there are errors; warnings
    and notes are told and pass.
    """
    files = _files(paths or (str(folder),))
    with collection.paused():
        chosen = choices([Path(file) for file in files if file != STDIN], params, overlays)
        everything = Choice(params, overlays)
        work = [(file, chosen.get(Path(file), everything)) for file in files]
        found = workers.spread(partial(_check, allow=allow, overrides=overrides), work)
    problems = sorted(dict.fromkeys(found), key=lambda problem: problem.sort_key)
    if problems or form not in ("text", "github"):
        click.echo(REPORTS[form](problems, color=terminal.colors(sys.stdout)))
    summary = _summary(len(files), problems)
    if form == "github":
        github.summarize(f"yamlagents validate: {summary}", problems)
    errors = sum(problem.severity == "error" for problem in problems)
    if not quiet or errors:
        terminal.say(summary)
    ctx.exit(2 if errors else 0)


def _files(paths: tuple[str, ...]) -> list[str]:
    named = [path for path in paths if path != STDIN]
    return [STDIN] * (STDIN in paths) + [str(file) for file in agent_files(named)]


def _check(
    work: list[tuple[str, Choice]], allow: tuple[str, ...], overrides: tuple[str, ...]
) -> list[Problem]:
    problems: dict[Problem, None] = {}
    for file, choice in work:
        text = sys.stdin.buffer.read() if file == STDIN else None
        checked = check(
            "stdin.yaml" if file == STDIN else file,
            allow=allow,
            overrides=overrides,
            params=choice.params,
            overlays=choice.overlays,
            text=text,
        )
        problems |= dict.fromkeys(checked.problems)
    return list(problems)


def _summary(files: int, problems: list[Problem]) -> str:
    checked = f"{files} file{'' if files == 1 else 's'} checked"
    if not problems:
        return f"{checked}, no problems"
    counts = []
    for severity in ("error", "warning", "note"):
        count = sum(problem.severity == severity for problem in problems)
        if count:
            counts.append(f"{count} {severity}{'' if count == 1 else 's'}")
    return f"{checked}: {', '.join(counts)}"
