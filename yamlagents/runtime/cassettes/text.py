"""Cassettes as YAML that a reviewer can read: contracts first, then one exchange after another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from yamlagents.runtime.cassettes.contract import Contract
from yamlagents.runtime.cassettes.exchange import (
    Exchange,
    Failed,
    Request,
    ToolResult,
    conversation,
)
from yamlagents.runtime.cassettes.items import Item
from yamlagents.runtime.cassettes.recording import Recording, by_name
from yamlagents.spec.text.scalars import is_text

VERSION = 1

_HEAD = """\
# Recorded by yamlagents. Not meant to be edited: record it anew.
"""


def text_of(recording: Recording) -> str:
    """Give the text of a cassette."""
    exchanges = recording.exchanges
    servers = {name: by_name(tools) for name, tools in recording.servers.items()}
    contracts = _named_contracts(exchanges)
    data = {
        "version": VERSION,
        "agents": {name: contract.data for name, contract in contracts.items()},
        **({"servers": servers} if servers else {}),
        "exchanges": list(_entries(exchanges, contracts)),
    }
    return _HEAD + yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, indent=2
    )


def _named_contracts(exchanges: Sequence[Exchange]) -> dict[str, Contract]:
    """Name the contracts after their agents; `weather#2` is a second one of `weather`."""
    named: dict[str, Contract] = {}
    for exchange in exchanges:
        agent, contract = exchange.request.agent, exchange.request.contract
        if contract in _of(agent, named):
            continue
        count = len(_of(agent, named)) + 1
        named[agent if count == 1 else f"{agent}#{count}"] = contract
    return named


def _of(agent: str, named: Mapping[str, Contract]) -> list[Contract]:
    return [contract for name, contract in named.items() if name.partition("#")[0] == agent]


def _entries(
    exchanges: Sequence[Exchange], contracts: Mapping[str, Contract]
) -> Iterator[dict[str, Any]]:
    conversations: list[list[Item]] = []
    for number, exchange in enumerate(exchanges, start=1):
        entry: dict[str, Any] = {"exchange": number, "agent": exchange.request.agent}
        name = _name(exchange.request, contracts)
        if name != exchange.request.agent:
            entry["contract"] = name
        before = _continued(exchange, conversations)
        if before:
            entry["continues"] = before
        known = len(conversations[before - 1]) if before else 0
        entry["input"] = list(exchange.request.input[known:])
        if exchange.model is not None:
            entry["failed"] = [_failed_data(failed) for failed in exchange.failed]
            entry["model"] = exchange.model
        if exchange.error is not None:
            entry["error"] = dict(exchange.error)
        else:
            entry["response"] = list(exchange.response or ())
        entry |= _measures(exchange)
        if exchange.results:
            entry["tools"] = _ordered_results(exchange)
        if exchange.occurrence > 1:
            entry["occurrence"] = exchange.occurrence
        conversations.append(conversation(exchange))
        yield {**entry, "hash": exchange.hash}


def _name(request: Request, contracts: Mapping[str, Contract]) -> str:
    same = (name for name, contract in contracts.items() if contract == request.contract)
    return next(name for name in same if name.partition("#")[0] == request.agent)


def _continued(exchange: Exchange, conversations: Sequence[list[Item]]) -> int:
    """Give the number of the exchange whose conversation this one goes on with; 0 for none."""
    given = list(exchange.request.input)
    best, length = 0, 0
    for number, before in enumerate(conversations, start=1):
        if len(before) >= max(length, 1) and given[: len(before)] == before:
            best, length = number, len(before)
    return best


def _measures(exchange: Exchange) -> dict[str, Any]:
    usd, reason = exchange.cost
    cost = {"usd": usd} if usd is not None else {"reason": reason} if reason is not None else {}
    parts = {"usage": dict(exchange.usage), "cost": cost}
    return {name: value for name, value in parts.items() if value}


def _ordered_results(exchange: Exchange) -> list[dict[str, Any]]:
    """Give results in the order of their calls: tools that run at once end in any order."""
    order = [str(item.get("id")) for item in exchange.response or () if "call" in item]
    known = sorted(exchange.results, key=lambda id_: order.index(id_) if id_ in order else 0)
    return [{"id": id_, **_result_data(exchange.results[id_])} for id_ in known]


def _result_data(result: ToolResult) -> dict[str, Any]:
    data: dict[str, Any] = {"name": result.name, "arguments": result.arguments}
    if not result.raised:
        data["output"] = result.output
    return data if result.error is None else {**data, "error": result.error}


def _failed_data(failed: Failed) -> dict[str, Any]:
    data: dict[str, Any] = {"model": failed.model, "code": failed.code, "reason": failed.reason}
    if not failed.asked:
        data["asked"] = False
    return data if failed.error is None else {**data, "error": dict(failed.error)}


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and everything in full."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


# A block can hold these only with marks that are hard to read.
_NO_BLOCK = re.compile(r"^[ \n]|[ \t]\n|[ \t]$")
# PyYAML writes some of these as they are, and takes them for ends of lines when it reads.
_ESCAPED = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = None
    if _ESCAPED.search(text):
        style = '"'
    elif "\n" in text.rstrip("\n") and not _NO_BLOCK.search(text):
        style = "|"
    elif not is_text(text):
        # PyYAML goes by YAML 1.1, where some of what is a number now is still text.
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.Node:
    flat = not any(isinstance(item, dict | list) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=flat)


def _mapping(dumper: yaml.SafeDumper, data: dict[str, Any]) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=not data)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(dict, _mapping)
