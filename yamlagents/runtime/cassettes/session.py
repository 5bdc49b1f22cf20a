"""One use of a cassette by one team: what was asked for, and what may be recorded."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.runtime.cassettes.contract import Contract
from yamlagents.runtime.cassettes.exchange import (
    Exchange,
    Failed,
    Request,
    ToolResult,
    exchange_hash,
)
from yamlagents.runtime.cassettes.guards import Guards
from yamlagents.runtime.cassettes.items import Item, asks, fits, id_of, is_for_here
from yamlagents.runtime.cassettes.misses import Miss, Misses
from yamlagents.runtime.cassettes.recording import ServerTools
from yamlagents.runtime.cassettes.tool import Call
from yamlagents.runtime.failures import why
from yamlagents.runtime.redaction import Redaction
from yamlagents.sdk.local import LocalCall
from yamlagents.sdk.models.attempts import Tried, was_asked
from yamlagents.sdk.team import Team
from yamlagents.spec.records import Spec

Mode = Literal["none", "once", "new", "all"]


class Session:
    """One use of a cassette by one team: which exchanges were asked for, by equal requests too."""

    def __init__(
        self,
        team: Team,
        cassette: Cassette,
        mode: Mode,
        case: str | None,
        secrets: Iterable[Spec] = (),
    ) -> None:
        if mode == "all":
            cassette.clear()
        self.redact = Redaction((team.spec, *secrets))
        self.guards = Guards()
        self._team = team
        self._cassette = cassette
        self.records = mode in ("new", "all") or (mode == "once" and not cassette.recorded)
        self._misses = Misses(team.spec, cassette, case)
        # Of each request, the occurrences that are taken.
        self._taken: defaultdict[str, set[int]] = defaultdict(set)
        self._asked: set[str] = set()
        # The requests that failed while they were recorded.
        self._failed: set[str] = set()
        # By the id of a call, the exchanges that made it and whose tool has not run yet.
        self._calls: defaultdict[str, list[Exchange]] = defaultdict(list)
        # Calls of tools that the project's code carries out here, by the reply that made them.
        self._here: list[tuple[int, Exchange, Item]] = []
        self._missed: Miss | None = None
        self._contracts: dict[str, Contract] = {}

    def contract(self, data: dict[str, Any]) -> Contract:
        """Give the contract of a request, without secrets."""
        # An agent's is the same in nearly all of its requests, and redacting it takes long.
        known = json.dumps(data, sort_keys=True)
        if known not in self._contracts:
            self._contracts[known] = Contract(**self.redact(data))
        return self._contracts[known]

    def find(self, request: Request) -> Exchange | None:
        """Give the recorded exchange for `request`, which is then taken; None if there is none.

        Raises the `Miss` of a tool that did not end the run, and one for an exchange in which a
        model was asked that its agent does not have any more.
        """
        if self._missed is not None:
            missed, self._missed = self._missed, None
            raise missed
        occurrence = self._occurrence(request)
        exchange = self._cassette.find(exchange_hash(request, occurrence))
        if exchange is not None and exchange.hash in self._failed:
            return None  # it is tried again
        if exchange is not None and not self._has_models(request.agent, exchange):
            if not self.records:
                raise self._misses.fallback(exchange)
            return None
        if exchange is not None and exchange.error is None:
            self._taken[request.digest].add(occurrence)
        elif exchange is None:
            exchange = self._misses.behind_redaction(request, self._asked)
        if exchange is not None:
            self._asked.add(exchange.hash)
            self._cassette.use(exchange)
        return exchange

    def begin(self, request: Request) -> Exchange:
        """Start recording `request`; a `Miss` if this session does not record."""
        occurrence = self._occurrence(request)
        if not self.records:
            raise self._misses.request(request, occurrence, self._asked)
        self._taken[request.digest].add(occurrence)
        exchange = Exchange(request, occurrence, exchange_hash(request, occurrence))
        self._failed.discard(exchange.hash)
        self._asked.add(exchange.hash)
        self._cassette.begin(exchange)
        return exchange

    def end(self, exchange: Exchange) -> None:
        """Finish recording: what is not over by now is given up."""
        if exchange.response is None:
            # The request may be tried again, as the same occurrence.
            self._taken[exchange.request.digest].discard(exchange.occurrence)
            self._failed.add(exchange.hash)
        if exchange.over:
            self._cassette.changed = True
        else:
            self._asked.discard(exchange.hash)
            self._cassette.abandon(exchange)

    def answered(self, exchange: Exchange) -> None:
        """Take note of the calls that a response makes: their results belong to it."""
        number = self._here[-1][0] + 1 if self._here else 0
        for item in exchange.response or ():
            if "call" in item:
                self._calls[str(item["id"])].append(exchange)
            if is_for_here(item):
                self._here.append((number, exchange, item))

    def failed(self, agent: str, tried: Tried) -> tuple[Failed, ...]:
        """Give what is kept of models that failed while `agent` was at work."""
        name = self._team.spec.agents[agent].name
        told = (
            Failed(model.model, *why(error, self._team.spec, name, model), asked=was_asked(error))
            for model, error in tried
        )
        return tuple(replace(one, reason=self.redact(one.reason)) for one in told)

    def claim(self, call: Call) -> Exchange | None:
        """Give the exchange that made a call, to each call its own: some servers repeat ids."""
        made = {"call": call.name, "arguments": call.arguments, "id": call.id}
        waiting = self._calls[call.id]
        for exchange in reversed(waiting):
            if exchange.request.agent == call.agent and made in (exchange.response or ()):
                waiting.remove(exchange)
                return exchange
        return None

    def claim_local(self, agent: str, asked: LocalCall) -> tuple[Call, Exchange | None]:
        """Give the call that a local tool was asked by, and the exchange that made it.

        Where its id is not told, that is the first one like it of the latest reply.
        """
        mine = [entry for entry in self._here if entry[1].request.agent == agent]
        for entry in sorted(mine, key=lambda entry: -entry[0]):
            if fits(entry[2], asked, self.redact(asked.asked)):
                self._here.remove(entry)
                return Call(agent, id_of(entry[2]), asked.name, asks(entry[2])), entry[1]
        return Call(agent, asked.id or "", asked.name, self.redact(asked.asked)), None

    def record_result(self, call: Call, exchange: Exchange | None, result: ToolResult) -> None:
        """Keep the result of a call, unless there is one or this session does not record."""
        if self.records and exchange is not None and call.id not in exchange.results:
            exchange.results[call.id] = result
            self._cassette.changed = True

    def tools_of(self, server: str) -> ServerTools:
        """Give the recorded tools of an MCP server; None where they may be recorded now.

        Raises a `Miss` unless this session records, and `ConnectionError` for a server that did not
        start when it was recorded.
        """
        if server not in self._cassette.servers:
            if not self.records:
                raise self._misses.server(server)
            return None
        tools = self._cassette.servers[server]
        if tools is None:
            raise ConnectionError("it did not start when this was recorded")
        return tools

    def record_tools(self, server: str, tools: ServerTools) -> None:
        """Keep the tools of an MCP server, unless they are known or nothing is recorded."""
        if not self.records:
            return
        present = self._cassette.servers_seen[server] = self.redact(tools)
        if server not in self._cassette.servers:
            self._cassette.servers[server] = present
            self._cassette.changed = True

    def require_recording(
        self, call: Call, exchange: Exchange | None, *, again: bool = False
    ) -> None:
        """Raise a `Miss` for a tool call without a result, unless this session records.

        With `again` the next request raises it as well: the SDK may take it for a tool's failure.
        """
        if not self.records:
            missed = self._misses.tool(exchange, call.agent, call.name, call.arguments)
            self._missed = missed if again else None
            raise missed

    def _has_models(self, agent: str, exchange: Exchange) -> bool:
        line = [model.model for model in self._team.spec.agents[agent].model.line]
        asked = [*(failed.model for failed in exchange.failed), exchange.model or line[0]]
        return set(asked) <= set(line)

    def _occurrence(self, request: Request) -> int:
        taken = self._taken[request.digest]
        return next(number for number in range(1, len(taken) + 2) if number not in taken)
