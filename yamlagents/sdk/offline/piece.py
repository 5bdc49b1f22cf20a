"""Pieces of a message that can become arguments: quotations, names, numbers, dates."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yamlagents.sdk.offline.words import STOP_WORDS, Word, read_words, word_set

_PATTERNS = {
    "quoted": r"\"([^\"]+)\"|“([^”]+)”|«\s*([^»]+?)\s*»|`([^`]+)`"
    r"|(?<!\w)['\u2018]([^'\u2019]+)['\u2019](?!\w)",
    "url": r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]",
    "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "uuid": r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b",
    "datetime": r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?",
    "date": r"\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b",
    "ipv4": r"\b\d{1,3}(?:\.\d{1,3}){3}\b",
    "time": r"\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\b",
    "code": r"\b[A-Za-z]+[-_]?\d[\w-]*\b|\b\d+[A-Za-z]\w*\d\w*\b",
    "number": r"(?<![\w.])[-\u2212+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![.,]?\d)",
}
_MASTER = re.compile("|".join(f"(?P<{kind}>{rule})" for kind, rule in _PATTERNS.items()))
_NUMBER_WORDS = {
    "zero": 0, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_TOKEN = re.compile(r"[^\W\d_][\w&-]*(?:['\u2019][\w]+)*")
_CONNECTORS = word_set("al da de del della der di do dos el la le van von")
_VERBS = word_set(
    """add ask book buy calculate call check compare compute convert create delete email find
    list look make open order play read remove run schedule search send set show translate write"""
)
_BEFORE_VALUE = word_set("about as at by called for from in into named near of on to with")
_JOINER = re.compile(r"\s*(?:,|;|&|/|\+|,?\s*\b(?:and|or)\b)\s*")
_TEXTLESS = "\0"


@dataclass(frozen=True)
class Piece:
    """A part of a message: what kind of thing it is, its text, and where it stands."""

    kind: str
    text: str
    start: int
    end: int

    def overlaps(self, other: "Piece") -> bool:
        """Say whether two pieces share text."""
        return self.start < other.end and other.start < self.end


def find_pieces(message: str, known: frozenset[str] = frozenset()) -> list[Piece]:
    """Return the pieces of `message` in order; `known` are stems that name the tool itself."""
    marked = list(_marked(message))
    rest = _blank(message, marked)
    names = list(_names(rest, known))
    loose = _loose(_blank(rest, names), known, {piece.end for piece in names})
    return sorted([*marked, *names, *loose], key=lambda piece: piece.start)


def _blank(message: str, pieces: Sequence[Piece]) -> str:
    """Return `message` with the text of `pieces` blanked out, every other sign in its place."""
    kept: list[str] = []
    at = 0
    for piece in sorted(pieces, key=lambda piece: piece.start):
        kept += [message[at : piece.start], _TEXTLESS * (piece.end - max(at, piece.start))]
        at = max(at, piece.end)
    return "".join(kept) + message[at:]


def list_groups(pieces: Sequence[Piece], message: str) -> list[tuple[Piece, ...]]:
    """Return the runs of pieces of one kind with only commas, "and" or "or" between them."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and (last.kind == piece.kind or {last.kind, piece.kind} == {"name", "word"})
            and _JOINER.fullmatch(message[last.end : piece.start])
        ):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [tuple(group) for group in groups]


def _marked(message: str) -> Iterator[Piece]:
    for match in _MASTER.finditer(message):
        kind = str(match.lastgroup)
        if kind not in _PATTERNS:
            continue
        text = match[0]
        if kind == "quoted":
            text = next(match[number] for number in range(2, 7) if match[number])
        yield Piece(kind, text, match.start(), match.end())
    for word in read_words(message):
        if word.plain in _NUMBER_WORDS:
            yield Piece("number", str(_NUMBER_WORDS[word.plain]), word.start, word.end)


def _names(message: str, known: frozenset[str]) -> Iterator[Piece]:
    run: list[re.Match[str]] = []
    for token in [*_TOKEN.finditer(message), None]:
        if run and (token is None or not _goes_on(run, token, message)):
            yield from _name(run, message, known)
            run = []
        if token is not None and (run or token[0][0].isupper()):
            run.append(token)


def _goes_on(run: list[re.Match[str]], token: re.Match[str], message: str) -> bool:
    between = message[run[-1].end() : token.start()]
    titled = between == ". " and run[-1][0] in ("St", "Mt", "Dr", "Mr", "Mrs", "Ms", "Ft")
    return (between == " " or titled) and (token[0][0].isupper() or token[0] in _CONNECTORS)


def _name(run: list[re.Match[str]], message: str, known: frozenset[str]) -> Iterator[Piece]:
    """Yield the name in a run of capitalised words, less what only begins the sentence."""
    run = list(run)
    first = run[0].start()
    before = message[max(0, first - 8) : first].rstrip(" \t\n\"'(-*")
    begins = not before or before[-1] in ".!?:"
    while run and (_is_plain(run[0], known) or (begins and run[0][0].lower() in _VERBS)):
        run.pop(0)
    while run and (run[-1][0] in _CONNECTORS or _is_plain(run[-1], known)):
        run.pop()
    if run:
        start, end = run[0].start(), run[-1].end()
        bare = re.sub(r"['\u2019]s$", "", message[start:end])
        yield Piece("name", bare, start, start + len(bare))


def _is_plain(token: re.Match[str], known: frozenset[str]) -> bool:
    words = read_words(token[0])
    return all(word.plain in STOP_WORDS or word.stem in known for word in words)


def _loose(message: str, known: frozenset[str], ends: set[int]) -> Iterator[Piece]:
    """Yield runs of plain words after a preposition: "tokyo" in "weather in tokyo".

    A run also goes on from a list, after one of `ends`: "Paris and tokyo".
    """
    run: list[Word] = []
    before = ""
    for word in [*read_words(message), Word("", "", len(message) + 9, len(message) + 9)]:
        plain = word.plain in STOP_WORDS or word.stem in known or not word.plain
        joined = run and message[run[-1].end : word.start] in (" ", "-")
        if run and (plain or not joined):
            yield Piece("word", message[run[0].start : run[-1].end], run[0].start, run[-1].end)
            ends.add(run[-1].end)
            run = []
        if not plain and (run or before in _BEFORE_VALUE or _goes_on_list(message, ends, word)):
            run.append(word)
        before = word.plain if word.plain not in ("the", "a", "an", "my") else before


def _goes_on_list(message: str, ends: set[int], word: Word) -> bool:
    nearby = range(max(0, word.start - 8), word.start)
    return any(at in ends and _JOINER.fullmatch(message[at : word.start]) for at in nearby)
