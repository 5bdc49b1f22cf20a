"""Single values given from outside a file: `--set models.fast.model=openai/gpt-4.1-mini`."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from yamlagents.spec.problem import Place, Problem, Source, shortened
from yamlagents.spec.reuse.overlays import NAMED, WORKFLOW, declaring, nearest
from yamlagents.spec.text.document import Document, Given, Keys
from yamlagents.spec.text.reader import parse_with
from yamlagents.spec.variables import Variables

_INDEX = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Override:
    """A dotted path into the file, and the YAML text of the value to put there."""

    path: tuple[str, ...]
    value: str = field(repr=False)
    place: Place


def override_of(text: str) -> Override:
    """Read `path.to.key=value`. Raises ValueError, with the reason, for any other text."""
    path, equals, value = text.partition("=")
    parts = path.strip().split(".")
    if not equals or not all(parts):
        raise ValueError(f"'{shortened(text)}' is not KEY=VALUE, with dots between the keys")
    return Override(tuple(parts), value, Place(Source("--set", text), 1, 1, 1, len(text) + 1))


def overridden(
    documents: Sequence[Document], settings: Sequence[Override], variables: Variables
) -> list[Document]:
    """Give the documents with the values set: in the file that declares them, else the main."""
    result = list(documents)
    for setting in settings:
        section, *names = setting.path
        named = bool(names) and section in NAMED
        at = (declaring(result, section, names[0]) if named else None) or 0
        if names and section == WORKFLOW:
            at = nearest(result, section)
        result[at] = override(result[at], setting, variables)
    return result


def override(document: Document, setting: Override, variables: Variables) -> Document:
    """Give `document` with the value set, at the setting's place, and what is wrong with it."""
    if document.data is None:
        return document
    parsed = parse_with(variables, setting.value.encode() or b"''", "--set", document.folder)
    problems = [replace(problem, place=setting.place) for problem in parsed.problems]
    if any(problem.severity == "error" for problem in problems):
        return replace(document, problems=(*document.problems, *problems))
    data = copy.deepcopy(document.data)
    try:
        keys = _put(data, setting.path, parsed.data)
    except _NoWayError as error:
        problem = Problem(setting.place, "error", "bad-setting", error.message, error.hint)
        return replace(document, problems=(*document.problems, *problems, problem))
    # What was set below is gone with what it was set in.
    above = {way: given for way, given in document.overrides.items() if way[: len(keys)] != keys}
    return replace(
        document,
        data=data,
        problems=(*document.problems, *problems),
        params=document.params | parsed.params,
        overrides={**above, keys: Given(setting.place, parsed.node)},
    )


class _NoWayError(Exception):
    def __init__(self, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def _put(data: Any, path: tuple[str, ...], value: Any) -> Keys:
    """Put `value` into `data` and give the keys of the place. Raises if `path` leads nowhere."""
    keys: Keys = ()
    for part in path[:-1]:
        key = _key(data, part, (*keys, part), past=0)
        if isinstance(key, str):
            data.setdefault(key, {})
        data, keys = data[key], (*keys, key)
    last = _key(data, path[-1], path, past=1)
    if isinstance(last, int):
        data[last : last + 1] = [value]
    else:
        data[last] = value
    return (*keys, last)


def _key(data: Any, part: str, path: Keys, *, past: int) -> str | int:
    """Give `part` as a key of `data`: text for a mapping, a number up to `past` its end for a list.

    `path` leads to the part, and is for messages.
    """
    if isinstance(data, dict):
        return part
    whole, above = (shortened(".".join(map(str, way))) for way in (path, path[:-1]))
    if not isinstance(data, list) or not above:
        message = f"'{whole}' leads through something that is not a mapping"
        raise _NoWayError(message, f"set {above} as a whole" if above else None)
    if not _INDEX.fullmatch(part):
        message = f"'{whole}' leads into a list, whose items have numbers"
        raise _NoWayError(message, f"count from 0: {above}.0")
    end = len(data) + past
    if int(part) >= end:
        message = f"'{whole}' is past the end of a list of {len(data)}"
        highest = f"the highest number here is {end - 1}" if end else f"set {above} as a whole"
        raise _NoWayError(message, highest)
    return int(part)
