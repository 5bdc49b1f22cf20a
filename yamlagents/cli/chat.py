"""`yamlagents chat`."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

import yamlagents
from yamlagents.cli import approvals, conversation, logs, renderers, terminal
from yamlagents.cli.attaching import ATTACH, attached, size
from yamlagents.cli.options import RunOptions, ask_keys, load_spec, options_of, run_options
from yamlagents.cli.states import Keeper
from yamlagents.result import Cost, RunResult, Usage
from yamlagents.runtime.approvals.rules import Rules
from yamlagents.runtime.redaction import Redaction

if TYPE_CHECKING:
    from yamlagents.runtime.loop import OwnLoop
    from yamlagents.sdk.team import Team
    from yamlagents.spec.attachments import Attachment

HELP = (
    "/reset forgets the conversation, /attach FILE goes with your next message, "
    "/usage tells what it cost, /quit ends it"
)


@click.command(
    "chat",
    epilog="\b\nExamples:\n  yamlagents chat weather\n  yamlagents chat weather --offline\n"
    "  yamlagents chat team --agent billing --model ollama_chat/llama3.1",
)
@run_options
@ATTACH
@click.option("--stream/--no-stream", "streamed", default=None, help="As of `run`.")
@approvals.approval_options
@click.pass_context
def command(ctx: click.Context, /, **values: Any) -> None:
    """Talk with an agent until end-of-file; it remembers what was said.

    The agent that answered last goes on. With --session the conversation is kept, and can be gone
    on with later. /reset forgets the conversation, /attach FILE goes with the next message, as
    --attach does with the first, /usage tells what it has cost, /quit ends it. From a pipe, each
    line is one message.
    """
    options, own = options_of(values)
    rules = approvals.rules_of(own)
    spec = load_spec(options)
    if spec.workflow is not None:
        message = "a workflow has one input and no conversation; name an agent with --agent"
        raise click.UsageError(message)
    with_it = attached(own["attach"])
    ask_keys(spec, options)
    logs.set_up(Redaction(spec))
    team = conversation.assemble(spec, offline=options.offline)
    approvals.enforce(rules, team)
    streamed = own["streamed"]
    if streamed is None:
        streamed = terminal.is_terminal(sys.stdout)
    with conversation.talking(team) as loop:
        chat = _Chat(team, options, rules, streamed=streamed, loop=loop)
        chat.attached = with_it
        code = chat.go_on()
    ctx.exit(code)


class _Chat:
    """A conversation: what was said, who answered last, and what it has cost."""

    def __init__(
        self, team: Team, options: RunOptions, rules: Rules, *, streamed: bool, loop: OwnLoop
    ) -> None:
        self._loop = loop
        self._team = team
        self._detail = conversation.detail(options)
        self._approve = approvals.approver(rules)
        self._keep = Keeper(team.spec, options, rules)
        self._streamed = streamed
        self._redact = Redaction(team.spec)
        session = team.spec.run.session
        self._session = session.id if session is not None else None
        self._last: RunResult | None = None
        self._context = conversation.context(team)
        self._usage = Usage()
        self._costs: list[Cost] = []
        self._exit = 0
        # What goes with the next message.
        self.attached: tuple[Attachment, ...] = ()

    def go_on(self) -> int:
        """Read and answer lines until the end; give the exit code of the last answer."""
        interactive = terminal.is_terminal(sys.stdin)
        if interactive:
            if find_spec("readline") is not None:
                import_module("readline")
            terminal.say(HELP, dim=True)
        while True:
            try:
                line = input("> ") if interactive else next(sys.stdin).rstrip("\n")
            except (EOFError, StopIteration):
                return self._exit
            except UnicodeDecodeError as error:
                raise click.UsageError("A message is not UTF-8.") from error
            if line.strip() and not self._take(line.strip()):
                return self._exit

    def _take(self, line: str) -> bool:
        """Do what a line says, and tell whether the conversation goes on."""
        if line == "/quit":
            return False
        if line == "/reset":
            terminal.say(self._reset(), dim=True)
        elif line.split()[0] == "/attach":
            self._take_file(line.removeprefix("/attach").strip(" \t\"'"))
        elif line == "/usage":
            terminal.say(self._told())
        elif line.startswith("/"):
            terminal.say(f"there is no command {line.split()[0]}; {HELP}")
        else:
            self._answer(line)
        return True

    def _reset(self) -> str:
        name = self._session
        if name is not None:
            # What is kept for later is not thrown away by a word in passing.
            return f"this is kept in the session '{name}'; `yamlagents sessions rm` forgets it"
        self._last, self.attached = None, ()
        self._context = conversation.context(self._team)
        return "forgotten"

    def _take_file(self, name: str) -> None:
        if not name:
            terminal.say("write /attach FILE, or /attach and the address of an image")
            return
        try:
            self.attached = attached([*self.attached, name], "/attach")
        except click.BadParameter as error:
            if not terminal.is_terminal(sys.stdin):
                raise  # the next message would go without what belongs to it
            terminal.say(error.message, fg="red")
            return
        file = self.attached[-1]
        terminal.say(f"{file.name} ({size(file)}) goes with your next message", dim=True)

    def _answer(self, line: str) -> None:
        last = self._last
        # A session has the history already.
        before = last.history if last is not None and self._session is None else ()
        events = yamlagents.stream(
            self._team,
            line,
            history=before,
            agent=self._key(last.last_agent) if last is not None else None,
            streamed=self._streamed,
            approve=self._approve,
            context=self._context,
            attachments=self.attached,
        )
        render = renderers.Text(self._detail, self._redact)
        outcome = conversation.follow(events, render, loop=self._loop, keep=self._keep)
        self._exit = outcome.exit
        result = outcome.result
        if result is not None and result.usage.requests:
            self._usage += result.usage
            self._costs.append(result.cost)
        if outcome.exit == 0:
            self._last = result
        if outcome.exit == 0 or self._session is not None:
            # A session keeps the question even of a run that failed.
            self.attached = ()

    def _key(self, name: str) -> str:
        keys = (agent.key for agent in self._team.spec.agents.values() if agent.name == name)
        return next(keys, self._team.spec.entry)

    def _told(self) -> str:
        usage = self._usage
        unknown = next((cost.reason for cost in self._costs if cost.usd is None), None)
        price = unknown or f"${sum(cost.usd or 0.0 for cost in self._costs):.6f}"
        tokens = f"{usage.input_tokens} tokens in, {usage.output_tokens} out"
        return f"{terminal.counted(usage.requests, 'request')}, {tokens}, {price}"
