"""Where an agent file says what a contract holds: for messages, `file:line`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from yamlagents.spec.problem import Place, Source
from yamlagents.spec.records import Spec
from yamlagents.spec.sandbox.kinds import CAPABILITY_TOOLS
from yamlagents.spec.text.document import Document
from yamlagents.spec.text.reader import parse

# What the SDK calls tools that the file calls by their kinds.
_NAMES = {"computer_use_preview": "computer"}
_OF_CAPABILITIES = {name for names in CAPABILITY_TOOLS.values() for name in names} | {"load_skill"}


class Places:
    """The places of one agent. What the file no longer says is placed at the agent itself.

    What an overlay that was `chosen` says is placed there.
    """

    def __init__(self, spec: Spec, agent: str) -> None:
        self.agent = agent
        self._team = spec
        self._spec = spec.agents[agent]
        self._documents: dict[str, Document] = {}

    def own(self) -> str:
        """Give the place of the agent's key."""
        return _shown(self._spec.place)

    def model(self) -> str:
        """Give the place of the model's string."""
        return _shown(self._spec.model.place)

    def instructions(self, *texts: str) -> str:
        """Give the place of the instructions, or of what names the file that holds them.

        Where the same is added to in both `texts`, that is the place of the additions.
        """
        own = self._spec.instructions
        keys = ["instructions", "instructions_file", "append_to_instructions"]
        if isinstance(own, str) and all(text.startswith(own) for text in texts):
            keys.reverse()
        places = (self._within(key) for key in keys)
        return next((place for place in places if place is not None), self.own())

    def key(self, name: str) -> str:
        """Give the place of a key of the agent."""
        return self._within(name) or self.own()

    def handoff(self, agent: str, *, described: bool = False) -> str:
        """Give the place of the handoff to the agent of that name.

        If it is `described` otherwise, that is where the description is: perhaps at that agent.
        """
        for handoff in self._spec.handoffs:
            target = self._team.agents[handoff.agent]
            if agent not in (target.name, target.key):
                continue
            if described and "tool_description_override" not in handoff.options:
                said = Places(self._team, target.key)._within("handoff_description")
                return said or _shown(handoff.place)
            return _shown(handoff.place)
        return self.key("handoffs")

    def setting(self, name: str) -> str:
        """Give the place of a model setting, or of a key beside them: the agent's, else another's.

        Its model may say it, or the file for all runs.
        """
        model = self._spec.model
        document = self._document(model.place.source)
        keys = ("models", model.name or "", "settings", name)
        found = (
            self._within("model_settings", name),
            self._overlaid(*keys) or _line(document, keys),
            self._of_runs("model_settings", name),
            self._within(name),
            self.capability("compaction") if name == "capabilities" else None,
        )
        return next((place for place in found if place is not None), self.own())

    def tool(self, name: str) -> str:
        """Give the place of the tool called `name`, or of what it comes from."""
        for tool in self._spec.tools:
            if name in tool.names or _NAMES.get(name) in tool.names:
                return _shown(tool.place)
        sandbox = self._spec.sandbox
        for capability in sandbox.capabilities if sandbox is not None else ():
            if name in capability.names:
                return _shown(capability.place)
        if name in _OF_CAPABILITIES and sandbox is not None:
            return self.sandbox("capabilities")
        # What a server has, or code makes, the file does not name.
        ways = (("mcp_servers",), ("tools",), ("sandbox", "capabilities"))
        places = (self._within(*way) for way in ways)
        return next((place for place in places if place is not None), self.own())

    def sandbox(self, name: str) -> str:
        """Give the place of a key of the agent's sandbox."""
        return self._within("sandbox", name) or self.key("sandbox")

    def capability(self, kind: str) -> str:
        """Give the place of one of the capabilities of the agent's sandbox, or of them all."""
        sandbox = self._spec.sandbox
        if sandbox is not None:
            for capability in sandbox.capabilities:
                if capability.kind == kind:
                    return _shown(capability.place)
        return self.sandbox("capabilities")

    def workspace(self, path: str | None) -> str:
        """Give the place of what the agent's workspace has at `path`, or of all that it has.

        The file may say it for all agents.
        """
        whole = PurePosixPath(path or "")
        entries = [("entries", str(key)) for key in (whole, *whole.parents)]
        of_all = self.of_sandboxes("manifest")
        for way in entries:
            found = (
                self.of_sandboxes("manifest", *way)
                if of_all is not None
                else self._within("sandbox", "default_manifest", *way)
            )
            if found is not None:
                return found
        return of_all or self.sandbox("default_manifest")

    def of_sandboxes(self, *keys: str) -> str | None:
        """Give the place of what the file says of the sandboxes of all agents, if it does."""
        return self._of_runs("sandbox", *keys)

    def _of_runs(self, *keys: str) -> str | None:
        agents = (self._team.agents[self._team.entry], self._spec)
        documents = (self._document(agent.place.source) for agent in agents)
        way = ("run", *keys)
        places = (self._overlaid(*way), *(_line(document, way) for document in documents))
        return next((place for place in places if place is not None), None)

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
        while isinstance(agent, str) and agent in self._team.agents and agent not in seen:
            seen.add(agent)
            document = self._document(self._team.agents[agent].place.source)
            yield agent, document
            agent = document.get("agents", agent, "extends")

    def _overlaid(self, *keys: str) -> str | None:
        """Give the place in the overlay that counts most of those that say something there."""
        lines = (
            _line(self._document(source), ("overlays", name, *keys))
            for name, source in self._team.chosen.overlays
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
