"""Approvals on a command line: the options, and the question to the person at the terminal."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from yamlagents.cli import terminal
from yamlagents.runtime.approvals.rules import Answer, Rules
from yamlagents.spec.approvals.lookalikes import is_unseen
from yamlagents.spec.approvals.patterns import BadPattern, Pattern, pattern
from yamlagents.waiting import Approval, SavedRun

if TYPE_CHECKING:
    # The SDK loads only after the files have been checked.
    from yamlagents.sdk.team import Team


def _patterns(
    ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]
) -> tuple[Pattern, ...]:
    try:
        return tuple(map(pattern, texts))
    except BadPattern as error:
        raise click.BadParameter(_placed(error)) from error


def _placed(error: BadPattern) -> str:
    shown = terminal.visible(error.text)
    at = len(terminal.visible(error.text[: error.at]))
    return f"{error.reason}\n  {shown}\n  {' ' * at}^"


_OPTIONS: tuple[Callable[..., Any], ...] = (
    click.option(
        "--approve",
        multiple=True,
        metavar="PATTERN",
        callback=_patterns,
        help="Approve calls: TOOL, or TOOL:ARGUMENT=GLOB,...; repeatable.",
    ),
    click.option(
        "--deny",
        multiple=True,
        metavar="PATTERN",
        callback=_patterns,
        help="Deny calls, whatever is approved; repeatable.",
    ),
    click.option("--reason", metavar="TEXT", help="Tell the model why calls are denied."),
)


def approval_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--approve`, `--deny` and `--reason` to a command."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def rules_of(values: dict[str, Any]) -> Rules:
    """Take these options out of a command's values."""
    return Rules(values.pop("approve"), values.pop("deny"), values.pop("reason"))


def enforce(rules: Rules, team: Team, saved: SavedRun | None = None) -> None:
    """Hold the rules against the tools that there are. Raises `click.BadParameter`.

    A run that was `saved` is about the tools of that time; what became of them is told later.
    """
    enforcement = import_module("yamlagents.runtime.approvals.enforcement")
    tools = import_module("yamlagents.runtime.approvals.known")
    known = tools.known_of(team) if saved is None else tools.known_to(saved)
    for option, patterns in (("--approve", rules.approve), ("--deny", rules.deny)):
        try:
            tools.check(patterns, known)
            if option == "--deny":
                enforcement.enforce(rules, team)
        except BadPattern as error:
            raise click.BadParameter(_placed(error), param_hint=f"'{option}'") from error


def approver(rules: Rules, heard: Callable[[Approval, Answer], None] | None = None) -> Rules:
    """Decide by the rules, and then by the person at the terminal, if there is one.

    `heard` is told what was answered.
    """
    if terminal.is_terminal(sys.stdin):
        rules = replace(rules, ask=_ask)
    return rules if heard is None else replace(rules, heard=heard)


def _ask(asked: Approval) -> bool:
    question = f"{asked.agent} wants to call {asked.tool}({shown(asked.arguments)}). Allow it?"
    with _interruptible():
        return click.confirm(terminal.visible(question), err=True)


def shown(text: str) -> str:
    """Give `text` with all in it that is there and cannot be seen."""
    return "".join(char if char == " " or not is_unseen(char) else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end a question at once; a loop would wait for its answer first."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except click.Abort as error:
        raise KeyboardInterrupt from error
    finally:
        signal.signal(signal.SIGINT, before)
