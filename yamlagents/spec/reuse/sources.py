"""The files of a spec as they are written, and what params, overlays and settings make of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from yamlagents.spec.files import included, read_main
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.project import Project, project_of
from yamlagents.spec.reuse.overlays import overlaid, overlay_names
from yamlagents.spec.reuse.overrides import Override, overridden
from yamlagents.spec.reuse.params import Declared, declared
from yamlagents.spec.scope import Scope, scope_of
from yamlagents.spec.text.document import Document
from yamlagents.spec.text.reader import again, with_items
from yamlagents.spec.variables import Params, Unset, Variables


@dataclass(frozen=True)
class Offer:
    """The names of what may be given for a file; of one that is not `complete`, some."""

    params: tuple[str, ...] = ()
    overlays: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True)
class Sources:
    """A file and those it includes, nearest first; values that hang on params are unknown in them.

    `complete` says whether all files that are included could be read; `strays` are the includes
    that lead nowhere.
    """

    documents: tuple[Document, ...]
    project: Project
    params: Mapping[str, Declared]
    strays: tuple[Problem, ...]
    complete: bool
    _settings: tuple[Override, ...]
    _variables: Variables

    @property
    def offer(self) -> Offer:
        """What may be given for the file."""
        overlays = overlay_names(self.documents)
        return Offer(tuple(self.params), tuple(overlays), self.complete)

    def scope(
        self, values: Params, overlays: Sequence[str], tests: Sequence[int] | None = None
    ) -> tuple[Scope, list[Problem]]:
        """Give all names with `values` for the params and `overlays` over the rest, in order.

        With `tests`, the main file has no others than those of these numbers. The problems are
        those of names that are defined twice.
        """
        variables = replace(self._variables, params=values)
        main, *below = self.documents
        # A setting may count the tests.
        counted = any(setting.path[0] == "tests" for setting in self._settings)
        fewer = with_items(main, "tests", tests) if tests is not None and not counted else None
        documents = [
            main if fewer is None and not main.params else again(fewer or main, variables),
            *(again(one, variables) if one.params else one for one in below),
        ]
        for overlay in overlays:
            documents = overlaid(documents, overlay)
        documents = overridden(documents, self._settings, variables)
        return scope_of(documents, self.project, values, complete=self.complete)


def sources_of(
    file: Path,
    text: bytes | None,
    settings: tuple[Override, ...],
    project: Project,
    variables: Variables,
) -> Sources:
    """Read the file at the resolved path `file`, or take `text` for it, and all it includes."""
    written = read_main(file, text, variables)
    # Settings may change what is included and which params there are.
    (main,) = overridden([written], settings, variables)
    below, strays = included(main, file, project, variables)
    documents = [main, *below]
    return Sources(
        documents=(written, *below),
        project=project,
        params=declared(documents),
        strays=tuple(strays),
        complete=not strays and all(map(_is_whole, documents)),
        _settings=settings,
        _variables=variables,
    )


def _is_whole(document: Document) -> bool:
    """Tell whether all that a file declares, or includes, could be read."""
    unset = any(isinstance(text, Unset) for _, text in document.items("include"))
    return document.data is not None and not unset


def offered(path: Path) -> Offer:
    """Give what may be given for the agent file at `path`. Raises nothing for what is wrong."""
    file = path.resolve()
    try:
        project = project_of(file)
    except SpecError:
        return Offer()
    sources = sources_of(file, None, (), project, Variables(os.environ, "note"))
    return sources.offer
