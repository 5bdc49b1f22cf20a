"""`yamlagents list`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import click

from yamlagents.cli import jsontext
from yamlagents.cli.places import files_below, folder_option, name_of
from yamlagents.cli.terminal import counted
from yamlagents.spec.loader import check
from yamlagents.spec.records import Spec


@dataclass(frozen=True)
class _Row:
    """One agent file: the name to run it by, what it holds, and how many errors it has.

    `params` and `overlays` are the names of those that may be given.
    """

    name: str
    file: str
    agents: tuple[str, ...]
    entry: str | None
    model: str | None
    tools: int
    description: str | None
    errors: int
    params: tuple[str, ...]
    overlays: tuple[str, ...]


@click.command(
    "list",
    epilog="\b\nExamples:\n  yamlagents list\n  yamlagents list --dir teams --json",
)
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_context
def command(ctx: click.Context, folder: Path, as_json: bool) -> None:
    """List the agent files of a folder: their agents, models and tools."""
    if not folder.is_dir():
        raise click.UsageError(f"There is no folder '{folder}'; try yamlagents init.")
    rows = [_row(path, folder) for path in files_below(folder)]
    if as_json:
        click.echo(jsontext.dump([asdict(row) for row in rows], indent=2))
    else:
        _print_table(rows)
    ctx.exit(2 if any(row.errors for row in rows) else 0)


def _row(path: Path, folder: Path) -> _Row:
    checked = check(path)
    spec = checked.spec
    errors = sum(problem.severity == "error" for problem in checked.problems)
    name = name_of(path, folder)
    params, overlays = checked.offer.params, checked.offer.overlays
    if spec is None:
        return _Row(name, str(path), (), None, None, 0, None, errors, params, overlays)
    entry = spec.agents[spec.entry]
    return _Row(
        name=name,
        file=str(path),
        agents=tuple(spec.agents),
        entry=spec.entry,
        model=entry.model.model,
        tools=_tools(spec),
        description=entry.handoff_description,
        errors=errors,
        params=params,
        overlays=overlays,
    )


def _tools(spec: Spec) -> int:
    return sum(len(agent.tools) for agent in spec.agents.values())


def _print_table(rows: list[_Row]) -> None:
    if not rows:
        click.echo("no agent files; write one with: yamlagents init NAME")
        return
    cells = [("NAME", "AGENTS", "MODEL", "TOOLS")]
    for row in rows:
        cells.append((row.name, ", ".join(row.agents), row.model or _state(row), str(row.tools)))
    widths = [max(len(line[column]) for line in cells) for column in range(3)]
    for line in cells:
        padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        click.echo("  ".join([*padded, line[3]]))


def _state(row: _Row) -> str:
    if not row.errors:
        return "(to be included)"
    return f"({counted(row.errors, 'error')}: yamlagents validate {row.file})"
