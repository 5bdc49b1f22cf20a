"""Markdown for the step summaries of GitHub."""

from __future__ import annotations

# GitHub takes no step summary of more than 1 MiB.
LARGEST = 1_000_000

_SPECIAL = str.maketrans(
    {
        **{"|": "\\|", "`": "\\`", "*": "\\*", "_": "\\_"},
        **{"<": "&lt;", ">": "&gt;", "&": "&amp;", "\n": " ", "\r": " "},
    }
)


def plain(text: str) -> str:
    """Give `text` on one line, with nothing in it that Markdown would read as markup."""
    return text.translate(_SPECIAL)


def fitting(text: str) -> str:
    """Give `text`, cut at what fits a step summary."""
    content = text.encode(errors="backslashreplace")
    if len(content) <= LARGEST:
        return text
    return content[:LARGEST].decode(errors="ignore") + "\n\n... cut here"
