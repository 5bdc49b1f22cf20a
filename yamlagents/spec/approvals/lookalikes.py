"""Texts that look the same: what of a text counts where a call is denied."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# ruff: noqa: RUF001  # letters that look like others are what this is about

# Characters that look like the first of a group, in small or in capitals. They are as `folded`
# leaves them.
_GROUPS = (
    *("aаαɑ", "bвьβƅ", "cсσᴄ", "dԁɗ", "eеєε", "fƒϝ", "gɡցɢ", "hнһηհʜ", "iіιıɩɪӏ", "jјϳ", "kкκᴋ"),
    *("lӏιıǀі", "mмμᴍ", "nпηνոռɴи", "oоοσօ", "pрρ", "qԛգ", "rгɾʀ", "sѕꜱ", "tтτᴛ", "uυսцʋᴜ"),
    *("vνѵᴠ", "wԝωшѡᴡ", "xхχ×", "yуγүʏυ", "zζᴢ", "0оοօ", "3зӡэ", "6б", "4ч", "-‐‒–—―−", "/⁄∕"),
    *(":ː∶", "'ʹʼ‘’′", '"“”', ",‚", "\\∖⧵", "_ˍ", "~∼", "|ǀ∣", "*∗", "<‹", ">›", "!ǃ", "=゠"),
)
# Characters that are there and leave no mark, as a class of an expression has them: those that
# Unicode lets a reader leave out, letters among them, and a blank that is none of its spaces.
UNSEEN = (
    r"\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{UNSEEN}]")
# Stands for a character that may look like any.
MAYBE = "\ufffd"
# Scripts that have letters like ours; signs of any kind may look like ours as well.
_DOUBTFUL = re.compile(
    "LATIN|GREEK|COPTIC|CYRILLIC|ARMENIAN|CHEROKEE|LISU|CANADIAN|OLD ITALIC|DESERET|OSAGE|WARANG"
    "|TIFINAGH|GOTHIC|RUNIC|VAI |ELBASAN|MODIFIER"
)


@cache
def _alike() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in _GROUPS:
        for char in group:
            found.setdefault(char, set()).update(group)
    return {char: frozenset(group) for char, group in found.items()}


def letter(char: str, *, doubts: bool = False) -> str:
    """Give a regular expression for a folded character and all that look like it, or may do."""
    alike = sorted({char, *_alike().get(char, ()), *(MAYBE if doubts else "")})
    return f"[{''.join(map(re.escape, alike))}]"


def folded(text: str, *, doubts: bool = False) -> str:
    """Give what of `text` counts: no case, no accents, no spaces, nothing that is not seen.

    With `doubts`, letters and signs that nobody has looked at stand as `MAYBE`.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (char for char in plain if _counts(char))
    return "".join(MAYBE if doubts and _is_doubtful(char) else char for char in kept)


def _counts(char: str) -> bool:
    # Not marks, separators, controls, what only shapes others, and what is not given out.
    return "!" <= char <= "~" or (unicodedata.category(char)[0] != "M" and not is_unseen(char))


def is_unseen(char: str) -> bool:
    """Tell whether a character leaves no mark, or is a blank, a control or the like."""
    return unicodedata.category(char)[0] in "ZC" or _UNSEEN.match(char) is not None


def _is_doubtful(char: str) -> bool:
    if char.isascii() or char in _alike():
        return False
    is_sign = unicodedata.category(char)[0] in "PS"
    return is_sign or _DOUBTFUL.match(unicodedata.name(char, "")) is not None
