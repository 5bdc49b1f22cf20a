"""`yamlagents smoke`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import yamlagents
from yamlagents.cli import (
    collection,
    conversation,
    github,
    jsontext,
    logs,
    stdout,
    terminal,
)
from yamlagents.cli.places import agent_files, folder_option
from yamlagents.cli.reports import REPORTS
from yamlagents.cli.reuse import ALLOW, Choice, choices, reuse_options
from yamlagents.cli.specs import specs_in
from yamlagents.runtime.redaction import Redaction
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.records import Spec

if TYPE_CHECKING:
    # The SDK loads only after the files have been checked.
    from yamlagents.testing.coverage import Coverage
    from yamlagents.testing.exercise import Smoked

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
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="Time for a tool that has no timeout of its own.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How the outcome is written to stdout.",
)
@ALLOW
@reuse_options
@click.option("-q", "--quiet", is_flag=True, help="Tell failures only.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    folder: Path,
    stub_tools: bool,
    timeout: float,
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
    logs.set_up(Redaction(specs))
    with stdout.reserved():
        smoked = conversation.in_own_loop(_smoke(specs, stub_tools=stub_tools, timeout=timeout))
    failures = [failure for file in smoked for failure in file.failures]
    if form == "text":
        text = _text(() if quiet else smoked, failures, color=terminal.colors(sys.stdout))
        if text:
            click.echo(text)
    elif form == "json":
        click.echo(jsontext.dump(_document(smoked, failures), indent=2))
    else:
        report = github.report(_text(() if quiet else smoked, failures), failures)
        if report:
            click.echo(report)
        github.summarize(f"yamlagents smoke: {_summary(smoked, failures)}", failures)
    if form != "json" and (failures or not quiet):
        terminal.say(_summary(smoked, failures))
    ctx.exit(FAILED if failures else 0)


def _specs(files: dict[Path, Choice], allow: tuple[str, ...]) -> list[Spec]:
    """Load the files that have agents. Raises `SpecError` with the problems of all of them."""
    specs = specs_in(files, allow=allow, lack="sample")
    if not specs:
        raise click.UsageError("There are no agents in these files.")
    return specs


async def _smoke(specs: list[Spec], *, stub_tools: bool, timeout: float) -> list[Smoked]:
    """Exercise all files. Raises `SpecError` with what assembling shows of each of them."""
    with collection.paused():
        smoke = yamlagents.testing.smoke
    smoked: list[Smoked] = []
    problems: list[Problem] = []
    for spec in specs:
        try:
            smoked.append(await smoke(spec, stub_tools=stub_tools, timeout=timeout))
        except SpecError as error:
            problems += error.problems
    if problems:
        raise SpecError(problems)
    return smoked


def _text(smoked: Iterable[Smoked], failures: list[Problem], *, color: bool = False) -> str:
    """Give a line for each agent and excuse, and then the failures."""
    lines = [line for file in smoked for line in _lines(file)]
    if failures:
        lines.append(REPORTS["text"](failures, color=color))
    return "\n".join(lines)


def _lines(file: Smoked) -> Iterator[str]:
    yield file.name
    width = max((len(agent.agent) for agent in file.coverage), default=0)
    for agent in file.coverage:
        yield f"  {agent.agent:<{width}}  {_covered([agent])}"
        for tool, reason in agent.excused.items():
            said = terminal.visible(" ".join(reason.split()))
            yield f"  {'':<{width}}  {tool} excused: {said}"


def _summary(smoked: list[Smoked], failures: list[Problem]) -> str:
    covered = _covered([agent for file in smoked for agent in file.coverage])
    failed = terminal.counted(len(failures), "failure") if failures else "passed"
    return f"{terminal.counted(len(smoked), 'file')}, {covered}: {failed}"


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
