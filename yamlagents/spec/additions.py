"""What is added to an agent's instructions on request: the date, the machine, texts of files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from yamlagents.spec.files import file_problem
from yamlagents.spec.problem import Problem
from yamlagents.spec.project import Project, target_of
from yamlagents.spec.prompts import prompt_text
from yamlagents.spec.scope import Field
from yamlagents.spec.variables import Unset

KEY = "append_to_instructions"


@dataclass(frozen=True)
class AddedFile:
    """A file of the project, by its name, with its text."""

    name: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Additions:
    """What follows an agent's own instructions. `rehearsed` has the day and the machine of tests.

    The day is that of each request; a spec does not change from day to day.
    """

    date: bool = False
    environment: bool = False
    files: tuple[AddedFile, ...] = ()
    is_rehearsed: bool = field(default=False, compare=False)

    @property
    def rehearsed(self) -> Additions:
        """The same for a test, whose requests are alike on every day and machine."""
        return replace(self, is_rehearsed=True)


def addition_problems(added: Field, project: Project) -> Iterator[Problem]:
    """Give what is wrong with the files whose texts are added."""
    for item in added.part("files").items():
        path, optional = _path(item)
        if not path.text:
            continue
        target = target_of(path.folder, path.text)
        if optional and _is_absent(target, project):
            continue
        problem = file_problem(path.place, path.text, target, project)
        if problem is None and target is not None:
            text = prompt_text(target, path.text, path.place)
            problem = text if isinstance(text, Problem) else None
        yield from filter(None, (problem,))


def additions_of(added: Field | None) -> Additions | None:
    """Give what is added, from what was checked; None if it is nothing."""
    if added is None or not isinstance(added.value, dict):
        return None
    date, environment = (added.value.get(key) is True for key in ("date", "environment"))
    files = tuple(_files(added.part("files")))
    return Additions(date, environment, files) if date or environment or files else None


def _files(listed: Field) -> Iterator[AddedFile]:
    for item in listed.items():
        path, _ = _path(item)
        target = (path.folder / str(path.value)).resolve()
        # One that is not there is optional: else it would be a problem.
        if not isinstance(path.value, Unset) and target.is_file():
            text = target.read_text(encoding="utf-8-sig").removesuffix("\n")
            yield AddedFile(target.name, text)


def _path(item: Field) -> tuple[Field, bool]:
    """Give the path of a file, and whether it may be absent."""
    if not isinstance(item.value, dict):
        return item, False
    return item.part("path"), item.value.get("optional") is True


def _is_absent(target: Path | None, project: Project) -> bool:
    return target is not None and project.holds(target) and not target.exists()
