"""Which cases run: by words, by tag, by what failed last, and in which order."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from yamlagents.spec.cases.records import CaseSpec
from yamlagents.spec.project import shown_name
from yamlagents.spec.records import Spec
from yamlagents.testing.outcomes import CaseResult

STATE = Path(".yamlagents") / "last-failed.json"

_TOKEN = re.compile(r"[()]|[^\s()]+")
_OPERATORS = ("and", "or", "not", "(", ")")

Wanted = Callable[[str], bool]


@dataclass(frozen=True)
class Planned:
    """A case that is to run; `variant` is the model of a matrix that it runs with."""

    spec: Spec
    case: CaseSpec
    variant: str | None = None

    @property
    def name(self) -> str:
        """What selections look at: `file::name`."""
        return f"{shown_name(self.spec.file)}::{self.case.name}"


def plan(specs: Iterable[Spec], models: Sequence[str] = ()) -> list[Planned]:
    """Give the cases of all files in the order they are written, once for each of `models`.

    A case that a script answers runs once: no model is asked.
    """
    planned: list[Planned] = []
    for spec in specs:
        for case in spec.tests:
            variants = models if models and case.script is None else (None,)
            # A test with params of its own runs the file as it is with them.
            own = spec.variants.get(case.name, spec)
            planned += [Planned(own, case, variant) for variant in variants]
    return planned


def matching(expression: str) -> Wanted:
    """Give the test that `-k` makes of names: words, `and`, `or`, `not` and brackets.

    Words that follow each other are looked for as they stand, in whatever case. Raises
    `ValueError` for an expression that is none.
    """
    tokens = _TOKEN.findall(expression)
    if not tokens:
        raise ValueError("there is no word in it")
    wanted, rest = _either(tokens)
    if rest:
        raise ValueError(f"'{rest[0]}' is out of place")
    return wanted


def _either(tokens: list[str]) -> tuple[Wanted, list[str]]:
    left, rest = _both(tokens)
    if rest[:1] == ["or"]:
        right, rest = _either(rest[1:])
        first = left
        return (lambda name: first(name) or right(name)), rest
    return left, rest


def _both(tokens: list[str]) -> tuple[Wanted, list[str]]:
    left, rest = _one(tokens)
    if rest[:1] == ["and"]:
        right, rest = _both(rest[1:])
        first = left
        return (lambda name: first(name) and right(name)), rest
    return left, rest


def _one(tokens: list[str]) -> tuple[Wanted, list[str]]:
    head = tokens[0] if tokens else None
    if head == "not":
        inner, rest = _one(tokens[1:])
        return (lambda name: not inner(name)), rest
    if head == "(":
        inner, rest = _either(tokens[1:])
        if rest[:1] != [")"]:
            raise ValueError("a bracket is not closed")
        return inner, rest[1:]
    if head is None or head in _OPERATORS:
        raise ValueError("a word is missing" + (f" before '{head}'" if head else " at its end"))
    length = next((n for n, token in enumerate(tokens) if token in _OPERATORS), len(tokens))
    words = " ".join(tokens[:length]).casefold()
    return (lambda name: words in name.casefold()), tokens[length:]


def tagged(planned: Iterable[Planned], tags: Sequence[str]) -> list[Planned]:
    """Give the cases that have one of `tags`."""
    return [one for one in planned if set(tags) & set(one.case.tags)]


def last_failed(planned: Sequence[Planned]) -> list[Planned]:
    """Give the cases that failed when they last ran; none if nothing is known to have failed."""
    known = {root: _read(root) for root in {one.spec.root for one in planned}}
    return [one for one in planned if _id(one.spec, one.case.name) in known[one.spec.root]]


def remember(planned: Sequence[Planned], results: Sequence[CaseResult]) -> None:
    """Write down which cases failed, in the project's root. Raises `OSError` if that fails."""
    for root in {one.spec.root for one in planned}:
        own = [
            (_id(one.spec, one.case.name), result.outcome)
            for one, result in zip(planned, results, strict=True)
            if one.spec.root == root
        ]
        before = _read(root)
        failed = {name for name, outcome in own if outcome in ("failed", "error")}
        passed = {name for name, outcome in own if outcome == "passed"} - failed
        after = (before - passed) | failed
        if after != before:
            _write(root, after)


def _id(spec: Spec, case: str) -> str:
    file = spec.file
    shown = file.relative_to(spec.root) if file.is_relative_to(spec.root) else file
    return f"{shown.as_posix()}::{case}"


def _read(root: Path) -> set[str]:
    try:
        names = json.loads((root / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none yet, or none that can be read: nothing is known
        return set()
    return {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()


def _write(root: Path, names: set[str]) -> None:
    folder = root / STATE.parent
    if not folder.exists():
        folder.mkdir()
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    text = json.dumps(sorted(names), indent=2, ensure_ascii=False)
    (root / STATE).write_text(f"{text}\n", encoding="utf-8")
