"""What names mean across a file and its includes, and what an agent is once it extends another."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yamlagents.spec.problem import Place, Problem, shortened, suggestion
from yamlagents.spec.project import Project
from yamlagents.spec.reuse.merging import EXCLUSIVE, WHOLE, are_merged, kept, merged, moved
from yamlagents.spec.text.document import Document, Keys, Moved
from yamlagents.spec.variables import Params, Unset

# An agent's own: never taken over from the agent it extends.
_NOT_INHERITED = ("extends", "name")
# The sections of a file whose keys are names, each with what such a name is of.
_SECTIONS = {
    "agents": "agent",
    "models": "model",
    "providers": "provider",
    "tools": "tool group",
    "params": "param",
    "mcp_servers": "MCP server",
}


@dataclass(frozen=True)
class Field:
    """A value with the document and the keys it was written at."""

    document: Document
    keys: Keys
    value: Any

    @property
    def place(self) -> Place:
        return self.document.place(*self.keys)

    @property
    def key_place(self) -> Place:
        return self.document.key_place(*self.keys)

    @property
    def folder(self) -> Path:
        """Where relative paths in the value start: at the file that it is written in."""
        return self.document.home(*self.keys).folder

    @property
    def text(self) -> str | None:
        """The value if it is text, and hangs on no unset variable."""
        known = isinstance(self.value, str) and not isinstance(self.value, Unset)
        return self.value if known else None

    def part(self, key: str) -> Field:
        """Give what stands at `key` of a mapping; None is the value of what is not there."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Field(self.document, (*self.keys, key), value)

    def items(self) -> Iterator[Field]:
        """Give the items of a list; nothing for anything else."""
        for index, item in enumerate(self.value if isinstance(self.value, list) else ()):
            yield Field(self.document, (*self.keys, index), item)

    def problem(self, code: str, message: str, hint: str | None = None) -> Problem:
        return self.document.problem(self.place, code, message, hint=hint)


@dataclass(frozen=True)
class Scope:
    """All that has a name, by name, and the project. `documents` start with the main file.

    Names may be missing from a scope that is not `complete`: a file could not be read.
    """

    documents: tuple[Document, ...]
    project: Project
    agents: dict[str, Field]
    models: dict[str, Field]
    complete: bool = True
    tools: dict[str, Field] = dataclasses.field(default_factory=dict)
    params: dict[str, Field] = dataclasses.field(default_factory=dict)
    values: Params = dataclasses.field(default_factory=Params)
    providers: dict[str, Field] = dataclasses.field(default_factory=dict)
    mcp_servers: dict[str, Field] = dataclasses.field(default_factory=dict)

    def setting(self, *keys: str) -> Field | None:
        """Give the value at `keys` of the nearest file that has it."""
        for document in self.documents:
            value = document.get(*keys)
            if value is not None:
                return Field(document, keys, value)
        return None

    def lineage(self, name: str) -> list[Field]:
        """Give the agent called `name` and those it extends, nearest first; a cycle ends it."""
        line: list[Field] = []
        seen: set[str] = set()
        current: Any = name
        while isinstance(current, str) and current in self.agents and current not in seen:
            seen.add(current)
            line.append(self.agents[current])
            value = line[-1].value
            current = value.get("extends") if isinstance(value, dict) else None
        return line

    def agent(self, name: str) -> dict[str, Field]:
        """Give the fields of an agent: its own over those of the agents it extends."""
        fields: dict[str, Field] = {}
        for depth, agent in enumerate(self.lineage(name)):
            own = agent.value if isinstance(agent.value, dict) else {}
            inherited = {key: value for key, value in own.items() if not _replaced(key, fields)}
            for key, value in inherited.items():
                if depth == 0 or key not in _NOT_INHERITED:
                    field = Field(agent.document, (*agent.keys, key), value)
                    fields[key] = over(fields[key], field) if key in fields else field
        return fields


def scope_of(
    documents: Sequence[Document], project: Project, values: Params, *, complete: bool
) -> tuple[Scope, list[Problem]]:
    """Gather the names of all documents; a name defined in two files is a problem at both.

    `values` are those of the params; `complete` says whether all files that are included could be
    read.
    """
    problems: list[Problem] = []
    tables: dict[str, dict[str, Field]] = {section: {} for section in _SECTIONS}
    for document in documents:
        for section, table in tables.items():
            for name, value in document.mapping(section).items():
                own = Field(document, (section, name), value)
                if name in table:
                    problems += _twice(name, table[name], own)
                else:
                    table[name] = own
    scope = Scope(tuple(documents), project, complete=complete, values=values, **tables)
    return scope, problems


def extends_problems(scope: Scope) -> Iterator[Problem]:
    """Give a problem for each `extends` that names no agent, and one for each circle of them."""
    circled: set[str] = set()
    for name, field in scope.agents.items():
        parent = field.document.get(*field.keys, "extends")
        if not isinstance(parent, str) or isinstance(parent, Unset) or name in circled:
            continue
        place = field.document.place(*field.keys, "extends")
        if parent not in scope.agents:
            if scope.complete:
                near = suggestion(parent, scope.agents)
                hint = None if near else f"the agents are {', '.join(list(scope.agents)[:10])}"
                message = f"there is no agent '{shortened(parent)}'{near}"
                yield field.document.problem(place, "unknown-agent", message, hint=hint)
            continue
        line = scope.lineage(name)
        last = line[-1].value
        if isinstance(last, dict) and last.get("extends") == name:
            members = [str(agent.keys[-1]) for agent in line]
            circled.update(members)
            message = f"extends in a circle: {' -> '.join([*members, name])}"
            yield field.document.problem(place, "extends-cycle", message, hint="remove one of them")


def _twice(name: str, first: Field, second: Field) -> Iterator[Problem]:
    kind = _SECTIONS[str(first.keys[0])]
    for here, there in ((first, second), (second, first)):
        message = f"the {kind} '{name}' is also defined at {there.key_place}"
        yield here.document.problem(here.key_place, "duplicate-name", message)


def _replaced(key: str, fields: dict[str, Field]) -> bool:
    other = EXCLUSIVE.get(key)
    return other in fields and key not in fields


def over(own: Field, parent: Field) -> Field:
    """Merge mappings key by key, each value with its place; else what the nearer agent has."""
    if own.keys[-1] in WHOLE or not are_merged(own.value, parent.value):
        return own
    inherited = {
        (*own.keys, *keys): Moved(parent.document, (*parent.keys, *keys))
        for keys in kept(own.value, parent.value)
    }
    document = moved(own.document, inherited)
    return Field(document, own.keys, merged(own.value, parent.value))
