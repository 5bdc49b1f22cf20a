"""Collections in memory, with what the SDK's `MongoDBSession` asks of them to read and to add."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Document = dict[str, Any]


class Found:
    """Documents that were found, as a cursor gives them."""

    def __init__(self, documents: list[Document]) -> None:
        self._documents = documents

    def sort(self, key: str, direction: int) -> Found:
        return Found(sorted(self._documents, key=lambda d: d[key], reverse=direction < 0))

    def limit(self, number: int) -> Found:
        return Found(self._documents[:number])

    async def to_list(self) -> list[Document]:
        return [dict(document) for document in self._documents]


class AsyncCollection(Generic[Item]):
    """Documents of one kind."""

    def __init__(self) -> None:
        self.documents: list[Document] = []

    def with_options(self, **options: Any) -> AsyncCollection[Item]:
        return self

    async def create_index(self, *args: Any, **options: Any) -> None:
        """Nothing: there is no need of one."""

    async def insert_one(self, document: Document) -> None:
        self.documents.append(document)

    def find(self, query: Document) -> Found:
        return Found([d for d in self.documents if _fits(d, query)])

    async def find_one_and_update(
        self, query: Document, update: dict[str, Document], **options: Any
    ) -> Document:
        found = next((d for d in self.documents if _fits(d, query)), None)
        if found is None:
            found = {}
            self.documents.append(found)
            found.update(update["$setOnInsert"])
        found.update(update["$set"])
        for key, number in update["$inc"].items():
            found[key] = found.get(key, 0) + number
        return dict(found)


def _fits(document: Document, query: Document) -> bool:
    return all(
        document.get(key) in wanted["$in"] if isinstance(wanted, dict) else document[key] == wanted
        for key, wanted in query.items()
    )
