"""Single values given from outside a file: `--set models.fast.model=openai/gpt-4.1-mini`."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from yamlagents.spec.document import Document, Keys
from yamlagents.spec.problem import Place, Problem, Source
from yamlagents.spec.reader import parse

_INDEX = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Override:
    """A dotted path into the file, and the YAML text of the value to put there."""

    keys: Keys
    value: str
    place: Place


def override_of(text: str) -> Override:
    """Read `path.to.key=value`. Raises ValueError, with the reason, for any other text."""
    path, equals, value = text.partition("=")
    parts = path.strip().split(".")
    if not equals or not all(parts):
        raise ValueError(f"'{text}' is not KEY=VALUE, with dots between the keys")
    keys = tuple(int(part) if _INDEX.fullmatch(part) else part for part in parts)
    return Override(keys, value, Place(Source("--set", text), 1, 1, 1, len(text) + 1))


def override(
    document: Document,
    setting: Override,
    environ: Mapping[str, str],
    unset: Literal["error", "note"],
) -> Document:
    """Give `document` with the value set, at the setting's place, and what is wrong with it."""
    if document.data is None:
        return document
    parsed = parse(
        setting.value.encode() or b"''", "--set", document.folder, environ=environ, unset=unset
    )
    problems = [replace(problem, place=setting.place) for problem in parsed.problems]
    if any(problem.severity == "error" for problem in problems):
        return replace(document, problems=(*document.problems, *problems))
    data = copy.deepcopy(document.data)
    if not _put(data, setting.keys, parsed.data):
        path = ".".join(map(str, setting.keys))
        message = f"'{path}' leads through something that is not a mapping"
        problem = Problem(setting.place, "error", "bad-setting", message)
        return replace(document, problems=(*document.problems, *problems, problem))
    return replace(
        document,
        data=data,
        problems=(*document.problems, *problems),
        overrides={**document.overrides, setting.keys: setting.place},
    )


def _put(data: Any, keys: Keys, value: Any) -> bool:
    for key in keys[:-1]:
        if isinstance(data, list) and isinstance(key, int) and key < len(data):
            data = data[key]
        elif isinstance(data, dict):
            data = data.setdefault(str(key), {})
        else:
            return False
    last = keys[-1]
    if isinstance(data, list) and isinstance(last, int) and last <= len(data):
        data[last : last + 1] = [value]
        return True
    if isinstance(data, dict):
        data[str(last)] = value
        return True
    return False
