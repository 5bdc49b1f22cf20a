"""The same files under other overlays and params: what is wrong only there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from yamlagents.spec.cases.shape import cases
from yamlagents.spec.problem import Problem, Source, shortened
from yamlagents.spec.reuse.given import Given, of_case
from yamlagents.spec.reuse.overlays import is_within, overlay_names
from yamlagents.spec.reuse.params import Lack, missing, values_of
from yamlagents.spec.reuse.sources import Sources
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.text.document import Document
from yamlagents.spec.variables import Params, Unset

Check = Callable[[Scope, list[Problem]], Iterable[Problem]]


# Each is a check of its own.
MAX_OVERLAYS, MAX_SETS = 100, 1000


@dataclass(frozen=True)
class Variant:
    """Files as some tests want them: their numbers, and the scope with no other tests."""

    tests: tuple[int, ...]
    scope: Scope


@dataclass(frozen=True)
class _Set:
    """Values that some tests have for the params, and the numbers of these tests."""

    values: Params
    name: str
    tests: list[int]


class Variants:
    """What checks find under each overlay that was not chosen, and under the params of tests."""

    def __init__(self, sources: Sources, base: Scope, known: Collection[Problem]) -> None:
        self._sources = sources
        self._base = base
        self._known = frozenset(known)
        self._wrong = {_start(problem) for problem in known if problem.severity == "error"}

    def under_overlays(self, chosen: Collection[str], check: Check) -> Iterator[Problem]:
        """Give the problems that show only once an overlay is chosen, each of them alone."""
        documents = self._sources.documents
        names = [name for name in overlay_names(documents) if name not in chosen]
        for name in names[:MAX_OVERLAYS]:
            scope, clashes = self._sources.scope(self._base.values, [name])
            for problem in self._new(check(scope, clashes)):
                own = is_within(problem.place, documents, [name])
                yield problem if own else _said(problem, f"with the overlay '{name}'")
        if len(names) > MAX_OVERLAYS:
            yield _too_many(documents[0], "overlays", f"there are over {MAX_OVERLAYS} overlays")

    def under_cases(
        self, given: Mapping[str, Given], overlays: Sequence[str], lack: Lack, check: Check
    ) -> tuple[list[Variant], list[Problem]]:
        """Give the scopes of tests with params of their own, and what is wrong only there."""
        main = self._base.documents[0]
        sets: dict[tuple[tuple[str, str], ...], _Set] = {}
        problems: list[Problem] = []
        for case in cases(main):
            number, values = int(case.keys[1]), self._base.values
            own = of_case(case.document, (*case.keys, "params"))
            if own:
                values, wrong = self._values({**given, **own}, lack)
                problems += self._new(wrong)
                name = shortened(str(case.value.get("name")))
                if not wrong:
                    alike = sets.setdefault(_identity(values), _Set(values, name, []))
                    alike.tests.append(number)
            if lack == "tests":
                problems += _lacking(case, missing(self._sources.params, values))
        variants: list[Variant] = []
        for one in list(sets.values())[:MAX_SETS]:
            scope, clashes = self._sources.scope(one.values, overlays, one.tests)
            variants.append(Variant(tuple(one.tests), scope))
            said = f"with the params of the test '{one.name}'"
            problems += [_said(problem, said) for problem in self._new(check(scope, clashes))]
        if len(sets) > MAX_SETS:
            message = f"these tests have over {MAX_SETS:,} different sets of params"
            problems.append(_too_many(main, "tests", message))
        return variants, problems

    def _values(self, given: Mapping[str, Given], lack: Lack) -> tuple[Params, list[Problem]]:
        sources = self._sources
        return values_of(
            sources.params, given, sources.project, complete=sources.complete, lack=lack
        )

    def _new(self, problems: Iterable[Problem]) -> list[Problem]:
        """Leave out what is known, and what else there is where something is wrong already."""
        new = (problem for problem in problems if problem not in self._known)
        return [problem for problem in new if _start(problem) not in self._wrong]


def _start(problem: Problem) -> tuple[Source, int, int]:
    return problem.place.source, problem.place.line, problem.place.column


def _identity(values: Params) -> tuple[tuple[str, str], ...]:
    return tuple((name, repr(value)) for name, value in sorted(values.values.items()))


def _too_many(document: Document, key: str, message: str) -> Problem:
    place = document.key_place(key)
    hint = "the rest is not checked; move some to another file"
    return Problem(place, "error", "too-many-variants", message, hint)


def _said(problem: Problem, when: str) -> Problem:
    return replace(problem, message=f"{problem.message} ({when})")


def _lacking(case: Field, names: Iterable[str]) -> Iterator[Problem]:
    """Give a problem for each param that a test needs a value for and has none."""
    # Params that hang on an unset variable are told of elsewhere.
    unset = [name for name, value in _params(case).items() if isinstance(value, Unset)]
    for name in names:
        if name not in unset:
            message = f"this test gives no value for the param '{name}'"
            hint = f"add params: {{{name}: ...}} to it, or give --param {name}=..."
            yield case.part("name").problem("missing-param", message, hint)


def _params(case: Field) -> dict[str, object]:
    params = case.value.get("params")
    return params if isinstance(params, dict) else {}
