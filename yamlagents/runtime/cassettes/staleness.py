"""What changed between a recorded request and the present one, in words."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yamlagents.runtime.attachments import attachment_change
from yamlagents.runtime.cassettes.contract import Contract
from yamlagents.runtime.cassettes.items import Item
from yamlagents.runtime.cassettes.places import Places
from yamlagents.runtime.cassettes.recording import ServerTools, by_name
from yamlagents.runtime.cassettes.workspace import told_changes

_LONGEST_DIFF = 12  # lines
_LONGEST_VALUE = 60  # characters


def contract_changes(recorded: Contract, present: Contract, places: Places) -> list[str]:
    """Name each thing of an agent's contract that changed, with the place where the file says it.

    A text of several lines has the lines of a diff below its first.
    """
    return [
        *_model(recorded, present, places),
        *_instructions(recorded, present, places),
        *_prompt(recorded, present, places),
        *_settings(recorded, present, places),
        *_tools(recorded, present, places),
        *_handoffs(recorded, present, places),
        *_output(recorded, present, places),
    ]


def _model(recorded: Contract, present: Contract, places: Places) -> Iterator[str]:
    if recorded.model != present.model:
        change = f"from {recorded.model} to {present.model}"
        yield f"model of `{places.agent}` changed {change} at {places.model()}"


def _instructions(recorded: Contract, present: Contract, places: Places) -> Iterator[str]:
    for told in told_changes(recorded.instructions or "", present.instructions or "", places):
        head = f"{told.what} {told.change} at {told.place}"
        yield "\n".join([head, *_diff(told.before, told.now)])


def _prompt(recorded: Contract, present: Contract, places: Places) -> Iterator[str]:
    if recorded.prompt != present.prompt:
        what = f"prompt of `{places.agent}`"
        yield f"{what} changed{_parts(recorded.prompt, present.prompt)} at {places.key('prompt')}"


def _diff(before: str, now: str) -> list[str]:
    lines = list(difflib.unified_diff(before.splitlines(), now.splitlines(), lineterm="", n=1))
    # The first two are names of files, which there are not.
    shown = [f"  {line}" for line in lines[2:] if not line.startswith("@@")]
    if len(shown) > _LONGEST_DIFF:
        return [*shown[:_LONGEST_DIFF], f"  ... and {len(shown) - _LONGEST_DIFF} lines more"]
    return shown


def _settings(recorded: Contract, present: Contract, places: Places) -> Iterator[str]:
    before, now = recorded.settings, present.settings
    for name in _keys(before, now):
        if before.get(name) != now.get(name):
            what = f"{name} of `{places.agent}`"
            if name == "capabilities" and name in before and name in now:
                # Each adds something of its own: whole, they are too long to be shown.
                parts = _parts(before[name], now[name])
                yield f"{what} changed{parts} at {places.setting(name)}"
                continue
            yield _one(what, name, before, now, places.setting(name))


def _one(
    what: str, name: str, before: Mapping[str, Any], now: Mapping[str, Any], place: str
) -> str:
    """Say what became of one of several named values."""
    if name not in before:
        return f"{what} was added at {place}: {_shown(now[name])}"
    if name not in now:
        return f"{what} was removed at {place}: it was {_shown(before[name])}"
    return f"{what} changed from {_shown(before[name])} to {_shown(now[name])} at {place}"


def _tools(recorded: Contract, present: Contract, places: Places) -> Iterator[str]:
    before, now = recorded.tools, present.tools
    for name in _keys(before, now):
        place = places.tool(name)
        if name not in before:
            yield f"tool {name} was added to `{places.agent}` at {place}"
        elif name not in now:
            yield f"tool {name} was removed from `{places.agent}` at {place}"
        else:
            yield from _tool(name, before[name], now[name], place)


def _tool(
    name: str, before: Mapping[str, Any], now: Mapping[str, Any], place: str
) -> Iterator[str]:
    if before.get("description") != now.get("description"):
        head = f"description of tool {name} changed at {place}"
        texts = (str(data.get("description") or "") for data in (before, now))
        yield "\n".join([head, *_diff(*texts)])
    schemas = (before.get("parameters") or {}, now.get("parameters") or {})
    for change in _schema(*schemas):
        yield f"schema of tool {name} {change} at {place}"
    for key in _keys(before, now):
        if key not in _OF_FUNCTIONS and before.get(key) != now.get(key):
            yield _one(f"{key} of tool {name}", key, before, now, place)


def _schema(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Say what became of the parameters; of the schema as a whole if it is none of them."""
    if before == now:
        return
    old, new = before.get("properties") or {}, now.get("properties") or {}
    changed = [name for name in _keys(old, new) if old.get(name) != new.get(name)]
    for name in changed:
        if name not in old:
            yield f"gained `{name}`"
        elif name not in new:
            yield f"lost `{name}`"
        else:
            yield f"changed `{name}`{_parts(old[name], new[name])}"
    required = [set(schema.get("required") or ()) for schema in (before, now)]
    for name in sorted((required[0] ^ required[1]) - set(changed)):
        yield f"made `{name}` {'optional' if name in required[0] else 'required'}"
    rest = [{k: v for k, v in s.items() if k not in _COMPARED} for s in (before, now)]
    if rest[0] != rest[1]:
        yield f"changed{_parts(*rest)}"


def server_changes(server: str, recorded: ServerTools, present: ServerTools) -> Iterator[str]:
    """Name each thing of the tools of an MCP server that changed; None stands for a server down."""
    where = f"the MCP server '{server}'"
    if (recorded is None) != (present is None):
        yield f"{where} did not start {'before' if recorded is None else 'now'}"
        return
    before, now = (by_name(tools) or {} for tools in (recorded, present))
    for name in _keys(before, now):
        if name not in before:
            yield f"tool {name} is new at {where}"
        elif name not in now:
            yield f"tool {name} is gone from {where}"
        elif before[name] != now[name]:
            yield from _tool(name, _as_function(before[name]), _as_function(now[name]), where)


def _as_function(tool: Mapping[str, Any]) -> dict[str, Any]:
    named = {"inputSchema": "parameters"}
    return {named.get(key, key): value for key, value in tool.items()}


_OF_FUNCTIONS = ("description", "parameters")
_COMPARED = ("properties", "required")


def _parts(before: Any, now: Any) -> str:
    if not isinstance(before, dict) or not isinstance(now, dict):
        return f" from {_shown(before)} to {_shown(now)}"
    parts = [
        f"{key} from {_shown(before.get(key))} to {_shown(now.get(key))}"
        for key in _keys(before, now)
        if before.get(key) != now.get(key)
    ]
    return f": {', '.join(parts)}"


def _handoffs(recorded: Contract, present: Contract, places: Places) -> Iterator[str]:
    before, now = recorded.handoffs, present.handoffs
    for name in _keys(before, now):
        agent = (now.get(name) or before[name]).get("agent", name)
        what = f"handoff of `{places.agent}` to '{agent}'"
        if name not in before:
            yield f"{what} was added at {places.handoff(agent)}"
        elif name not in now:
            yield f"{what} was removed at {places.handoff(agent)}"
        elif before[name] != now[name]:
            described = before[name].get("description") != now[name].get("description")
            place = places.handoff(agent, described=described)
            yield f"{what} changed{_parts(before[name], now[name])} at {place}"


def _output(recorded: Contract, present: Contract, places: Places) -> Iterator[str]:
    if recorded.output != present.output:
        change = list(_schema(recorded.output or {}, present.output or {}))
        said = f" {change[0]}" if change else " changed"
        yield f"output schema of `{places.agent}`{said} at {places.key('output_type')}"


def input_change(
    recorded: Sequence[Item], present: Sequence[Item], agent: str, attached: Sequence[str] = ()
) -> str:
    """Name the first item of the input of `agent` that is not as recorded.

    `attached` are the names of the files that are attached to its first message.
    """
    at = shared(recorded, present)
    what = f"item {at + 1} of the input of `{agent}` differs"
    if at < min(len(recorded), len(present)):
        changed = attachment_change(recorded[at], present[at], attached)
        if changed is not None:
            return f"{what}: {changed}"
    before = _item(recorded[at]) if at < len(recorded) else "nothing"
    now = _item(present[at]) if at < len(present) else "nothing"
    return f"{what}: recorded was {before}, now it is {now}"


def shared(recorded: Sequence[Item], present: Sequence[Item]) -> int:
    """Count the items that two inputs begin with in common."""
    pairs = zip(recorded, present, strict=False)
    return next(
        (n for n, (one, two) in enumerate(pairs) if one != two), min(len(recorded), len(present))
    )


def _item(item: Item) -> str:
    text = json.dumps(item, ensure_ascii=False)
    return text if len(text) <= 3 * _LONGEST_VALUE else f"{text[: 3 * _LONGEST_VALUE - 3]}..."


def _keys(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys([*before, *now]))


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."
