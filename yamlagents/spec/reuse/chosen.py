"""What was chosen for a file where it was loaded: its params and its overlays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yamlagents.spec.problem import Source
from yamlagents.spec.secrets.words import bears_secret
from yamlagents.spec.text.document import Document
from yamlagents.spec.variables import as_text


@dataclass(frozen=True)
class Chosen:
    """The options that choose the same, without secrets, and where the overlays are written.

    `overlays` are their names with the files that have them; the first counts most.
    """

    words: tuple[str, ...] = ()
    overlays: tuple[tuple[str, Source], ...] = ()


def chosen_of(
    params: Mapping[str, Any], overlays: Sequence[str], documents: Iterable[Document]
) -> Chosen:
    """Give what is chosen by values of params and names of overlays, the last of most weight."""
    nearest_first = list(documents)
    found = (
        (name, document.source)
        for name in reversed(overlays)
        for document in nearest_first
        if name in document.mapping("overlays")
    )
    return Chosen(tuple(_words(params, overlays)), tuple(found))


def secret_params(params: Mapping[str, Any]) -> Iterator[str]:
    """Give the values of params whose names are those of secrets."""
    for name, value in params.items():
        if isinstance(value, str) and bears_secret(name, loose=True):
            yield value


def _words(params: Mapping[str, Any], overlays: Sequence[str]) -> Iterator[str]:
    for name, value in params.items():
        text = value if isinstance(value, str) else as_text(value)
        yield from (
            "--param",
            f"{name}=..." if bears_secret(name, loose=True) else f"{name}={text}",
        )
    for name in overlays:
        yield from ("--overlay", name)
