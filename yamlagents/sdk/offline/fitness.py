"""How well a piece of a message fits a parameter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from yamlagents.sdk.offline.piece import Piece
from yamlagents.sdk.offline.words import Word, stem_set, word_set

Path = tuple[str, ...]


@dataclass(frozen=True)
class Slot:
    """A parameter to fill: where it is, what names it, and what its schema asks for."""

    path: Path
    words: frozenset[str]
    """Stems of its own name."""
    about: frozenset[str]
    """Stems of its description, and of the names of what it lies in."""
    node: Any
    kinds: frozenset[str]
    format: str | None
    choices: tuple[Any, ...]
    items: Any
    required: bool


# Words in a parameter's name or description that go with a kind of piece.
_HINTS = {
    "name": stem_set(
        """city country place location town region state name person author artist user customer
        recipient destination origin company language currency title subject team"""
    ),
    "word": stem_set("city country place location town region name topic product language subject"),
    "code": stem_set(
        "id code number key reference ref sku symbol ticker order flight ticket version"
    ),
    "number": stem_set(
        """amount count number quantity limit top max min maximum minimum price value temperature
        days hours minutes seconds size width height length age year id code zip page"""
    ),
    "date": stem_set("date day when start end due deadline since until birthday departure arrival"),
    "datetime": stem_set("date day time when start end due deadline since until timestamp at"),
    "time": stem_set("time hour when start end at"),
    "email": stem_set("email mail recipient to address sender contact"),
    "url": stem_set("url uri link website site page address href"),
    "uuid": stem_set("id uuid guid key reference"),
    "ipv4": stem_set("ip host address server"),
    "quoted": stem_set("text message content body query title name note subject phrase sentence q"),
}
# A preposition before a piece stands for these names.
_PREPOSITIONS = {
    "to": stem_set("to destination target recipient arrival until end into receiver"),
    "into": stem_set("to target into destination"),
    "from": stem_set("from origin source departure sender start since"),
    "in": stem_set("city location place country town region language currency to"),
    "at": stem_set("location place time address at"),
    "on": stem_set("date day on topic"),
    "for": stem_set("city location place name person customer for"),
    "by": stem_set("author by deadline artist"),
    "about": stem_set("topic subject query about"),
    "since": stem_set("since start from"),
    "until": stem_set("until end to"),
    "named": stem_set("name"),
    "called": stem_set("name"),
    "top": stem_set("limit count number top max"),
}
_FORMATS = {
    "date": ("date",),
    "date-time": ("datetime", "date"),
    "time": ("time",),
    "email": ("email",),
    "uri": ("url",),
    "uuid": ("uuid",),
    "ipv4": ("ipv4",),
}
_BASE = {"quoted": 3.0, "name": 2.0, "code": 2.0, "number": 0.5, "word": 0.5}
_SKIPPED = word_set("the a an is are of be my")

CUE, HINT, FORMAT, NEAR, FOREIGN = 6.0, 3.0, 5.0, 2.0, 10.0
NEEDED_IF_OPTIONAL = 6.0


def values_for(piece: Piece, slot: Slot) -> Iterator[Any]:
    """Yield what `piece` could be as a value of `slot`: numbers as such, the rest as text."""
    if piece.kind == "number" and slot.kinds & {"integer", "number"}:
        number = float(piece.text.replace(",", "").replace("\u2212", "-"))
        yield int(number) if number.is_integer() else number
    if "string" not in slot.kinds:
        return
    wanted = _FORMATS.get(slot.format or "")
    if wanted is not None and piece.kind not in wanted:
        return
    if slot.format == "date-time":
        yield _timestamp(piece.text)
    elif slot.format == "time":
        yield f"{piece.text:0>5}:00Z" if piece.text.count(":") == 1 else f"{piece.text:0>8}Z"
    else:
        yield piece.text


def rate(piece: Piece, slot: Slot, before: list[Word], after: Word | None) -> float:
    """Return how well `piece` fits `slot`; `before` are the words before it, nearest first."""
    score = _BASE.get(piece.kind, 1.5)
    if piece.kind == "number" and slot.kinds & {"integer", "number"}:
        score = 3.0
    if slot.format in _FORMATS:
        score += FORMAT
    hints = _HINTS.get(piece.kind, frozenset())
    score += HINT if hints & slot.words else HINT / 2 if hints & slot.about else 0
    near = [word for word in before if word.plain not in _SKIPPED][:3]
    if near and _is_cue(near[0], slot.words):
        score += CUE
    elif any(word.stem in slot.words for word in near[1:]):
        score += NEAR
    elif after is not None and piece.kind == "number" and after.stem in slot.words:
        score += CUE
    return score


def _is_cue(word: Word, names: frozenset[str]) -> bool:
    return word.stem in names or bool(_PREPOSITIONS.get(word.plain, frozenset()) & names)


def _timestamp(text: str) -> str:
    text = text.replace(" ", "T")
    if "T" not in text:
        text += "T00:00:00"
    if re.search(r"T\d\d:\d\d(?![:\d])", text):
        text = re.sub(r"(T\d\d:\d\d)", r"\1:00", text)
    return text if re.search(r"(Z|[+-]\d\d:\d\d)$", text) else f"{text}Z"
