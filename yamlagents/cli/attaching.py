"""The option `--attach FILE`, and `/attach FILE` of a chat."""

from __future__ import annotations

from collections.abc import Iterable

import click

from yamlagents.spec.attachments import Attachment, attachments
from yamlagents.spec.problem import SpecError

ATTACH = click.option(
    "--attach",
    type=click.Path(),
    multiple=True,
    metavar="FILE",
    help="Send an image, a PDF or a text along; also the address of an image. Repeatable.",
)


def attached(given: Iterable[str | Attachment], hint: str = "--attach") -> tuple[Attachment, ...]:
    """Read what is to be attached. Raises `click.BadParameter` for what cannot be."""
    try:
        return attachments(given)
    except SpecError as error:
        said = [p.message if p.hint is None else f"{p.message}; {p.hint}" for p in error.problems]
        raise click.BadParameter("\n".join(said), param_hint=hint) from error


def size(one: Attachment) -> str:
    """Give the size of an attachment in words, and what it is."""
    if one.is_address:
        return "fetched by the provider"
    kib = len(one.data) / 1024
    amount = f"{len(one.data)} bytes" if kib < 1 else f"{kib:,.0f} KiB"
    return f"{one.media_type}, {amount}"
