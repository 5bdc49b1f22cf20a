"""A client of databases in memory: the same ones for each client of an address."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Generic, TypeVar

from pymongo.asynchronous.collection import AsyncCollection

Item = TypeVar("Item")
Database = defaultdict[str, AsyncCollection[Any]]
SERVERS: dict[str, defaultdict[str, Database]] = {}


class AsyncMongoClient(Generic[Item]):
    def __init__(self, address: str, **options: Any) -> None:
        made = defaultdict(lambda: defaultdict(AsyncCollection))
        self._databases = SERVERS.setdefault(address, made)

    def append_metadata(self, driver: Any) -> None:
        """Nothing: there is no server to tell."""

    def __getitem__(self, name: str) -> Database:
        return self._databases[name]

    async def close(self) -> None:
        """Nothing: there is no connection."""
