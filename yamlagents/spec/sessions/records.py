"""Where sessions are kept, conversations that later runs go on with, as frozen data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from yamlagents.spec.code.records import CodeSpec, Options
from yamlagents.spec.problem import Place, Problem, Source
from yamlagents.spec.secrets.words import leaves, url_secrets
from yamlagents.spec.sessions.kinds import (
    DEFAULT_KIND,
    MEMORY,
)

_NAME = re.compile(r"[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,198}[^\s\x00-\x1f\x7f])?")


@dataclass(frozen=True)
class SessionSpec:
    """A store of sessions. `kind` is the file's word for it, or `code`.

    `id` names the session to go on with, if there is one. `options` are the keywords of the SDK's
    constructor, only those the file gives; a path among them is whole. `obstacles` are the
    variables that have to be set before it can be opened.
    """

    kind: str
    place: Place = field(compare=False, repr=False)
    root: Path = field(compare=False, repr=False)
    id: str | None = None
    options: Options = field(default_factory=dict, repr=False)
    code: CodeSpec | None = None
    underlying: SessionSpec | None = None
    obstacles: tuple[Problem, ...] = field(default=(), compare=False, repr=False)

    @property
    def layers(self) -> Iterator[SessionSpec]:
        """This, and what it wraps, down to the store itself."""
        layer: SessionSpec | None = self
        while layer is not None:
            yield layer
            layer = layer.underlying

    @property
    def store(self) -> SessionSpec:
        """What keeps the items, without what is wrapped around it."""
        return [*self.layers][-1]

    def without(self, kind: str) -> SessionSpec:
        """Give this without the layers of `kind`, which wrap others."""
        if self.underlying is None:
            return self
        below = self.underlying.without(kind)
        return replace(below, id=self.id) if self.kind == kind else replace(self, underlying=below)

    @property
    def rehearsal(self) -> SessionSpec:
        """A store in memory that is read as this one is; a run goes on with no session of it."""
        given = self.store.options.get("session_settings")
        read = {} if given is None else {"session_settings": given}
        options = MappingProxyType({"db_path": MEMORY, **read})
        return SessionSpec(DEFAULT_KIND, self.place, self.root, options=options)

    @property
    def secrets(self) -> Iterator[str]:
        """The passwords and keys in it."""
        for layer in self.layers:
            given = dict(layer.options)
            if layer.code is not None:
                given |= layer.code.arguments or {}
            for leaf in leaves(given):
                yield from (str(leaf.value),) if leaf.secret else url_secrets(str(leaf.value))


def named(session: SessionSpec | None, name: str, root: Path) -> SessionSpec:
    """Give a store, SQLite in the project `root` if there is none, with the session to go on with.

    Raises ValueError, with the reason, for a text that names no session.
    """
    if not _NAME.fullmatch(name):
        reason = "no blank at its ends, nothing invisible in it, and 200 characters at most"
        raise ValueError(f"this cannot name a session: {reason}")
    if session is None:
        place = Place(Source("--session", name), 1, 1, 1, len(name) + 1)
        session = SessionSpec(DEFAULT_KIND, place, root)
    return replace(session, id=name)
