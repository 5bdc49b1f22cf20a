"""Texts of files as a model is shown them: between tags that say the file's name."""

from __future__ import annotations

import html
import re

_LABELLED = re.compile(r'<file name="([^"\n]*)">\n(.*)\n</file>', re.DOTALL)


def labelled(name: str, text: str) -> str:
    """Give the text of a file with its name."""
    body = text.removesuffix("\n")
    return f'<file name="{html.escape(name)}">\n{body}\n</file>'


def unlabelled(text: str) -> tuple[str, str] | None:
    """Give the name and the text of a file that was `labelled`; None for any other text."""
    found = _LABELLED.fullmatch(text)
    return (html.unescape(found[1]), found[2]) if found is not None else None
