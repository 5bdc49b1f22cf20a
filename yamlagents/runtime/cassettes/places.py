"""Where an agent file says what a contract holds: for messages, `file:line`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yamlagents.spec.problem import Place, Source
from yamlagents.spec.records import Spec
from yamlagents.spec.text.document import Document
from yamlagents.spec.text.reader import parse


class Places:
    """The places of one agent. What the file no longer says is placed at the agent itself.

    What an overlay that was `chosen` says is placed there.
    """

    def __init__(self, spec: Spec, agent: str) -> None:
        self.agent = agent
        self._agents = spec.agents
        self._spec = spec.agents[agent]
        self._overlays = spec.chosen.overlays
        self._documents: dict[str, Document] = {}

    def own(self) -> str:
        """Give the place of the agent's key."""
        return _shown(self._spec.place)

    def model(self) -> str:
        """Give the place of the model's string."""
        return _shown(self._spec.model.place)

    def instructions(self) -> str:
        """Give the place of the instructions, or of the file that holds them."""
        keys = ("instructions", "instructions_file", "append_to_instructions")
        places = (self._within(key) for key in keys)
        return next((place for place in places if place is not None), self.own())

    def handoffs(self) -> str:
        """Give the place of the list of handoffs."""
        return self._within("handoffs") or self.own()

    def setting(self, name: str) -> str:
        """Give the place of a model setting: the agent's own, else its model's."""
        model = self._spec.model
        document = self._document(model.place.source)
        keys = ("models", model.name or "", "settings", name)
        shared = self._overlaid(*keys) or _line(document, keys)
        return self._within("model_settings", name) or shared or self.own()

    def tool(self, name: str) -> str:
        """Give the place of the tool called `name`."""
        for tool in self._spec.tools:
            if name in tool.names:
                return _shown(tool.place)
        return self._within("tools") or self.own()

    def _within(self, *keys: str) -> str | None:
        for agent, document in self._lineage():
            way = ("agents", agent, *keys)
            line = self._overlaid(*way) or _line(document, way)
            if line is not None:
                return line
        return None

    def _lineage(self) -> Iterator[tuple[str, Document]]:
        """Give the agent and those it extends, each with its file."""
        seen: set[str] = set()
        agent: Any = self.agent
        while isinstance(agent, str) and agent in self._agents and agent not in seen:
            seen.add(agent)
            document = self._document(self._agents[agent].place.source)
            yield agent, document
            agent = document.get("agents", agent, "extends")

    def _overlaid(self, *keys: str) -> str | None:
        """Give the place in the overlay that counts most of those that say something there."""
        lines = (
            _line(self._document(source), ("overlays", name, *keys))
            for name, source in self._overlays
        )
        return next((line for line in lines if line is not None), None)

    def _document(self, source: Source) -> Document:
        if source.name not in self._documents:
            text = source.text.encode()
            self._documents[source.name] = parse(
                text, source.name, Path(), environ={}, unset="note"
            )
        return self._documents[source.name]


def _line(document: Document, keys: tuple[str, ...]) -> str | None:
    parent = document.get(*keys[:-1])
    if not isinstance(parent, dict) or keys[-1] not in parent:
        return None
    return _shown(document.key_place(*keys))


def _shown(place: Place) -> str:
    return f"{place.file}:{place.line}"
