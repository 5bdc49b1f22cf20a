"""From the text of a cassette to its exchanges: every part is checked, and has its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml

from yamlagents.runtime.cassettes.contract import Contract
from yamlagents.runtime.cassettes.error import KINDS
from yamlagents.runtime.cassettes.exchange import (
    Exchange,
    Failed,
    Request,
    ToolResult,
    conversation,
)
from yamlagents.runtime.cassettes.items import Item, wrong_item
from yamlagents.runtime.cassettes.plain import BOUNDS, Plain, Unreadable
from yamlagents.runtime.cassettes.recording import Recording, ServerTools, listed
from yamlagents.runtime.cassettes.text import VERSION
from yamlagents.spec.problem import Source, suggestion
from yamlagents.spec.text.document import Document
from yamlagents.spec.text.reader import Refused, compose

_Keys = tuple[str | int, ...]
_NONE = frozenset[str]()
_TOP = frozenset(("version", "agents", "exchanges"))
_CONTRACT: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("model", "instructions"), (str,)),
    **dict.fromkeys(("prompt", "settings", "tools", "handoffs"), (dict,)),
    "output": (dict, bool),
}
_ENTRY: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("agent", "contract", "hash", "model"), (str,)),
    **dict.fromkeys(("exchange", "continues", "occurrence"), (int,)),
    **dict.fromkeys(("input", "response", "tools", "failed"), (list,)),
    **dict.fromkeys(("usage", "cost", "error"), (dict,)),
}
_REQUIRED = frozenset(("exchange", "agent", "input", "hash"))
_COST: Mapping[str, tuple[type, ...]] = {"usd": (int, float), "reason": (str,)}
_ERROR: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("kind", "name", "code", "problem", "text"), (str,)),
    "status": (int,),
}
_FAILED: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("model", "code", "reason"), (str,)),
    "asked": (bool,),
    "error": (dict,),
}
_ANY: tuple[type, ...] = (object,)
_RESULT: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("id", "name", "error"), (str,)),
    **dict.fromkeys(("arguments", "output"), _ANY),
}
_NOUNS: Mapping[type, str] = {
    **{str: "text", dict: "a mapping", list: "a list"},
    **{int: "a whole number", float: "a number", bool: "true or false"},
}


def recording_in(content: bytes, name: str) -> Recording:
    """Read the cassette called `name` in messages. Raises `Unreadable`, and nothing else."""
    try:
        source, node = compose(content, name, BOUNDS)
    except Refused as refused:
        raise Unreadable(str(refused.problem.place), refused.problem.message) from refused
    return _Reading(source, node).recording()


class _Reading:
    """One cassette while it is read."""

    def __init__(self, source: Source, node: yaml.Node) -> None:
        data = Plain(source).data(node, 1)
        self._document = Document(source, Path(), data, node=node)
        self._contracts: dict[str, Contract] = {}
        self._read: list[Exchange] = []
        self._hashes: set[str] = set()

    def recording(self) -> Recording:
        """Give the exchanges in order, and the tools of servers."""
        data = self._document.data
        self._mapping(data, {**dict.fromkeys((*_TOP, "servers"), _ANY)}, _TOP)
        if data["version"] != VERSION or isinstance(data["version"], bool):
            said = f"version {data['version']!r} is not known; this release reads {VERSION}"
            self._fail(said, "version")
        self._expect(data["agents"], (dict,), "agents")
        for name, parts in data["agents"].items():
            self._contracts[name] = self._contract(parts, "agents", name)
        self._expect(data["exchanges"], (list,), "exchanges")
        for index, entry in enumerate(data["exchanges"]):
            self._read.append(self._exchange(entry, "exchanges", index))
        servers = data.get("servers", {})
        self._expect(servers, (dict,), "servers")
        known = {name: self._server(servers[name], "servers", name) for name in servers}
        return Recording(self._read, known)

    def _server(self, tools: Any, *at: str) -> ServerTools:
        self._expect({} if tools is None else tools, (dict,), *at)
        for tool, parts in (tools or {}).items():
            self._expect(parts, (dict,), *at, tool)
            self._expect(parts.get("inputSchema"), (dict,), *at, tool)
        return listed(tools)

    def _contract(self, parts: Any, *at: str | int) -> Contract:
        self._mapping(parts, _CONTRACT, frozenset(("model",)), *at)
        for group in ("tools", "handoffs"):
            for name, schema in parts.get(group, {}).items():
                self._expect(schema, (dict,), *at, group, name)
        return Contract(**parts)

    def _exchange(self, entry: Any, *at: str | int) -> Exchange:
        self._mapping(entry, _ENTRY, _REQUIRED, *at)
        number = len(self._read) + 1
        if entry["exchange"] != number:
            self._fail(f"exchange {entry['exchange']} stands where {number} should", *at)
        known = self._continued(entry, *at)
        contract = entry.get("contract", entry["agent"])
        if contract not in self._contracts:
            self._fail(f"'{contract}' is not among the agents of this cassette", *at, "agent")
        if entry["hash"] in self._hashes:
            self._fail("this exchange is in the cassette twice", *at, "hash")
        self._hashes.add(entry["hash"])
        self._items(entry["input"], False, *at, "input")
        self._items(entry.get("response", ()), True, *at, "response")
        self._outcome(entry, *at)
        cost = entry.get("cost", {})
        self._mapping(cost, _COST, _NONE, *at, "cost")
        usage = entry.get("usage", {})
        for name, count in usage.items():
            self._expect(count, (int,), *at, "usage", name)
        return Exchange(
            Request(entry["agent"], self._contracts[contract], (*known, *entry["input"])),
            entry.get("occurrence", 1),
            entry["hash"],
            tuple(entry["response"]) if "response" in entry else None,
            usage,
            (cost.get("usd"), cost.get("reason")),
            self._results(entry.get("tools", ()), *at, "tools"),
            entry.get("error"),
            entry.get("model"),
            self._failed(entry, *at),
        )

    def _failed(self, entry: Mapping[str, Any], *at: str | int) -> tuple[Failed, ...]:
        given = entry.get("failed", [])
        if bool(given) is not ("model" in entry):
            self._fail("'model' is the one that was asked after those in 'failed'", *at)
        for index, data in enumerate(given):
            here = (*at, "failed", index)
            self._mapping(data, _FAILED, frozenset(("model", "code", "reason")), *here)
            if "error" in data:
                self._error(data["error"], *here, "error")
            elif "error" in entry:
                self._fail("'error' is missing", *here)
        return tuple(Failed(**data) for data in given)

    def _continued(self, entry: Mapping[str, Any], *at: str | int) -> Sequence[Item]:
        number = entry.get("continues")
        if number is None:
            return ()
        if not 0 < number <= len(self._read):
            self._fail(f"there is no exchange {number} before this one", *at, "continues")
        return conversation(self._read[number - 1])

    def _outcome(self, entry: Mapping[str, Any], *at: str | int) -> None:
        if ("response" in entry) is ("error" in entry):
            self._fail("an exchange has a response, or else an error", *at)
        if "error" in entry:
            self._error(entry["error"], *at, "error")

    def _error(self, error: Mapping[str, Any], *at: str | int) -> None:
        self._mapping(error, _ERROR, _NONE, *at)
        named = "code" in error or "problem" in error
        if not named and error.get("kind") not in KINDS:
            self._fail("this kind of error is not known", *at, "kind")

    def _items(self, items: Sequence[Any], said: bool, *at: str | int) -> None:
        for index, item in enumerate(items):
            self._expect(item, (dict,), *at, index)
            wrong = wrong_item(item, said=said)
            if wrong is not None:
                self._fail(wrong, *at, index)

    def _results(self, results: Sequence[Any], *at: str | int) -> dict[str, ToolResult]:
        read: dict[str, ToolResult] = {}
        for index, data in enumerate(results):
            self._mapping(data, _RESULT, frozenset(("id", "name", "arguments")), *at, index)
            read[data["id"]] = ToolResult(
                name=data["name"],
                arguments=data["arguments"],
                output=data.get("output"),
                error=data.get("error"),
                raised="output" not in data,
            )
        return read

    def _mapping(
        self,
        data: Any,
        known: Mapping[str, tuple[type, ...]],
        required: frozenset[str],
        *at: str | int,
    ) -> None:
        self._expect(data, (dict,), *at)
        for key, value in data.items():
            if key not in known:
                self._fail(f"'{key}' is unknown here{suggestion(key, known)}", *at, key)
            self._expect(value, known[key], *at, key)
        missing = required - data.keys()
        if missing:
            self._fail(f"'{min(missing)}' is missing", *at)

    def _expect(self, value: Any, kinds: tuple[type, ...], *at: str | int) -> None:
        wrong = isinstance(value, bool) and bool not in kinds and kinds != _ANY
        if wrong or not isinstance(value, kinds):
            what = f"'{at[-1]}'" if at and isinstance(at[-1], str) else "this"
            self._fail(f"{what} is not {_NOUNS[kinds[-1 if float in kinds else 0]]}", *at)

    def _fail(self, reason: str, *at: str | int) -> NoReturn:
        raise Unreadable(str(self._document.place(*at)), reason)
