"""One check of a file: as it is asked for, under its other overlays, and as its tests want it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice

from yamlagents.spec.problem import Problem
from yamlagents.spec.prompts import params_in_prompts
from yamlagents.spec.reuse.given import Given
from yamlagents.spec.reuse.overlays import overlay_problems, unknown_overlays
from yamlagents.spec.reuse.paramchecks import declaration_problems, include_problems, unused_params
from yamlagents.spec.reuse.params import Lack, values_of
from yamlagents.spec.reuse.sources import Sources
from yamlagents.spec.reuse.variants import Check, Variant, Variants
from yamlagents.spec.scope import Scope
from yamlagents.spec.text.construct import MAX_PROBLEMS
from yamlagents.spec.text.document import Document


class Checking:
    """A file with its includes, and what is given for them from outside.

    `check` gives the problems of a scope, after those that were found on the way to it.
    """

    def __init__(
        self,
        sources: Sources,
        given: Mapping[str, Given],
        overlays: tuple[str, ...],
        lack: Lack,
        check: Check,
    ) -> None:
        self._sources = sources
        self._given = given
        self.overlays = overlays
        self._lack = lack
        self._check = check

    def found(self, *, every_overlay: bool) -> tuple[list[Problem], Scope, list[Variant]]:
        """Give all problems, the scope that was asked for, and those of tests with own params."""
        sources, complete = self._sources, self._sources.complete
        values, wrong = values_of(
            sources.params, self._given, sources.project, complete=complete, lack=self._lack
        )
        scope, clashes = sources.scope(values, self.overlays)
        gathered = [*sources.strays, *clashes, *wrong, *self._reuse()]
        told = chain(self._check(scope, gathered), self._unused(scope))
        problems = list(islice(told, MAX_PROBLEMS))
        if next(told, None) is not None:
            return [*problems, _too_many(scope.documents[0])], scope, []
        variants = Variants(sources, scope, problems)
        if every_overlay:
            problems += variants.under_overlays(self.overlays, self._check)
        found, wrong = variants.under_cases(self._given, self.overlays, self._lack, self._check)
        return [*problems, *wrong], scope, found

    def _reuse(self) -> Iterator[Problem]:
        """Give what is wrong with params and overlays as they are declared, and as asked for."""
        documents, complete = self._sources.documents, self._sources.complete
        yield from declaration_problems(self._sources.params, self._sources.project)
        yield from include_problems(documents)
        yield from unknown_overlays(documents, self.overlays, complete=complete)
        yield from overlay_problems(documents, complete=complete)

    def _unused(self, scope: Scope) -> Iterator[Problem]:
        """Give the params that nothing uses; a file without agents has them for others."""
        if not self._sources.params or not scope.agents or not scope.complete:
            return
        in_prompts = params_in_prompts(scope.documents)
        if in_prompts is not None:
            used = in_prompts.union(*(document.params for document in scope.documents))
            yield from unused_params(self._sources.params, scope.documents[0], used)


def _too_many(document: Document) -> Problem:
    message = f"these files have more than {MAX_PROBLEMS:,} problems; the rest is not told"
    return document.problem(document.place(), "too-many-problems", message)
