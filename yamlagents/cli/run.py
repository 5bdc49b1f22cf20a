"""`yamlagents run`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

import yamlagents
from yamlagents.cli import approvals, conversation, logs, terminal
from yamlagents.cli.attaching import ATTACH, attached
from yamlagents.cli.options import (
    RunOptions,
    ask_keys,
    load_spec,
    options_of,
    read_text,
    run_options,
)
from yamlagents.cli.states import Keeper
from yamlagents.runtime.redaction import Redaction


@click.command(
    "run",
    epilog="\b\nExamples:\n"
    '  yamlagents run agents.d/weather.yaml "What\'s the weather in Tokyo?"\n'
    '  yamlagents run weather "What\'s the weather in Tokyo?" --offline\n'
    "  cat question.txt | yamlagents run weather --model anthropic/claude-haiku-4-5\n"
    '  yamlagents run weather "Tokyo?" --json | jq .usage\n'
    '  yamlagents run clerk "What did I pay?" --attach receipt.png',
)
@run_options
@click.argument("input_text", metavar="[INPUT]", required=False)
@click.option(
    "--input-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read INPUT from a file.",
)
@ATTACH
@click.option(
    "--stream/--no-stream",
    "streamed",
    default=None,
    help="Ask the model to stream its answer; by default on a terminal only.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document: answer and usage.")
@click.option("--events", is_flag=True, help="Print each event of the run as a line of JSON.")
@approvals.approval_options
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Save a run that waits for approval here, and not in .yamlagents/state.",
)
@click.pass_context
def command(ctx: click.Context, /, **values: Any) -> None:
    """Run an agent file on one INPUT and print the answer.

    FILE|NAME is a path, or a file's name in the folder of agents. INPUT comes from the command
    line, from --input-file, or from stdin (a pipe, or -). The answer alone goes to stdout.
    """
    options, own = options_of(values)
    with conversation.told(options.file, own):
        outcome = _run(options, own)
    ctx.exit(outcome.exit)


def _run(options: RunOptions, own: dict[str, Any]) -> conversation.Outcome:
    rules = approvals.rules_of(own)
    state = _free(own["state"])
    spec = load_spec(options)
    input_text = _input(own["input_text"], own["input_file"])
    with_it = attached(own["attach"])
    ask_keys(spec, options)
    session = spec.run.session
    if session is not None and session.id is None and conversation.detail(options):
        terminal.say("this run is not kept; --session NAME would keep it, and go on", dim=True)
    redact = Redaction(spec)
    logs.set_up(redact)
    team = conversation.assemble(spec, offline=options.offline)
    approvals.enforce(rules, team)
    render = conversation.renderer(options, redact, as_json=own["as_json"], events=own["events"])
    events = yamlagents.stream(
        team,
        input_text,
        streamed=conversation.is_streamed(own),
        approve=approvals.approver(rules),
        attachments=with_it,
    )
    return conversation.follow(events, render, keep=Keeper(spec, options, rules, state))


def _free(path: Path | None) -> Path | None:
    """Give the file for a run that waits. Raises `click.BadParameter` if it cannot be made."""
    if path is None:
        return None
    reason = None
    if path.exists():
        reason = f"'{path}' is there already; a run may wait in it"
    elif not os.access(path.parent, os.W_OK | os.X_OK):
        reason = f"'{path}' cannot be made: there is no folder '{path.parent}' to write to"
    if reason is not None:
        raise click.BadParameter(reason, param_hint="'--state'")
    return path


def _input(text: str | None, path: Path | None) -> str:
    if text is not None and path is not None:
        raise click.UsageError("INPUT and --input-file exclude each other.")
    if path is not None:
        found = read_text(path, "--input-file")
    elif text is not None and text != "-":
        found = text
    elif text == "-" or not terminal.is_terminal(sys.stdin):
        found = _stdin()
    else:
        raise click.UsageError("There is no INPUT: give it after the file, or pipe it in.")
    if not found.strip():
        raise click.UsageError("INPUT is empty.")
    if any("\ud800" <= char <= "\udfff" for char in found):
        # So does Python carry bytes of the command line that are no text.
        raise click.UsageError("INPUT is not UTF-8.")
    return found


def _stdin() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise click.UsageError("INPUT is not UTF-8.") from error
