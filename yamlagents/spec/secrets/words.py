"""What gives a secret away: the name it goes by, the shape of a key, a password in an address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

# A name bears a secret if it ends like this. The pattern serves names and whole lines alike.
SECRET_WORDS = (
    r"(?:authorization|cookie|token|secret|passw(?:or)?d|passphrase"
    r"|(?:api|access|account|auth|encryption|master|private|secret|subscription)[-_]?key)"
)
# Keys whose owners can be told from their look. AIza is Google, gsk_ Groq, hf_ Hugging Face.
KEY_SHAPES = (
    r"(?:\b(?:sk-[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|AKIA[0-9A-Z]{16}"
    r"|xox[abprs]-[\w-]{10,}|AIza[\w-]{30,}|gsk_\w{20,}|hf_[A-Za-z0-9]{20,}|nvapi-[\w-]{20,}"
    r"|xai-[A-Za-z0-9]{20,})|-----BEGIN [A-Z ]*PRIVATE KEY-----.*)"
)
# What each of these shapes begins with: a search for these is a fraction of the work.
KEY_STARTS = (
    *("sk-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "AKIA", "xox"),
    *("AIza", "gsk_", "hf_", "nvapi-", "xai-", "-----BEGIN"),
)
USERINFO = r"(?<=://)[^/?#\s\"']+(?=@)"

# These sound like secrets and are settings of a model or of a cache.
_INNOCENT = re.compile(
    r"(?:^|_)(?:bos|cls|end|eos|eot|mask|pad|sep|special|start|stop|unk|max|min|new)_token$"
    r"|(?:^|_)(?:cache|idempotency|partition|primary|public|sort)_key$"
)
_NAME = re.compile(rf"{SECRET_WORDS}_?\d*$")
# Where names are free, as those of headers and variables are, any key may be one that opens.
_LOOSE_NAME = re.compile(r"(?:(?:^|_)auth|key)_?\d*$")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_QUERY = re.compile(r"[?&](?P<name>[^=&#\s]+)=(?P<value>[^&#\s]+)")
_FREE_NAMES = ("extra_headers", "headers", "env")
# Variables are the user's own, so that any name that says so anywhere counts; but not every name
# that holds these letters: KEYBOARD, GIT_AUTHOR_NAME.
_SECRET_VARIABLE = re.compile(
    r"(?i)key(?!board|map)|token|secret|passw|passphrase|auth(?!or(?!i))|credential|cookie"
)
SHORTEST = 6  # anything shorter is a word by chance rather than a key
_SHORTEST_USER = 8  # a user without a password may be a token; a shorter one is a name

# What local servers are given for a key that nobody checks: `not-needed`, `lm-studio`.
_DUMMY = re.compile(
    r"(?:[\W_]|x|anything|api|basic|bearer|change|default|demo|dummy|empty|example|fake|here"
    r"|ignored|key|lm|local|localhost|me|my|na|needed|nil|no|none|not|nothing|null|ollama"
    r"|placeholder|required|sample|server|sk|studio|test|testing|token|unset|unused|vllm|your)*"
)


@dataclass(frozen=True)
class Leaf:
    """A scalar in settings, with the keys to it, and whether their names say it is a secret."""

    keys: tuple[str | int, ...]
    value: Any
    secret: bool


@lru_cache(maxsize=4096)
def bears_secret(name: str, *, loose: bool = False) -> bool:
    """Tell whether `name` is that of a secret; `loose` for headers and environment variables."""
    plain = re.sub(r"\W+", "_", _HUMP.sub("_", name)).lower()
    found = _NAME.search(plain) or (loose and _LOOSE_NAME.search(plain))
    return bool(found) and not _INNOCENT.search(plain)


def names_secret(variable: str) -> bool:
    """Tell whether an environment variable, or a header, of this name may hold a secret."""
    return _SECRET_VARIABLE.search(variable) is not None


def secret_values(environ: Mapping[str, str]) -> Iterator[str]:
    """Give the values of the variables that hold a secret."""
    for name, value in environ.items():
        # A path is where a secret lies, not the secret.
        if names_secret(name) and not value.startswith("/"):
            yield value


def is_dummy(text: str) -> bool:
    """Tell whether `text` stands where a key is asked for and none is needed."""
    return _DUMMY.fullmatch(text.lower()) is not None


def leaves(settings: Mapping[str, Any]) -> Iterator[Leaf]:
    """Give every scalar in settings, however deep; names of headers are read loosely."""
    for key, value in settings.items():
        yield from _below(value, (key,), bears_secret(key), key in _FREE_NAMES)


def _below(value: Any, keys: tuple[str | int, ...], secret: bool, loose: bool) -> Iterator[Leaf]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _below(below, (*keys, key), bears_secret(key, loose=loose), loose)
    elif isinstance(value, list | tuple):
        for index, below in enumerate(value):
            yield from _below(below, (*keys, index), secret, loose)
    else:
        yield Leaf(keys, value, secret)


def url_secrets(text: str) -> Iterator[str]:
    """Give the passwords of the addresses in `text`: before the `@`, and in the query."""
    if "://" not in text:
        return
    for match in re.finditer(USERINFO, text):
        user, colon, password = match[0].partition(":")
        if password or (not colon and len(user) >= _SHORTEST_USER):
            yield from {password or user, unquote(password or user)}
    for match in _QUERY.finditer(text):
        if bears_secret(match["name"], loose=True):
            yield from {match["value"], unquote(match["value"])}


def without_url_secrets(text: str) -> str:
    """Give `text` without the users, passwords and keys in its addresses."""

    def bare(match: re.Match[str]) -> str:
        return "" if bears_secret(match["name"], loose=True) else match[0]

    return _QUERY.sub(bare, re.sub(f"{USERINFO}@", "", text)) if "://" in text else text
