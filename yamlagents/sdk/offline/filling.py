"""Arguments for a tool, taken from a message by the tool's schema."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from yamlagents.sdk.offline.fitness import (
    CUE,
    FOREIGN,
    HINT,
    NEEDED_IF_OPTIONAL,
    Path,
    Slot,
    rate,
    values_for,
)
from yamlagents.sdk.offline.piece import Piece, find_pieces, list_groups
from yamlagents.sdk.offline.sampling import Sampler
from yamlagents.sdk.offline.schema import Node, SchemaTree
from yamlagents.sdk.offline.slots import list_slots
from yamlagents.sdk.offline.words import STOP_WORDS, Word, read_words, stem_set, word_set

_WHOLE = stem_set("input question prompt request task instruction")
_REST = stem_set("query text message content body search q topic phrase")
_STOP_STEMS = stem_set(" ".join(STOP_WORDS))
_FORMULA = stem_set("expression formula equation calculation")
_ARITHMETIC = re.compile(r"[(]*\d[\d.()]*(?:\s*[-+*/^%]+\s*[(]*\d[\d.()]*)+")
_LONGEST_READ = 10_000
_NEGATIONS = word_set("no not without don't never false off disable skip")


@dataclass(frozen=True)
class Source:
    """A message to take arguments from, and the part of it that is about this tool."""

    message: str
    known: frozenset[str] = frozenset()
    """Stems of the words that chose the tool; they are not arguments."""
    start: int = 0
    end: int | None = None

    @cached_property
    def words(self) -> list[Word]:
        """The words of the message, in order."""
        return read_words(self.message)

    @cached_property
    def _ends(self) -> list[int]:
        return [word.end for word in self.words]

    @cached_property
    def pieces(self) -> list[Piece]:
        """The pieces of the message, in order; a very long one is read at its beginning only."""
        return find_pieces(self.message[:_LONGEST_READ], self.known)

    @cached_property
    def groups(self) -> list[tuple[Piece, ...]]:
        """The pieces, those of one list together."""
        return list_groups(self.pieces, self.message)

    def rate(self, piece: Piece, slot: Slot) -> float:
        """Return how well `piece` fits `slot`; less if it lies in another tool's part."""
        at = bisect_right(self._ends, piece.start)
        before = self.words[max(0, at - 8) : at][::-1]
        after = next((w for w in self.words[at : at + 20] if w.start >= piece.end), None)
        end = len(self.message) if self.end is None else self.end
        own = self.start <= piece.start < end
        return rate(piece, slot, before, after) - (0 if own else FOREIGN)


@dataclass(frozen=True)
class Fit:
    """A value for a slot, how well it fits, and the piece it uses up (None: none)."""

    slot: Slot
    value: Any
    score: float
    used: tuple[Piece, ...]


def fill_each(schema: Node, source: Source) -> list[dict[str, Any]]:
    """Return arguments for one call, or for several if the message lists values for one slot.

    "Weather in Tokyo and Paris" is two calls of a tool that takes one city. The arguments are
    valid for `schema`, as many as the message gives, and each piece of text is used once. A
    required parameter with nothing to find gets its default, null if it may be null, or else the
    sample. Raises NoSampleFits, naming the parameter, if there is none.
    """
    tree = SchemaTree(schema)
    fits = assign(tree, source)
    taken = {piece for fit in fits for piece in fit.used}
    lists = [
        (fit, group)
        for group in source.groups
        for fit in fits
        if len(group) > 1 and fit.used == group[:1] and taken.isdisjoint(group[1:])
    ]
    rows = [_build(tree, _values(fits))]
    if len(lists) == 1 and _has_and(lists[0][1], source.message):
        fit, group = lists[0]
        for piece in group[1:]:
            options = (v for v in values_for(piece, fit.slot) if tree.is_valid(v, fit.slot.node))
            rows.extend(
                _build(tree, {**_values(fits), fit.slot.path: value})
                for value in islice(options, 1)
            )
    return rows


def _values(fits: Sequence[Fit]) -> dict[Path, Any]:
    return {fit.slot.path: fit.value for fit in fits}


def assign(tree: SchemaTree, source: Source) -> list[Fit]:
    """Return the best fits of pieces to slots: best first, each slot and each text once."""
    slots = list_slots(tree)
    offers = [(fit, n) for n, slot in enumerate(slots) for fit in _fits(tree, slot, source)]
    offers = [(fit, n) for fit, n in offers if fit.slot.required or fit.score >= NEEDED_IF_OPTIONAL]
    offers.sort(key=lambda o: (-o[0].score, not o[0].slot.required, o[1], _place(o[0])))
    taken: list[Piece] = []
    chosen: dict[Path, Fit] = {}
    for fit, _ in offers:
        free = not any(piece.overlaps(other) for piece in fit.used for other in taken)
        if fit.slot.path not in chosen and free:
            chosen[fit.slot.path] = fit
            taken.extend(fit.used)
    return list(chosen.values())


def _place(fit: Fit) -> int:
    return fit.used[0].start if fit.used else -1


def _fits(tree: SchemaTree, slot: Slot, source: Source) -> Iterator[Fit]:
    if slot.choices:
        found = _choice_fits(slot, source)
    elif slot.items is not None:
        found = _list_fits(tree, slot, source)
    else:
        found = _piece_fits(slot, source)
    return (fit for fit in found if tree.is_valid(fit.value, slot.node))


def _choice_fits(slot: Slot, source: Source) -> Iterator[Fit]:
    for value in slot.choices:
        if isinstance(value, str) and value:
            text = re.escape(value).replace("_", "[_ -]").replace(r"\-", "[_ -]")
            for match in re.finditer(rf"(?<!\w){text}(?!\w)", source.message, re.IGNORECASE):
                piece = Piece("choice", match[0], match.start(), match.end())
                yield Fit(slot, value, source.rate(piece, slot) + CUE, (piece,))
        elif not isinstance(value, bool):
            yield from (fit for fit in _piece_fits(slot, source) if fit.value == value)


def _list_fits(tree: SchemaTree, slot: Slot, source: Source) -> Iterator[Fit]:
    for group in source.groups:
        values = [
            value
            for piece in group
            for value in list(values_for(piece, slot))[:1]
            if tree.is_valid(value, slot.items)
        ]
        if len(values) == len(group):
            score = source.rate(group[0], slot) + len(group) - 1
            yield Fit(slot, values, score, group)


def _piece_fits(slot: Slot, source: Source) -> Iterator[Fit]:
    for piece in source.pieces:
        for value in values_for(piece, slot):
            yield Fit(slot, value, source.rate(piece, slot), (piece,))
    if "boolean" in slot.kinds:
        yield from _flag_fits(slot, source)
    if "string" in slot.kinds and source.message:
        yield from _text_fits(slot, source)


def _text_fits(slot: Slot, source: Source) -> Iterator[Fit]:
    formula = _ARITHMETIC.search(source.message) if slot.words & _FORMULA else None
    if formula is not None:
        yield Fit(slot, formula[0], CUE + HINT, ())
    elif slot.words & _WHOLE:
        yield Fit(slot, source.message, CUE + HINT, ())
    elif slot.words & _REST:
        yield Fit(slot, _rest(source), HINT + 1, ())


def _flag_fits(slot: Slot, source: Source) -> Iterator[Fit]:
    words = source.words
    wanted = slot.words - _STOP_STEMS
    for at, word in enumerate(words):
        if word.stem in wanted:
            around = {w.plain for w in (*words[max(0, at - 2) : at], *words[at + 1 : at + 2])}
            yield Fit(slot, not around & _NEGATIONS, CUE + 1, ())


def _rest(source: Source) -> str:
    """Return what follows the words that chose the tool, or the whole message."""
    words = source.words
    ends = [word.end for word in words if word.stem in source.known]
    tail = [w for w in words if not ends or w.start >= ends[0]]
    while tail and (tail[0].plain in STOP_WORDS or tail[0].stem in source.known):
        tail.pop(0)
    return source.message[tail[0].start : tail[-1].end] if tail else source.message


def _has_and(group: Sequence[Piece], message: str) -> bool:
    return re.search(r"\b(?:and|or)\b|&", message[group[-2].end : group[-1].start]) is not None


def _build(tree: SchemaTree, chosen: Mapping[Path, Any]) -> dict[str, Any]:
    built = _object(tree, tree.root, (), chosen)
    if isinstance(built, dict) and tree.is_valid(built, tree.root):
        return built
    sampled = Sampler(tree).first(tree.root)
    return sampled if isinstance(sampled, dict) else {}


def _object(tree: SchemaTree, node: Any, path: Path, chosen: Mapping[Path, Any]) -> Any:
    """Return the value at `path`: what was chosen, an object of its parts, or what stands in."""
    if path in chosen:
        return chosen[path]
    inside = any(other[: len(path)] == path for other in chosen)
    for variant in tree.variants(node):
        properties = variant.node.get("properties")
        if properties is not None and (inside or not path):
            required = variant.node.get("required", ())
            keys = [k for k in properties if k in required or any(
                p[: len(path) + 1] == (*path, k) for p in chosen
            )]  # fmt: skip
            return {k: _object(tree, properties[k], (*path, k), chosen) for k in keys}
    if isinstance(node, Mapping) and "default" in node and tree.is_valid(node["default"], node):
        return node["default"]
    if path and tree.is_valid(None, node):
        return None
    return Sampler(tree).first(node, ".".join(path))
