"""Plain scalars of YAML 1.2's core schema: what `no`, `12:30` and `1_0` are (text) and are not."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

Scalar = str | int | float | bool | None

MAX_DIGITS = 64

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_NUMBER_START = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")


class BadScalar(ValueError):
    """A scalar that YAML allows and this format does not; the text says why."""


def resolve(text: str) -> Scalar:
    """Give the value of a plain scalar. Raises `BadScalar` for a number that is no use as one."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if _INTEGER.match(text):
        return _integer(text, 10)
    if _BASED.match(text):
        return _integer(text[2:], 8 if text[1] == "o" else 16)
    if _FLOAT.match(text):
        return _finite(text)
    if _SPECIAL.match(text):
        raise BadScalar(f"'{text}' is not a finite number")
    return text


@lru_cache(maxsize=4096)
def is_text(text: str) -> bool:
    """Tell whether a plain scalar is text, as a key has to be. Files share most of their keys."""
    try:
        return isinstance(resolve(text), str)
    except BadScalar:
        return False


def tagged(tag: str, text: str) -> Scalar:
    """Give the value of a scalar with an explicit tag of `TAGS`, such as `!!str 12`."""
    return TAGS[tag](text)


def shown(tag: str) -> str:
    """Give a tag as people write it: `!!str`, not its full address."""
    return tag.replace("tag:yaml.org,2002:", "!!")


def _integer(digits: str, base: int) -> int:
    if len(digits) > MAX_DIGITS:
        raise BadScalar(f"a whole number of {len(digits)} digits; {MAX_DIGITS} are the most")
    return int(digits, base)


def _finite(text: str) -> float:
    number = float(text) if len(text) <= MAX_DIGITS * 2 else float("inf")
    if number in (float("inf"), float("-inf")):
        raise BadScalar(f"'{text[:20]}' is not a number that fits 64 bits")
    return number


def _expecting(kind: type[object], noun: str) -> Callable[[str], Scalar]:
    def typed(text: str) -> Scalar:
        value = resolve(text)
        if type(value) is not kind:
            raise BadScalar(f"'{text}' is not {noun}")
        return value

    return typed


def _float(text: str) -> float:
    value = resolve(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadScalar(f"'{text}' is not a number")
    return float(value)


# The core tags of scalars.
TAGS: dict[str, Callable[[str], Scalar]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": _expecting(int, "a whole number"),
    "tag:yaml.org,2002:float": _float,
    "tag:yaml.org,2002:bool": _expecting(bool, "true or false"),
    "tag:yaml.org,2002:null": _expecting(type(None), "null"),
}
