"""The input of a model call, read back as a conversation."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.handoffs import get_conversation_history_wrappers

Item = Mapping[str, Any]

_RECORD = re.compile(r"^\d+\. (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Call:
    """A call that a model made, with what came back; `output` is None if nothing did."""

    name: str
    arguments: Mapping[str, Any]
    output: str | None

    @property
    def target(self) -> str | None:
        """The agent that control passed to, if this call was a handoff."""
        try:
            data = json.loads(self.output or "")
        except ValueError:
            return None
        if isinstance(data, dict) and data.keys() == {"assistant"}:
            return str(data["assistant"])
        return None


@dataclass(frozen=True)
class Conversation:
    """The last user message, the calls made since then, and the names called before it."""

    message: str
    calls: tuple[Call, ...]
    earlier: tuple[str, ...]


def read_conversation(given: str | Sequence[Any]) -> Conversation:
    """Read the input items of a model call (Responses format), or a plain message."""
    if isinstance(given, str):
        return Conversation(given, (), ())
    items = [item for entry in given for item in _unfold(_as_mapping(entry))]
    last = max((n for n, item in enumerate(items) if item.get("role") == "user"), default=-1)
    message = text_of(items[last].get("content")) if last >= 0 else ""
    before = tuple(str(i["name"]) for i in items[: last + 1] if i.get("type") == "function_call")
    return Conversation(message, _calls(items[last + 1 :]), before)


def text_of(content: Any) -> str:
    """Return the text of a message's content or a tool's output; other parts are named."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return "" if content is None else json.dumps(content, ensure_ascii=False, default=str)
    parts = [part if isinstance(part, Mapping) else {"text": str(part)} for part in content]
    return " ".join(str(part.get("text") or f"[{part.get('type', 'part')}]") for part in parts)


def _as_mapping(item: Any) -> Item:
    return item if isinstance(item, Mapping) else item.model_dump(exclude_unset=True)


def _calls(items: Sequence[Item]) -> tuple[Call, ...]:
    outputs = {
        item.get("call_id"): text_of(item.get("output"))
        for item in items
        if item.get("type") == "function_call_output"
    }
    calls = [
        Call(str(item["name"]), _arguments(item), outputs.pop(item.get("call_id"), None))
        for item in items
        if item.get("type") == "function_call"
    ]
    # With a conversation kept by a server, an output may arrive without its call.
    return (*calls, *(Call("", {}, output) for output in outputs.values()))


def _arguments(item: Item) -> Mapping[str, Any]:
    try:
        found = json.loads(item.get("arguments") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _unfold(item: Item) -> list[Item]:
    """Return the items that a nested handoff history holds as text, or the item itself."""
    start, end = get_conversation_history_wrappers()
    text = item.get("content")
    if item.get("role") != "assistant" or not isinstance(text, str) or start not in text:
        return [item]
    inside = text.partition(start)[2].rpartition(end)[0]
    return [record for line in _RECORD.findall(inside) for record in _unfold(_record(line))]


def _record(line: str) -> Item:
    if line.startswith("{"):
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if isinstance(found, dict):
            return found
    role, _, content = line.partition(": ")
    return {"role": role, "content": content}
