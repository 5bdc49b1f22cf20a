"""Values that are given for params: on a command line, in a call, or by a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yamlagents.spec.problem import Place, Source
from yamlagents.spec.text.document import Document, Keys
from yamlagents.spec.variables import Unset


@dataclass(frozen=True)
class Given:
    """A value for a param: where it is from, and the folder that the path of a file starts at.

    A value of the command line is text, which the param's type makes a number of, for example.
    """

    value: Any
    place: Place
    folder: Path
    is_text: bool


def from_outside(values: Mapping[str, Any]) -> dict[str, Given]:
    """Give the values of `--param`, or of a call; the path of a file starts at the work folder."""
    found: dict[str, Given] = {}
    for name, value in values.items():
        text = f"{name}={value}".split("\n")[0][:200]
        place = Place(Source("--param", text), 1, 1, 1, len(text) + 1)
        found[name] = Given(value, place, Path.cwd(), isinstance(value, str))
    return found


def of_case(document: Document, keys: Keys) -> dict[str, Given]:
    """Give the values in the `params` of a test."""
    return {
        name: Given(value, document.place(*keys, name), document.home(*keys, name).folder, False)
        for name, value in document.mapping(*keys).items()
        if not isinstance(value, Unset)
    }
