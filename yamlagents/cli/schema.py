"""`yamlagents schema`."""

import click

from yamlagents.spec.schema.published import schema_text


@click.command(
    "schema",
    epilog="\b\nExample:\n  yamlagents schema > schemas/agents.schema.json",
)
def command() -> None:
    """Print the JSON Schema of agent files, for editors and other tools."""
    click.echo(schema_text(), nl=False)
