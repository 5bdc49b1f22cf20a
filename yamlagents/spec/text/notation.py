"""How values are written in YAML, so that they read back as what they are."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from yamlagents.spec.text.document import MERGE
from yamlagents.spec.text.scalars import BadScalar, resolve
from yamlagents.spec.variables import expand

# Not to be seen, or taken for the end of a line or for the start of a file.
_ESCAPED = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
# A block shows these badly, or not at all.
_NO_BLOCK = re.compile(r"\A[ \n]|[ \t](?:\n|\Z)|\n\n\Z")
# What ends a plain scalar in a flow collection, or begins something else where one could stand.
_NO_FLOW = re.compile(r"[\[\]{},]")
_NO_PLAIN = re.compile(r"\A[\[\]{},]|\A[-?:](?: |\Z)|: ")
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def escaped(text: str) -> str:
    """Give `text` so that no variable is read in it."""
    plain = expand(text, {})
    same = plain.text == text and not plain.missing and not plain.malformed
    return text if same else text.replace("$", "$$")


def flow(value: Any) -> str:
    """Give plain data on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key_text(key)}: {flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value, None, in_flow=True)


def key_text(key: str) -> str:
    """Give a key: plain where that can be. No variable is read in a key."""
    return key if key != MERGE and is_plain(key, in_flow=True) else double_quoted(key)


def scalar(value: Any, style: str | None, *, in_flow: bool) -> str:
    """Give a scalar on one line, text in the quotes of `style` (`'`, `"` or None) if it can be."""
    if not isinstance(value, str):
        return json.dumps(value)
    text = escaped(value)
    if style == "'" and "\n" not in text and not _ESCAPED.search(text):
        doubled = text.replace("'", "''")
        return f"'{doubled}'"
    if style is None and is_plain(text, in_flow=in_flow):
        return text
    return double_quoted(text)


def double_quoted(text: str) -> str:
    """Give `text` in double quotes, on one line."""
    return _ESCAPED.sub(_escape, json.dumps(text, ensure_ascii=False))


def block(text: str) -> tuple[str, list[str]] | None:
    """Give `text` as a literal block: its header, and its lines; None if it is hard to read."""
    text = escaped(text)
    if not text.strip() or _ESCAPED.search(text) or _NO_BLOCK.search(text):
        return None
    return "|" if text.endswith("\n") else "|-", text.removesuffix("\n").split("\n")


def is_plain(text: str, *, in_flow: bool) -> bool:
    """Tell whether `text` reads back as itself without quotes."""
    if not text or "\n" in text or _ESCAPED.search(text) or _NO_PLAIN.search(text):
        return False
    if in_flow and _NO_FLOW.search(text):
        return False
    around = f"{{k: {text}, l: [{text}]}}" if in_flow else f"k: {text}\nl:\n- {text}\n"
    try:
        if resolve(text) != text:
            return False
        data = yaml.load(around, Loader=_LOADER)
    except (BadScalar, yaml.YAMLError):
        return False
    return bool(data == {"k": text, "l": [text]})


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
