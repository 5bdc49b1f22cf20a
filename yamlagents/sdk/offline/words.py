"""Words of messages and identifiers, reduced so that forms of one word are equal."""

import re
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def word_set(text: str) -> frozenset[str]:
    """Return the words of `text`, parted by white space."""
    return frozenset(text.split())


STOP_WORDS = word_set(
    """a about agent all also am an and any are as at be been but by can could did do does for from
    get give had handle handles handoff has have he hello help helps her hi him his how i if in
    information into is it its just let me my need of on one or our out please request return
    returns say she should so some tell thank thanks that the their them then there these they this
    those to tool transfer up us use used user uses using want wants was we were what when where
    which while who whom why will with would you your given e g eg ie etc ok okay not no yes am
    i'm i'd i'll i've it's let's that's what's where's who's how's when's there's don't doesn't
    can't isn't aren't you're"""
)

_ENDINGS = (
    ("sses", "ss"), ("ies", "y"), ("ss", "ss"), ("us", "us"), ("s", ""),
)  # fmt: skip
_SUFFIXES = ("ation", "ion", "ing", "ed", "or", "er", "ly", "e")


@dataclass(frozen=True)
class Word:
    """A word of a text: its stem, and where it stands."""

    plain: str
    stem: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """Return the lower-case stem of one word: "Refunds", "refunded" and "refunding" are equal."""
    word = re.sub(r"['\u2019]s$", "", word.lower())
    for ending, put in _ENDINGS:
        if word.endswith(ending) and len(word) > 3:
            word = word[: len(word) - len(ending)] + put
            break
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: len(word) - len(suffix)]
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word[:-1] + "y" if len(word) > 3 and word.endswith("i") else word


def stem_set(text: str) -> frozenset[str]:
    """Return the stems of the words of `text`, parted by white space."""
    return frozenset(stem(word) for word in text.split())


def read_words(text: str) -> list[Word]:
    """Return the words of a text in order; identifiers in it are split."""
    found = []
    for match in _WORD.finditer(text):
        at = match.start()
        for part in _HUMP.split(match[0]):
            plain = part.lower().replace("\u2019", "'")
            found.append(Word(plain, stem(part), at, at + len(part)))
            at += len(part)
    return found


@lru_cache(maxsize=1024)  # names and descriptions of tools, the same in every request
def stems_of(text: str) -> frozenset[str]:
    """Return the stems of the words of `text` that carry meaning."""
    return frozenset(word.stem for word in read_words(text) if word.plain not in STOP_WORDS)


def name_words(name: str) -> frozenset[str]:
    """Return the stems of an identifier's words, stop words too ("to", "from")."""
    return frozenset(word.stem for word in read_words(name))
