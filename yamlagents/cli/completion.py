"""`yamlagents completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command(
    "completion",
    epilog='\b\nExamples:\n  eval "$(yamlagents completion bash)"\n'
    "  yamlagents completion fish > ~/.config/fish/completions/yamlagents.fish",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script of SHELL: commands, options, and the names of agent files."""
    complete = get_completion_class(shell)
    assert complete is not None, "click knows the three shells"
    root = ctx.find_root().command
    click.echo(complete(root, {}, "yamlagents", "_YAMLAGENTS_COMPLETE").source())
