"""A cassette: the recorded exchanges of one case, and the contracts they were recorded under."""

from __future__ import annotations

from pathlib import Path

from yamlagents.runtime.cassettes.exchange import Exchange
from yamlagents.runtime.cassettes.file import read, write
from yamlagents.runtime.cassettes.recording import Recording, ServerTools
from yamlagents.runtime.cassettes.staleness import server_changes


class Cassette:
    """Recorded exchanges in the order in which they were asked for.

    `recorded` tells whether there was a file; `changed` whether `save` has anything new to write.
    `servers` has the tools of MCP servers by their names; `servers_before` those that the file had,
    `servers_seen` those that servers have been found to have now.
    """

    def __init__(
        self, path: Path, recording: Recording | None = None, *, recorded: bool = False
    ) -> None:
        self.path = path
        self.recorded = recorded
        self.changed = False
        given = recording if recording is not None else Recording()
        self.servers = dict(given.servers)
        self.servers_before = dict(given.servers)
        self.servers_seen: dict[str, ServerTools] = {}
        self._exchanges = {exchange.hash: exchange for exchange in given.exchanges}
        self._used: set[str] = set()

    @classmethod
    def load(cls, path: Path) -> Cassette:
        """Read the cassette at `path`; an empty one if there is no such file.

        Raises `RunError` (code "cassette-unreadable", exit 8) for a file that is none. To record
        everything anew, make an empty one: `Cassette(path)`.
        """
        found = read(path)
        return cls(path, found, recorded=found is not None)

    def save(self) -> None:
        """Write the file, and its folder; an exchange that is under way is left out.

        Raises `RunError` (code "cassette-unwritable", exit 2) if that is not possible.
        """
        done = [exchange for exchange in self._exchanges.values() if exchange.over]
        write(self.path, Recording(done, self.servers))
        self.recorded, self.changed = True, False

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """All exchanges, in order."""
        return tuple(self._exchanges.values())

    @property
    def unused(self) -> tuple[Exchange, ...]:
        """The exchanges that nobody has asked for since the cassette was loaded."""
        return tuple(found for key, found in self._exchanges.items() if key not in self._used)

    def prune(self) -> int:
        """Drop the exchanges that are unused; gives their number."""
        unused = self.unused
        self._exchanges = {
            key: self._exchanges[key] for key in self._exchanges if key in self._used
        }
        self.changed = self.changed or bool(unused)
        return len(unused)

    def clear(self) -> None:
        """Forget everything."""
        self._exchanges.clear()
        self.servers.clear()
        self._used.clear()

    @property
    def news(self) -> tuple[str, ...]:
        """What servers that were started now say otherwise than the file that was read."""
        known, seen = self.servers_before, self.servers_seen
        found = ((name, known[name], tools) for name, tools in seen.items() if name in known)
        return tuple(news for one in found for news in server_changes(*one))

    def find(self, hash_: str) -> Exchange | None:
        """Give the exchange with this hash, if it is over."""
        found = self._exchanges.get(hash_)
        return found if found is not None and found.over else None

    def use(self, exchange: Exchange) -> None:
        """Take note that `exchange` was asked for."""
        self._used.add(exchange.hash)

    def begin(self, exchange: Exchange) -> None:
        """Keep a place for `exchange`, whose request is under way, in the order of requests."""
        self._exchanges.pop(exchange.hash, None)
        self._exchanges[exchange.hash] = exchange
        self._used.add(exchange.hash)

    def abandon(self, exchange: Exchange) -> None:
        """Give up the place of an exchange whose request failed."""
        self._exchanges.pop(exchange.hash, None)
        self._used.discard(exchange.hash)

    def number(self, exchange: Exchange) -> int:
        """Give the place of `exchange` in the file, counted from 1."""
        return list(self._exchanges).index(exchange.hash) + 1
