"""Code that a file names, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yamlagents.spec.problem import Place

Options = Mapping[str, Any]


@dataclass(frozen=True)
class EntryPoint:
    """Code that a file names: `module:attribute`, or a file (then `module` is None)."""

    text: str
    attribute: str
    path: Path | None
    module: str | None
    place: Place = field(compare=False, repr=False)
    # The file that was read to check it. An import may find another of that module's name.
    origin: Path | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class CodeSpec:
    """A Python object to use: what an entry point names, called with `arguments` if there are."""

    point: EntryPoint
    arguments: Options | None = None

    @property
    def place(self) -> Place:
        return self.point.place


@dataclass(frozen=True)
class NamedCodeSpec(CodeSpec):
    """Code with a name that the file gives it."""

    name: str = ""
