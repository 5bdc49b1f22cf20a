"""The straight line from a path to a spec: read, include, check, build."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from yamlagents.spec.cases.checks import case_problems
from yamlagents.spec.cases.names import case_references
from yamlagents.spec.checking import Checking
from yamlagents.spec.equipment import group_problems
from yamlagents.spec.mcp.references import server_problems
from yamlagents.spec.models.access import eased
from yamlagents.spec.models.settings import settings_problems
from yamlagents.spec.problem import Problem, Source, SpecError
from yamlagents.spec.project import project_of
from yamlagents.spec.references import reference_problems
from yamlagents.spec.reuse.chosen import Chosen, chosen_of
from yamlagents.spec.reuse.given import Given, from_outside
from yamlagents.spec.reuse.overrides import override_of
from yamlagents.spec.reuse.params import Lack
from yamlagents.spec.reuse.sources import Offer, sources_of
from yamlagents.spec.reuse.variants import Variant
from yamlagents.spec.schema.published import schema_problems
from yamlagents.spec.scope import Field, Scope, extends_problems
from yamlagents.spec.secrets.literals import secret_defaults, secret_problems
from yamlagents.spec.secrets.veil import veiled
from yamlagents.spec.text.document import Document
from yamlagents.spec.variables import Variables

if TYPE_CHECKING:
    from yamlagents.spec.records import Spec


@dataclass(frozen=True)
class Checked:
    """What checking a file gave: its problems in order of place, and the spec if none is an error.

    A file that only serves to be included (models, no agents) has neither errors nor a spec.
    """

    problems: tuple[Problem, ...]
    _file: Path
    _scope: Scope | None = field(default=None, repr=False)
    _variants: tuple[Variant, ...] = field(default=(), repr=False)
    offer: Offer = field(default_factory=Offer)
    _chosen: Chosen = field(default_factory=Chosen, repr=False)

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
        # Most of what specs are made of, and by, is loaded for nothing else.
        building = import_module("yamlagents.spec.build")
        spec: Spec = building.build(self._file, scope, self.problems, self._chosen)
        for variant in self._variants:
            under = building.build(self._file, variant.scope, self.problems, self._chosen)
            spec = building.with_variant(spec, under, variant.tests)
        return spec


def load(
    path: str | os.PathLike[str],
    *,
    environ: Mapping[str, str] | None = None,
    allow: Iterable[str] = (),
    overrides: Iterable[str] = (),
    params: Mapping[str, Any] | None = None,
    overlays: Iterable[str] = (),
    text: bytes | None = None,
) -> Spec:
    """Load the agent file at `path`, ready to run.

    `environ` gives the variables of `${NAME}` (default: the process's); `allow` names modules
    outside the project whose code may be used; `overrides` are `key.path=value` settings; `params`
    gives the params of the file, as text or as values of their types; `overlays` names those that
    are merged over the file, in order; `text` stands for the file's content. A model's key or
    address that hangs on an unset variable is a problem only once `assemble` is to ask that model.
    Raises `SpecError` with every problem if the file cannot be run, and ValueError for an override
    that is not `KEY=VALUE`.
    """
    checked = check(
        path,
        environ=environ,
        allow=allow,
        overrides=overrides,
        params=params,
        overlays=overlays,
        text=text,
        unset="error",
        lack="error",
        every_overlay=False,
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
    params: Mapping[str, Any] | None = None,
    overlays: Iterable[str] = (),
    text: bytes | None = None,
    unset: Literal["error", "note"] = "note",
    lack: Lack = "unknown",
    every_overlay: bool = True,
) -> Checked:
    """Check the agent file at `path` and give all that is wrong with it. Raises nothing for it.

    The arguments, and ValueError for them, are those of `load`; an unset variable is only a note
    unless `unset` says otherwise, and `lack` says what is done where a param has no value. With
    `every_overlay` the overlays that are not chosen are checked as well, each alone.
    """
    variables = Variables(os.environ if environ is None else environ, unset)
    settings = tuple(override_of(text) for text in overrides)
    file = Path(path).resolve()
    try:
        project = project_of(file, allow)
    except SpecError as error:
        return Checked(error.problems, file)
    sources = sources_of(file, text, settings, project, variables)
    given = from_outside(params or {})

    def problems(scope: Scope, gathered: list[Problem]) -> Iterator[Problem]:
        return _problems(scope, gathered, given)

    checking = Checking(sources, given, tuple(overlays), lack, problems)
    found, scope, variants = checking.found(every_overlay=every_overlay)
    told = sorted(dict.fromkeys(found), key=lambda problem: problem.sort_key)
    safe = tuple(veiled(told, variables.environ))
    chosen = chosen_of(params or {}, checking.overlays, sources.documents)
    return Checked(safe, file, scope, tuple(variants), sources.offer, chosen)


_Start = tuple[Source, int, int]


def _problems(
    scope: Scope, gathered: list[Problem], given: Mapping[str, Given]
) -> Iterator[Problem]:
    """Give the problems of all files: of their text, their shape, and then of what they mean.

    Where one of these finds an error, those after it say nothing: they would tell of it again.
    """
    told: set[_Start] = set()
    yield from _untold(chain(eased(scope.documents, given), gathered), told)
    yield from _untold(chain(_each(secret_problems, scope), secret_defaults(scope)), told)
    yield from _untold(_each(schema_problems, scope), told)
    yield from _untold(settings_problems(scope), told)
    yield from _untold(_each(case_problems, scope), told)
    yield from _untold(extends_problems(scope), told)
    yield from _untold(group_problems(scope), told)
    yield from _untold(server_problems(scope), told)
    yield from _untold(reference_problems(scope), told)
    if scope.setting("workflow") is not None:
        workflow = import_module("yamlagents.spec.workflow.references")
        yield from _untold(workflow.workflow_problems(scope), told)
    yield from _untold(case_references(scope), told)
    if not told and not any((scope.agents, *_shared(scope))):
        yield _nothing_declared(scope.documents[0])


def _shared(scope: Scope) -> tuple[Mapping[str, Field], ...]:
    """Give what a file may declare for others that include it, by name."""
    return scope.models, scope.providers, scope.tools, scope.params, scope.mcp_servers


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


def _nothing_declared(document: Document) -> Problem:
    hint = "declare one: agents: {name: {instructions: ..., model: openai/gpt-4.1}}"
    return document.problem(document.place(), "no-agents", "this file has no agents", hint=hint)
