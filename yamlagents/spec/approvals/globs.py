"""Globs as regular expressions, which take no longer on a text that is made to be long."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yamlagents.spec.approvals.lookalikes import UNSEEN

# What a `*` among other characters does not stand for when a call is approved: it would hide what
# comes after a new line, or out of sight.
SEEN = f"[^\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\ufff0-\\ufffb{UNSEEN}]"


def glob(pieces: Sequence[str], any_: str = ".") -> re.Pattern[str]:
    """Give the expression of pieces, expressions themselves, with any text between them.

    A piece in the middle is taken where it first comes, and nowhere else: nothing is missed by
    that, and a text that is made to be long is done with at once.
    """
    first, *rest = pieces
    middle = (
        f"(?=(?P<at{number}>{any_}*?{piece}))(?P=at{number})"
        for number, piece in enumerate(rest[:-1])
    )
    end = f"{any_}*{rest[-1]}" if rest else ""
    return re.compile(f"{first}{''.join(middle)}{end}", re.DOTALL)
