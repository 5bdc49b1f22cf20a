"""What sessions hold, for people to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from yamlagents.cli import jsontext
from yamlagents.spec.labels import unlabelled
from yamlagents.spec.text.visible import VISIBLE, visible

# Line ends and tabs may stay in what was said.
_TEXT = {code: shown for code, shown in VISIBLE.items() if code not in (9, 10)}


def table(kept: Iterable[Any]) -> Iterator[str]:
    """Give the lines of a table of sessions."""
    cells = [("NAME", "ITEMS", "UPDATED")]
    cells += [(visible(one.name), str(one.items), one.updated or "") for one in kept]
    widths = [max(len(line[column]) for line in cells) for column in range(2)]
    for name, items, updated in cells:
        yield f"{name.ljust(widths[0])}  {items.rjust(widths[1])}  {updated}".rstrip()


def line(item: Mapping[str, Any]) -> str:
    """Give an item of a conversation: who said what, or what was called and what it gave."""
    kind = item.get("type", "message")
    if kind == "function_call":
        said = f"calls {item.get('name')} {item.get('arguments')}"
    elif kind == "function_call_output":
        said = f"returns {_text(item.get('output'))}"
    elif kind == "message":
        said = f"{item.get('role')}: {_text(item.get('content'))}"
    else:
        said = f"{kind} {jsontext.dump({k: v for k, v in item.items() if k != 'type'})}"
    return said.translate(_TEXT)


def _text(content: Any) -> str:
    """Give text, or the parts of it that are text, and the kinds of those that are not."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return "".join(map(_part, parts))


def _part(part: Any) -> str:
    if isinstance(part, Mapping):
        text = part.get("text", part.get("refusal"))
        if part.get("type") == "input_text" and (file := unlabelled(str(text))) is not None:
            return f" (file {file[0]})"
        if isinstance(text, str):
            return text
        name = part.get("filename")
        return f" ({part.get('type', 'data')}{f' {name}' if name else ''})"
    return jsontext.dump(part)
