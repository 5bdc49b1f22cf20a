"""The straight line from a path to a spec: read, include, check, build."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Literal

from yamlagents.spec.access import eased
from yamlagents.spec.build import build
from yamlagents.spec.casechecks import case_problems
from yamlagents.spec.casenames import case_references
from yamlagents.spec.construct import MAX_PROBLEMS
from yamlagents.spec.document import Document
from yamlagents.spec.equipment import group_problems
from yamlagents.spec.files import Reading, included, read_main
from yamlagents.spec.overrides import override_of
from yamlagents.spec.problem import Problem, Source, SpecError
from yamlagents.spec.project import project_of
from yamlagents.spec.records import Spec
from yamlagents.spec.references import reference_problems
from yamlagents.spec.schema import schema_problems
from yamlagents.spec.scope import Scope, extends_problems, scope_of
from yamlagents.spec.secrets import secret_problems
from yamlagents.spec.settings import settings_problems
from yamlagents.spec.variables import Unset


@dataclass(frozen=True)
class Checked:
    """What checking a file gave: its problems in order of place, and the spec if none is an error.

    A file that only serves to be included (models, no agents) has neither errors nor a spec.
    """

    problems: tuple[Problem, ...]
    _file: Path
    _scope: Scope | None = field(default=None, repr=False)

    @property
    def failed(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    @property
    def main(self) -> Document:
        """The file itself, without what it includes."""
        assert self._scope is not None, "a check without a scope has failed"
        return self._scope.documents[0]

    @cached_property
    def spec(self) -> Spec | None:
        """The spec; made when it is asked for, since most checks are not about it."""
        scope = self._scope
        if scope is None or self.failed or not scope.agents:
            return None
        # An include whose name hangs on a variable leaves names that lead nowhere.
        if not scope.complete:
            return None
        return build(self._file, scope, self.problems)


def load(
    path: str | os.PathLike[str],
    *,
    environ: Mapping[str, str] | None = None,
    allow: Iterable[str] = (),
    overrides: Iterable[str] = (),
    text: bytes | None = None,
) -> Spec:
    """Load the agent file at `path`, ready to run.

    `environ` gives the variables of `${NAME}` (default: the process's); `allow` names modules
    outside the project whose code may be used; `overrides` are `key.path=value` settings; `text`
    stands for the file's content. A model's key or address that hangs on an unset variable is a
    problem only once `assemble` is to ask that model. Raises `SpecError` with every problem if the
    file cannot be run, and ValueError for an override that is not `KEY=VALUE`.
    """
    checked = check(
        path, environ=environ, allow=allow, overrides=overrides, text=text, unset="error"
    )
    if checked.failed:
        raise SpecError(checked.problems)
    if checked.spec is None:
        raise SpecError([*checked.problems, _nothing_declared(checked.main)])
    return checked.spec


def check(
    path: str | os.PathLike[str],
    *,
    environ: Mapping[str, str] | None = None,
    allow: Iterable[str] = (),
    overrides: Iterable[str] = (),
    text: bytes | None = None,
    unset: Literal["error", "note"] = "note",
) -> Checked:
    """Check the agent file at `path` and give all that is wrong with it. Raises nothing for it.

    The arguments, and ValueError for them, are those of `load`; an unset variable is only a note
    unless `unset` says otherwise.
    """
    variables = os.environ if environ is None else environ
    reading = Reading(variables, unset, tuple(override_of(text) for text in overrides))
    file = Path(path).resolve()
    try:
        project = project_of(file, allow)
    except SpecError as error:
        return Checked(error.problems, file)
    main = read_main(file, text, reading)
    below, strays = included(main, file, project, reading)
    documents = [main, *below]
    complete = not strays and all(map(_is_whole, documents))
    scope, clashes = scope_of(documents, project, complete=complete)
    told = _problems(scope, [*strays, *clashes])
    problems = list(islice(told, MAX_PROBLEMS))
    if next(told, None) is not None:
        problems.append(_too_many(main))
    found = tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.sort_key))
    return Checked(found, file, scope)


def _is_whole(document: Document) -> bool:
    """Tell whether all that a file declares, or includes, could be read."""
    unset = any(isinstance(text, Unset) for _, text in document.items("include"))
    return document.data is not None and not unset


_Start = tuple[Source, int, int]


def _problems(scope: Scope, gathered: list[Problem]) -> Iterator[Problem]:
    """Give the problems of all files: of their text, their shape, and then of what they mean.

    Where one of these finds an error, those after it say nothing: they would tell of it again.
    """
    told: set[_Start] = set()
    text = (problem for document in scope.documents for problem in eased(document))
    yield from _untold(chain(text, gathered), told)
    yield from _untold(_each(secret_problems, scope), told)
    yield from _untold(_each(schema_problems, scope), told)
    yield from _untold(_each(settings_problems, scope), told)
    yield from _untold(_each(case_problems, scope), told)
    yield from _untold(extends_problems(scope), told)
    yield from _untold(group_problems(scope), told)
    yield from _untold(reference_problems(scope), told)
    yield from _untold(case_references(scope), told)
    if not told and not scope.agents and not scope.models:
        yield _nothing_declared(scope.documents[0])


def _each(check_one: Callable[[Document], Iterator[Problem]], scope: Scope) -> Iterator[Problem]:
    for document in scope.documents:
        if document.data is not None:
            yield from check_one(document)


def _untold(problems: Iterable[Problem], told: set[_Start]) -> Iterator[Problem]:
    """Give the problems at places where none was told before, and note where these are."""
    here: set[_Start] = set()
    for problem in problems:
        start = (problem.place.source, problem.place.line, problem.place.column)
        if start not in told:
            if problem.severity == "error":
                here.add(start)
            yield problem
    told |= here


def _too_many(document: Document) -> Problem:
    message = f"these files have more than {MAX_PROBLEMS:,} problems; the rest is not told"
    return document.problem(document.place(), "too-many-problems", message)


def _nothing_declared(document: Document) -> Problem:
    hint = "declare one: agents: {name: {instructions: ..., model: openai/gpt-4.1}}"
    return document.problem(document.place(), "no-agents", "this file has no agents", hint=hint)
