"""`yamlagents smoke`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import yamlagents
from yamlagents.cli import boundary, collection, conversation, logs, stdout, terminal
from yamlagents.cli.places import agent_files, folder_option
from yamlagents.cli.reports import REPORTS
from yamlagents.cli.reuse import Choice, choices, reuse_options
from yamlagents.spec.loader import check
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.records import Spec

if TYPE_CHECKING:
    # The SDK loads only after the files have been checked.
    from yamlagents.testing.smoke import Coverage, Smoked

FAILED = 1


@click.command(
    "smoke",
    epilog="\b\nExamples:\n  yamlagents smoke\n  yamlagents smoke agents.d/weather.yaml\n"
    "  yamlagents smoke --stub-tools --format github",
)
@click.argument("paths", nargs=-1, type=click.Path())
@folder_option
@click.option(
    "--stub-tools", is_flag=True, help="Call no tool for real: stand-ins answer for them all."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How the outcome is written to stdout.",
)
@click.option("--allow", multiple=True, metavar="MODULE", help="Allow code of MODULE; repeatable.")
@reuse_options
@click.option("-q", "--quiet", is_flag=True, help="Tell failures only.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    folder: Path,
    stub_tools: bool,
    form: str,
    allow: tuple[str, ...],
    params: dict[str, str],
    overlays: tuple[str, ...],
    quiet: bool,
) -> None:
    """Exercise every agent once, offline: no key, no network.

    Every tool is called with arguments that are valid for its schema, and every handoff is taken.
    Tools are called for real, unless --stub-tools is given or the file excuses one with `smoke:`.
    Exits with 1 if something failed or was not covered.
    """
    specs = _specs(choices(agent_files(paths or (str(folder),)), params, overlays), allow)
    logs.set_up()
    with stdout.reserved():
        smoked = conversation.in_own_loop(_smoke(specs, stub_tools=stub_tools))
    failures = [failure for file in smoked for failure in file.failures]
    if form == "text":
        _print_text(smoked, failures, quiet=quiet)
    elif form == "json":
        click.echo(json.dumps(_document(smoked, failures), indent=2, ensure_ascii=False))
    elif failures:
        click.echo(REPORTS[form](failures))
    ctx.exit(FAILED if failures else 0)


def _specs(files: dict[Path, Choice], allow: tuple[str, ...]) -> list[Spec]:
    """Load the files that have agents. Raises `SpecError` with the problems of all of them."""
    checked = [
        check(file, allow=allow, params=one.params, overlays=one.overlays, lack="sample")
        for file, one in files.items()
    ]
    problems = list(dict.fromkeys(problem for one in checked for problem in one.problems))
    if any(one.failed for one in checked):
        raise SpecError(problems)
    boundary.say_problems(problem for problem in problems if problem.severity == "warning")
    specs = [one.spec for one in checked if one.spec is not None]
    if not specs:
        raise click.UsageError("There are no agents in these files.")
    return specs


async def _smoke(specs: list[Spec], *, stub_tools: bool) -> list[Smoked]:
    with collection.paused():
        testing = yamlagents.testing
    return [await testing.smoke(spec, stub_tools=stub_tools) for spec in specs]


def _print_text(smoked: list[Smoked], failures: list[Problem], *, quiet: bool) -> None:
    for file in smoked if not quiet else ():
        click.echo(file.name)
        width = max(len(agent.agent) for agent in file.coverage)
        for agent in file.coverage:
            click.echo(f"  {agent.agent:<{width}}  {_covered([agent])}")
            for tool, reason in agent.excused.items():
                click.echo(f"  {'':<{width}}  {tool} excused: {reason}")
    if failures:
        click.echo(REPORTS["text"](failures, color=terminal.colors(sys.stdout)))
    everything = [agent for file in smoked for agent in file.coverage]
    files = f"{len(smoked)} file{'' if len(smoked) == 1 else 's'}"
    failed = f"{len(failures)} failure{'' if len(failures) == 1 else 's'}" if failures else "passed"
    if not quiet or failures:
        terminal.say(f"{files}, {_covered(everything)}: {failed}")


def _covered(agents: list[Coverage]) -> str:
    """Say `4 of 4 tools, 2 of 2 handoffs`; what is excused does not count."""
    tools = [(agent, tool) for agent in agents for tool in agent.tools if tool not in agent.excused]
    called = sum(tool in agent.called for agent, tool in tools)
    handoffs = sum(len(agent.handoffs) for agent in agents)
    taken = sum(len(agent.taken) for agent in agents)
    return f"{called} of {len(tools)} tools, {taken} of {handoffs} handoffs"


def _document(smoked: list[Smoked], failures: list[Problem]) -> dict[str, Any]:
    return {
        "files": [
            {"file": file.name, "agents": [_record(agent) for agent in file.coverage]}
            for file in smoked
        ],
        "failures": json.loads(REPORTS["json"](failures)),
    }


def _record(agent: Coverage) -> dict[str, Any]:
    return {
        "agent": agent.agent,
        "tools": {name: name in agent.called for name in agent.tools},
        "handoffs": {key: key in agent.taken for key in agent.handoffs},
        "excused": dict(agent.excused),
    }
