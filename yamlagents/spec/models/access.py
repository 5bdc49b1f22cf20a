"""How a model is reached. Variables there matter once it is asked, and not before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.sandbox.kinds import waiting as waiting_of_sandboxes
from yamlagents.spec.sessions.kinds import waiting
from yamlagents.spec.text.document import Document, Keys
from yamlagents.spec.variables import Unset, unset

ACCESS_KEYS = ("api_key", "base_url")
# Sections of what is only made once it is asked; the arguments of its code may bear keys.
_SECTIONS = ("models", "providers", "mcp_servers")

# Offline, no traces are sent.
TRACING_KEY = ("run", "tracing", "api_key")


def eased(documents: Iterable[Document], given: Collection[str]) -> Iterator[Problem]:
    """Give the problems of the text of documents, some unset variables among them as notes.

    A run that never asks a model, as an offline one, needs no key for it. Nor does it need what an
    overlay or a setting replaces, or the defaults of params that are `given`.
    """
    documents = list(documents)
    found = [problem for document in documents for problem in document.problems]
    if not any(problem.code == "unset-variable" for problem in found):
        yield from found
        return
    access = {
        document.place(section, name, *keys)
        for document in documents
        for section in _SECTIONS
        for name in document.mapping(section)
        for keys in _unset(document, section, name)
    } | {place for document in documents for place in waiting(document)}
    access |= {d.place(*keys) for d in documents for keys in waiting_of_sandboxes(d)}
    access |= {d.place(*TRACING_KEY) for d in documents if isinstance(d.get(*TRACING_KEY), Unset)}
    needed = {place for document in documents for place in _needed(document, given)} - access
    for problem in found:
        waits = problem.code == "unset-variable" and problem.place not in needed
        yield replace(problem, severity="note") if waits else problem


def _needed(document: Document, given: Collection[str]) -> Iterator[Place]:
    """Give the places of the values that hang on unset variables and are not needless."""
    seen: set[int] = set()
    for section, content in document.mapping().items():
        # Overlays that are chosen have been merged over the rest.
        for keys in unset(content, (section,), seen) if section != "overlays" else ():
            if section != "params" or keys[2:] != ("default",) or keys[1] not in given:
                yield document.place(*keys)


def missing(document: Document, section: str, name: str) -> dict[str, Problem]:
    """Give, by dotted key, what stands in the way of asking the model or server `name`."""
    found = ((section, name, *keys) for keys in _unset(document, section, name))
    return {".".join(map(str, keys[2:])): problem for keys, problem in obstacles(document, found)}


def obstacles(document: Document, found: Iterable[Keys]) -> Iterator[tuple[Keys, Problem]]:
    """Give the unset values at the keys `found` as the errors that they are once it matters."""
    for keys in found:
        place = document.place(*keys)
        for problem in document.home(*keys).problems:
            if problem.place == place and problem.code == "unset-variable":
                yield keys, replace(problem, severity="error")


def _unset(document: Document, section: str, name: str) -> Iterator[Keys]:
    """Give the keys, below a name of a section, of what hangs on a variable that is not set."""
    if section == "mcp_servers":
        yield from unset(document.get(section, name), ())
        return
    for key in ACCESS_KEYS if section == "models" else ():
        if isinstance(document.get(section, name, key), Unset):
            yield (key,)
    yield from unset(document.get(section, name, "with"), ("with",))
