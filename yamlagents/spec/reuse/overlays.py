"""Overlays: parts of a file that are merged over the rest of it where they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from yamlagents.spec.problem import Place, Problem, Source, shortened, suggestion
from yamlagents.spec.reuse.merging import (
    EXCLUSIVE,
    WHOLE,
    are_merged,
    merged,
    moved,
    replaced,
)
from yamlagents.spec.text.document import Document, Keys, Moved

# What a name in these sections is of. An overlay changes what is declared there, in any file.
NAMED = {
    "models": "model",
    "providers": "provider",
    "mcp_servers": "MCP server",
    "tools": "tool group",
    "agents": "agent",
}
_OWN = ("run", "entry")
WORKFLOW = "workflow"
# What says which kind of step it is, and values that are one thing although they may be mappings.
_KINDS = frozenset(("agent", "sequence", "parallel", "loop"))
_WHOLE: dict[str | int, frozenset[str]] = {
    "agents": WHOLE,
    WORKFLOW: frozenset(("input", "when", "until")),
}


def overlay_names(documents: Iterable[Document]) -> list[str]:
    """Give the names of the overlays of all files, each once."""
    return list(dict.fromkeys(name for one in documents for name in one.mapping("overlays")))


def unknown_overlays(
    documents: Sequence[Document], chosen: Iterable[str], *, complete: bool
) -> Iterator[Problem]:
    """Give a problem for each overlay that was asked for and is in none of the files."""
    known = overlay_names(documents)
    for name in dict.fromkeys(chosen):
        if name not in known and complete:
            place = Place(Source("--overlay", name), 1, 1, 1, len(name) + 1)
            near = suggestion(name, known)
            hint = f"the overlays are {', '.join(known)}" if known else "the file has no overlays"
            message = f"there is no overlay '{shortened(name)}'{near}"
            yield Problem(place, "error", "unknown-overlay", message, None if near else hint)


def overlaid(documents: Sequence[Document], name: str) -> list[Document]:
    """Give the documents with the overlay called `name` merged over them.

    What it says of a name goes to the file that declares it. Where several files have the overlay,
    the nearest counts most.
    """
    result = list(documents)
    for number in reversed(range(len(documents))):
        overlay = documents[number]
        for section, content in overlay.mapping("overlays", name).items():
            written = Moved(overlay, ("overlays", name, section))
            if section in NAMED:
                for key, value in content.items() if isinstance(content, dict) else ():
                    at = declaring(result, section, key)
                    part = Moved(overlay, (*written.keys, key))
                    # A name that is declared nowhere is a problem, told of once.
                    if at is not None:
                        result[at] = _merged(result[at], (section, key), value, part)
            elif section in _OWN:
                result[number] = _merged(result[number], (section,), content, written)
            elif section == WORKFLOW:
                at = number if result[number].get(section) is not None else nearest(result, section)
                result[at] = _merged(result[at], (section,), content, written)
    return result


def nearest(documents: Sequence[Document], section: str) -> int:
    """Give the number of the file whose section counts; of the main file, if none has it."""
    return next((at for at, one in enumerate(documents) if one.get(section) is not None), 0)


def declaring(documents: Sequence[Document], section: str, name: str) -> int | None:
    """Give the number of the document that declares a name, if one does."""
    return next((at for at, one in enumerate(documents) if name in one.mapping(section)), None)


def overlay_problems(documents: Sequence[Document], *, complete: bool) -> Iterator[Problem]:
    """Give a problem for each name in an overlay that is declared in none of the files."""
    for document in documents if complete else ():
        for overlay in document.mapping("overlays"):
            for section, noun in NAMED.items():
                known = [name for one in documents for name in one.mapping(section)]
                for name in document.mapping("overlays", overlay, section):
                    if name not in known:
                        place = document.key_place("overlays", overlay, section, name)
                        near = suggestion(name, known)
                        message = f"there is no {noun} '{shortened(name)}' to change{near}"
                        hint = f"an overlay changes what is declared; add it under {section} itself"
                        hinted = None if near else hint
                        yield document.problem(place, "unknown-in-overlay", message, hint=hinted)


def is_within(place: Place, documents: Iterable[Document], overlays: Iterable[str]) -> bool:
    """Tell whether a place lies in one of these overlays."""
    names = list(overlays)
    return any(
        document.place("overlays", name).holds(place)
        for document in documents
        for name in document.mapping("overlays")
        if name in names
    )


def _merged(document: Document, keys: Keys, value: Any, written: Moved) -> Document:
    """Give a document with a value of an overlay merged at `keys`."""
    if not isinstance(document.data, dict):
        return document
    below = document.get(*keys)
    if not _are_merged(keys[0], value, below):
        data, places = value, {keys: written}
    else:
        own, parent = dict(value), dict(below)
        if keys[0] == "agents":
            for key in own:
                parent.pop(EXCLUSIVE.get(key, ""), None)
        # What is one thing replaces another as it is; with its place, that is enough to say.
        whole = {key: own.pop(key) for key in _WHOLE.get(keys[0], frozenset()) & own.keys()}
        places = {
            (*keys, *way): Moved(written.document, (*written.keys, *way))
            for way in (*replaced(own, parent), *((key,) for key in whole))
        }
        data = {**merged(own, parent), **whole}
    # What came from elsewhere below is gone with what it was in.
    stale = [way for way in document.overrides if any(way[: len(new)] == new for new in places)]
    kept = {way: given for way, given in document.overrides.items() if way not in stale}
    document = replace(document, data=_put(document.data, keys, data), overrides=kept)
    return moved(document, places)


def _are_merged(section: str | int, value: object, below: object) -> bool:
    """Tell whether a value is merged key by key. A step of another kind is another step."""
    if section == WORKFLOW and isinstance(value, dict) and isinstance(below, dict):
        kinds = _KINDS & value.keys()
        return not kinds or bool(kinds & below.keys())
    return are_merged(value, below)


def _put(data: dict[str, Any], keys: Keys, value: Any) -> dict[str, Any]:
    """Give a copy of `data` with a value put at `keys`; what is beside it is shared."""
    key, *rest = keys
    below = data.get(str(key))
    inner = _put(below if isinstance(below, dict) else {}, tuple(rest), value) if rest else value
    return {**data, str(key): inner}
