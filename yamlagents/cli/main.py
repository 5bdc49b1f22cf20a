"""The command table: names, one line of help each, and the module that is loaded on call."""

from __future__ import annotations

import atexit
import gc
import itertools
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

import yamlagents
from yamlagents.cli import collection, terminal

_COMPLETE = "_YAMLAGENTS_COMPLETE"

# name: (module, the line that --help shows). A command's module is imported when it is called.
COMMANDS = {
    "run": ("yamlagents.cli.run", "Run an agent file on one input."),
    "resume": ("yamlagents.cli.resume", "Go on with a run that waits for approval."),
    "chat": ("yamlagents.cli.chat", "Talk with an agent until end-of-file."),
    "validate": ("yamlagents.cli.validate", "Check agent files, without running anything."),
    "smoke": ("yamlagents.cli.smoke", "Exercise every agent once, offline."),
    "test": ("yamlagents.cli.testing.command", "Run the tests of agent files."),
    "tools": ("yamlagents.cli.tools", "List the tools that agents really have."),
    "list": ("yamlagents.cli.listing", "List the agent files of a folder."),
    "sessions": ("yamlagents.cli.sessions", "List, show and remove kept conversations."),
    "init": ("yamlagents.cli.init", "Write a working agent file to start from."),
    "schema": ("yamlagents.cli.schema", "Print the JSON Schema of agent files."),
    "doctor": ("yamlagents.cli.doctor", "Look at versions, keys and files for trouble."),
    "completion": ("yamlagents.cli.completion", "Print the completion script of a shell."),
    "version": ("yamlagents.cli.version", "Print the version."),
}

EPILOG = """\b
Examples:
  yamlagents init weather
  yamlagents run weather "What's the weather in Tokyo?" --offline
  yamlagents validate
"""


class LazyGroup(click.Group):
    """Commands that are imported when they are called, and a hint for those that do not exist."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        with collection.paused():
            command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        # At exit Python looks through everything once more, only to throw it away.
        atexit.register(gc.freeze)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name not in COMMANDS and not name.startswith("-"):
            raise import_module("yamlagents.cli.boundary").unknown_command(name, COMMANDS, ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--debug", is_flag=True, help="Show tracebacks; also by YAMLAGENTS_DEBUG=1.")
@click.version_option(yamlagents.__version__, message="yamlagents %(version)s")
def group(debug: bool) -> None:
    """Keep AI agents in git: declare them in YAML, check them, run them."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    terminal.open_streams()
    arguments: list[str] = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _call(arguments)
        sys.stdout.flush()
    # Everything ends up here, to leave as a message and an exit code; the module that knows how
    # is only loaded when something did go wrong.
    except BaseException as error:  # noqa: BLE001  # the one boundary: exits too
        boundary = import_module("yamlagents.cli.boundary")
        code = boundary.exit_code(error, debug=_debug(arguments))
    sys.exit(code)


def _debug(arguments: list[str]) -> bool:
    """Tell whether tracebacks are wanted: the option stands before the command."""
    options = itertools.takewhile(lambda argument: argument.startswith("-"), arguments)
    return "--debug" in options or os.environ.get("YAMLAGENTS_DEBUG", "") not in ("", "0")


def _call(arguments: list[str]) -> int:
    # As `group.main` does, which takes a closed pipe for a failure.
    asked = os.environ.get(_COMPLETE)
    if asked:
        completion = import_module("click.shell_completion")
        code: int = completion.shell_complete(group, {}, "yamlagents", _COMPLETE, asked)
        return code
    try:
        with group.make_context("yamlagents", arguments) as ctx:
            group.invoke(ctx)
    except click.exceptions.Exit as done:
        return done.exit_code
    return 0
