"""`yamlagents version`."""

import click

import yamlagents


@click.command("version", epilog="\b\nExample:\n  yamlagents version")
def command() -> None:
    """Print the version."""
    click.echo(f"yamlagents {yamlagents.__version__}")
