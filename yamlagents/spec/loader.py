"""The straight line from a path to a spec: read, include, check, build."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from yamlagents.spec.build import build
from yamlagents.spec.document import Document
from yamlagents.spec.files import Reading, included, read_main
from yamlagents.spec.overrides import override_of
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.project import project_of
from yamlagents.spec.records import Spec
from yamlagents.spec.references import reference_problems
from yamlagents.spec.schema import schema_problems
from yamlagents.spec.scope import Scope, extends_problems, scope_of
from yamlagents.spec.secrets import secret_problems
from yamlagents.spec.settings import settings_problems


@dataclass(frozen=True)
class Checked:
    """What checking a file gave: its problems in order of place, and the spec if none is an error.

    A file that only serves to be included (models, no agents) has neither errors nor a spec.
    """

    spec: Spec | None
    problems: tuple[Problem, ...]

    @property
    def failed(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


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
    stands for the file's content. Raises `SpecError` with every problem if the file cannot be run.
    """
    checked = check(
        path, environ=environ, allow=allow, overrides=overrides, text=text, unset="error"
    )
    if checked.failed or checked.spec is None:
        raise SpecError(checked.problems or [_no_agents(path)])
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

    The arguments are those of `load`; an unset variable is only a note unless `unset` says so.
    """
    variables = os.environ if environ is None else environ
    reading = Reading(variables, unset, tuple(override_of(text) for text in overrides))
    file = Path(path).resolve()
    try:
        project = project_of(file, allow)
    except SpecError as error:
        return Checked(None, error.problems)
    main = read_main(file, text, reading)
    below, problems = included(main, file, project, reading)
    documents = [main, *below]
    scope, clashes = scope_of(documents, project)
    problems += [*clashes, *_problems(documents, scope)]
    found = tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.sort_key))
    if any(problem.severity == "error" for problem in found) or not scope.agents:
        return Checked(None, found)
    return Checked(build(file, scope, found), found)


def _problems(documents: list[Document], scope: Scope) -> Iterator[Problem]:
    for document in documents:
        yield from document.problems
        if document.data is not None:
            yield from schema_problems(document)
            yield from secret_problems(document)
            yield from settings_problems(document)
    if not scope.agents and not scope.models and not any(d.problems for d in documents):
        yield _nothing_declared(documents[0])
    # References into a file that could not be parsed would all be wrong, and tell nothing.
    if all(document.data is not None for document in documents):
        yield from extends_problems(scope)
        yield from reference_problems(scope)


def _nothing_declared(document: Document) -> Problem:
    hint = "declare one: agents: {name: {instructions: ..., model: openai/gpt-4.1}}"
    return document.problem(document.place(), "no-agents", "this file has no agents", hint=hint)


def _no_agents(path: str | os.PathLike[str]) -> Problem:
    checked = Path(path).resolve()
    document = read_main(checked, None, Reading({}, "note"))
    return _nothing_declared(document)
