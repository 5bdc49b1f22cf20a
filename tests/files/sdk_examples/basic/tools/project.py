"""Tools that pretend to write files."""

from __future__ import annotations

from typing import Annotated


def write_page(path: Annotated[str, "Where the page is."], text: str) -> str:
    """Write a page."""
    return f"{path} has {len(text)} characters"


def write_settings(
    name: Annotated[str, "Name of the site."],
    version: Annotated[str, "Its version."],
    needs: Annotated[list[str] | None, "The packages that it needs."],
) -> str:
    """Write the settings of a site."""
    return f"{name} {version} needs {' and '.join(needs or ['nothing'])}"
