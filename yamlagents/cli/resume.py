"""`yamlagents resume`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

import click

import yamlagents
from yamlagents.cli import approvals, conversation, logs
from yamlagents.cli.options import ENV_FILE, RunOptions, ask_keys, load_spec
from yamlagents.cli.renderers import Renderer
from yamlagents.cli.reuse import Choice, hold, reuse_options
from yamlagents.cli.states import Claim, Keeper, command_of
from yamlagents.events import Event
from yamlagents.runtime.approvals.rules import Answer, Rules
from yamlagents.runtime.redaction import Redaction
from yamlagents.waiting import Approval, SavedRun


@click.command(
    "resume",
    epilog="\b\nExamples:\n"
    "  yamlagents resume .yamlagents/state/20250301-093000-shop-1f2e3d.json\n"
    "  yamlagents resume waiting.json --approve 'refund:order=A-17'\n"
    "  yamlagents resume waiting.json --deny refund --reason 'The order was not paid.'",
)
@click.argument("state", type=click.Path(path_type=Path))
@approvals.approval_options
@click.option("--accept-changes", is_flag=True, help="Go on though the agents have changed.")
@click.option("--again", is_flag=True, help="Go on once more from where a run went on before.")
@click.option("--api-key", metavar="KEY", help="Key for the model, which is not saved.")
@ENV_FILE
@reuse_options
@click.option("--stream/--no-stream", "streamed", default=None, help="As of `run`.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document: answer and usage.")
@click.option("--events", is_flag=True, help="Print each event of the run as a line of JSON.")
@click.option("-v", "--verbose", is_flag=True, help="Tell more: agents, replies, tokens.")
@click.option("-q", "--quiet", is_flag=True, help="Tell nothing but the answer and errors.")
@click.pass_context
def command(ctx: click.Context, /, state: Path, **own: Any) -> None:
    """Go on with a run that waits for approval: STATE is the file that it was saved in.

    Calls are decided by --approve and --deny, those given before among them, and else by whoever is
    at the terminal; if nobody is, the run waits on. The file is removed when the run comes to its
    end. It goes on as it began, with the same model, params, overlays and settings: another
    --param or --overlay than the run began with is refused. An --env-file is read in place of the
    one that it began with.
    """
    rules = approvals.rules_of(own)
    with conversation.told(str(state), own):
        outcome = _resume(state, rules, own)
    ctx.exit(outcome.exit)


def _resume(path: Path, added: Rules, own: dict[str, Any]) -> conversation.Outcome:
    claim = Claim(path, again=own["again"])
    saved = claim.read()
    options, rules = _command(saved, path, added, own)
    spec = load_spec(options)
    redact = Redaction(spec)
    render = conversation.renderer(options, redact, as_json=own["as_json"], events=own["events"])
    ask_keys(spec, options)
    logs.set_up(redact)
    team = conversation.assemble(spec, offline=options.offline)
    if own["accept_changes"]:
        saved = saved.accepting_changes()
    approvals.enforce(rules, team, saved)

    def heard(asked: Approval, answer: Answer) -> None:
        if answer is True:
            claim.grant()

    streamed = conversation.is_streamed(own)
    approve = approvals.approver(rules, heard)
    claim.take()
    return _followed(
        claim,
        yamlagents.stream(team, saved, streamed=streamed, approve=approve),
        render,
        Keeper(spec, options, rules, path),
    )


def _command(
    saved: SavedRun, path: Path, added: Rules, own: dict[str, Any]
) -> tuple[RunOptions, Rules]:
    values, rules = command_of(saved, path)
    names = ("api_key", "verbose", "quiet")
    if own["env_file"] is not None:
        values["env_file"] = own["env_file"]
    hold(Choice(own["params"], own["overlays"]), Choice(values["params"], values["overlays"]))
    options = RunOptions(**values, **{name: own[name] for name in names})
    reason = added.reason or rules.reason
    return options, Rules(rules.approve + added.approve, rules.deny + added.deny, reason)


def _followed(claim: Claim, events: Any, render: Renderer, keep: Keeper) -> conversation.Outcome:
    """Follow the run, and let go of its file according to how it ends."""

    def see(event: Event, answer: TextIO) -> None:
        claim.see(event)
        render(event, answer)

    with ExitStack() as broken_off:
        # Whatever does it, an interrupt too: the file must say so.
        broken_off.callback(claim.break_off, in_order=False)
        outcome = conversation.follow(events, see, keep=keep)
        broken_off.pop_all()
    if outcome.exit == 0 or outcome.is_kept:
        claim.end()
    else:
        claim.break_off(in_order=True)
    return outcome
