"""Prompts that lie in files of their own: their text, and the params they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from yamlagents.spec.files import file_problem
from yamlagents.spec.problem import Place, Problem, Source
from yamlagents.spec.project import shown_name, target_of
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.text.construct import unknown_param
from yamlagents.spec.text.document import Document, Keys
from yamlagents.spec.variables import Params, Unset, filled, mentions

MAX_PROMPT_BYTES = 1024 * 1024


def prompt_text(path: Path, name: str, place: Place) -> str | Problem:
    """Give the text of a file, called `name` at `place`, or why it cannot be had."""
    try:
        if path.stat().st_size > MAX_PROMPT_BYTES:
            return Problem(place, "error", "too-large", f"'{name}' is over 1 MiB")
        return path.read_text(encoding="utf-8-sig").removesuffix("\n")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        message = f"'{name}' cannot be read: {reason}"
        return Problem(place, "error", "unreadable-file", message)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = f"'{name}' is not UTF-8 in line {line}"
        return Problem(place, "error", "not-utf-8", message, "save the file as UTF-8")


def prompt_problems(prompt: Field, scope: Scope) -> Iterator[Problem]:
    """Give what is wrong with the file of instructions that `prompt` names, and with its params."""
    if prompt.text is None:
        return
    target = target_of(prompt.folder, prompt.text)
    problem = file_problem(prompt.place, prompt.text, target, scope.project)
    if problem is not None or target is None:
        yield from filter(None, (problem,))
        return
    text = prompt_text(target, prompt.text, prompt.place)
    if isinstance(text, Problem):
        yield text
    elif "{params." in text:
        yield from _mention_problems(Source(shown_name(target), text), scope.values)


def _mention_problems(source: Source, params: Params) -> Iterator[Problem]:
    for mention in mentions(source.text):
        place = source.place(mention.start, mention.end)
        if mention.name is None:
            message = "this '${params.' does not name a param"
            hint = "write ${params.name}; to have it stay as it is, write $${params."
            yield Problem(place, "error", "bad-variable", message, hint)
        elif mention.name not in params.declared and params.complete:
            message, declare = unknown_param(mention.name, params.declared)
            yield Problem(place, "error", "unknown-param", message, declare)


def instructions_in(prompt: Field, params: Params) -> str:
    """Give the instructions in the file that `prompt` names and that was checked, filled in."""
    path = (prompt.folder / str(prompt.value)).resolve()
    text = path.read_text(encoding="utf-8-sig").removesuffix("\n")
    return filled(text, params.values) if "{params." in text else text


def params_in_prompts(documents: Iterable[Document]) -> set[str] | None:
    """Give the params that prompt files name, those of overlays too; None if one is not known."""
    found: set[str] = set()
    for document in documents:
        for keys in _prompt_keys(document):
            text = _text(document, keys)
            if text is None:
                return None
            found |= {mention.name for mention in mentions(text) if mention.name is not None}
    return found


def _prompt_keys(document: Document) -> Iterator[Keys]:
    overlays = [("overlays", name) for name in document.mapping("overlays")]
    for start in ((), *overlays):
        for name, agent in document.mapping(*start, "agents").items():
            if isinstance(agent, dict) and "instructions_file" in agent:
                yield (*start, "agents", name, "instructions_file")


def _text(document: Document, keys: Keys) -> str | None:
    named: Any = document.get(*keys)
    if not isinstance(named, str) or isinstance(named, Unset):
        return None
    target = target_of(document.home(*keys).folder, named)
    if target is None or not target.is_file():
        return None
    text = prompt_text(target, named, document.place(*keys))
    return text if isinstance(text, str) else None
