"""Why a cassette has no answer, in words: what was never recorded, and what changed since."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Set
from functools import lru_cache
from typing import Any

from agents import AgentsException

from yamlagents.result import RunError
from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.exchange import Exchange, Request
from yamlagents.runtime.cassettes.places import Places
from yamlagents.runtime.cassettes.staleness import contract_changes, input_change, shared
from yamlagents.runtime.redaction import REDACTED
from yamlagents.spec.attachments import name_of
from yamlagents.spec.cases.records import CaseSpec
from yamlagents.spec.project import shown_name
from yamlagents.spec.records import Spec

STALE = 8


class Miss(RunError, AgentsException):
    """A request or tool call without a recording.

    It is one of the SDK's exceptions too, or the SDK would take it for a tool's failure.
    """


class Misses:
    """Explains what `cassette` lacks for the agents of `spec`."""

    def __init__(self, spec: Spec, cassette: Cassette, case: str | None) -> None:
        self._spec = spec
        self._cassette = cassette
        self._name = shown_name(cassette.path)
        self._case = case

    def request(self, request: Request, occurrence: int, asked: Set[str]) -> Miss:
        """Explain a request; `asked` are the hashes of exchanges that were replayed before it."""
        if not self._cassette.recorded:
            return self._error("cassette-miss", f"there is no cassette {self._name}")
        known = [e for e in self._recorded() if e.request.agent == request.agent]
        if not known:
            message = f"no exchange of `{request.agent}` is recorded in {self._name}"
            return self._error("cassette-miss", message)
        if occurrence > 1:
            times = "once" if occurrence == 2 else f"{occurrence - 1} times"
            message = f"{self._name} has the same request of `{request.agent}` only {times}"
            return self._error("cassette-miss", f"{message}, and it was made once more")
        return self._stale(request, known, asked)

    def _stale(self, request: Request, known: list[Exchange], asked: Set[str]) -> Miss:
        waiting = [exchange for exchange in known if exchange.hash not in asked]
        nearest = max(waiting or known, key=lambda found: _likeness(found.request, request))
        places = Places(self._spec, request.agent)
        changes = contract_changes(nearest.request.contract, request.contract, places)
        if not changes and nearest.request.input != request.input:
            attached = [name for case in self._cases() for name in map(name_of, case.attachments)]
            inputs = (nearest.request.input, request.input)
            changes = [input_change(*inputs, request.agent, attached)]
        said = "\n".join(changes) or "its hash is not that of its request, so it was edited"
        number = self._cassette.number(nearest)
        return self._error("cassette-stale", f"exchange {number} of {self._name} is stale: {said}")

    def tool(self, exchange: Exchange | None, agent: str, name: str, arguments: Any) -> Miss:
        """Explain a tool call."""
        where = self._name
        if exchange is not None:
            where = f"exchange {self._cassette.number(exchange)} of {where}"
        call = f"{name}({json.dumps(arguments, ensure_ascii=False)})"
        return self._error("cassette-miss", f"{where} has no result of {call} of `{agent}`")

    def fallback(self, exchange: Exchange) -> Miss:
        """Explain an exchange in which another model was asked than its agent has now."""
        agent = self._spec.agents[exchange.request.agent]
        known = [model.model for model in agent.model.line]
        asked = [*(failed.model for failed in exchange.failed), str(exchange.model)]
        gone = next(name for name in asked if name not in known)
        where = f"exchange {self._cassette.number(exchange)} of {self._name} is stale"
        place = Places(self._spec, agent.key).model()
        message = f"{where}: `{agent.key}` does not fall back to {gone} any more at {place}"
        return self._error("cassette-stale", message)

    def server(self, name: str) -> Miss:
        """Explain an MCP server whose tools are not known."""
        if not self._cassette.recorded:
            return self._error("cassette-miss", f"there is no cassette {self._name}")
        place = self._spec.mcp_servers[name].place
        where = f"{place.file}:{place.line}"
        message = f"{self._name} does not have the tools of the MCP server '{name}' ({where})"
        return self._error("cassette-miss", message)

    def behind_redaction(self, request: Request, asked: Set[str]) -> Exchange | None:
        """Give an exchange that differs from `request` only where a secret was taken out.

        A secret that was known when recording may be unknown now, or the other way round: then
        one has it in plain text where the other has `<redacted>`.
        """
        text = _text(request)
        for exchange in self._recorded():
            if exchange.request.agent == request.agent and exchange.hash not in asked:
                recorded = _text(exchange.request)
                if _fits(recorded, text) or _fits(text, recorded):
                    return exchange
        return None

    def _cases(self) -> Iterator[CaseSpec]:
        return (case for case in self._spec.tests if case.name == self._case)

    def _recorded(self) -> list[Exchange]:
        return [found for found in self._cassette.exchanges if found.over]

    def _error(self, code: str, message: str) -> Miss:
        file = shown_name(self._spec.file)
        only = f" -k {_quoted(self._case)}" if self._case is not None else ""
        case = f"the case '{self._case}': " if self._case is not None else ""
        words = "".join(f" {_plain(word)}" for word in self._spec.chosen.words)
        hint = f"record it anew: yamlagents test {file}{only}{words} --record"
        return Miss(code, f"{case}{message}", exit=STALE, hint=hint)


def _plain(word: str) -> str:
    return word if re.fullmatch(r"[\w@%+=:,./-]+", word) else _quoted(word)


def _quoted(name: str) -> str:
    return '"' + re.sub(r'(["\\$`])', r"\\\1", name) + '"'


def _likeness(one: Request, other: Request) -> tuple[int, int]:
    same_contract = one.contract == other.contract
    return shared(one.input, other.input), int(same_contract)


def _text(request: Request) -> str:
    data = [request.contract.data, request.input]
    return json.dumps(data, sort_keys=True, ensure_ascii=False)


# A word of JSON text, no more: a change beside a secret must not pass for a part of it.
_SECRET = rf"(?:{REDACTED}|(?:(?!{REDACTED})(?:[^\"\\\s]|\\.)){{6,}}?)"


def _fits(redacted: str, text: str) -> bool:
    return REDACTED in redacted and _pattern(redacted).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _pattern(recorded: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in recorded.split(REDACTED))
    return re.compile(_SECRET.join(parts))
