"""Names of modules that are taken: Python has one module of each name in a process."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from yamlagents.spec.code import modules
from yamlagents.spec.code.outline import imported
from yamlagents.spec.code.records import EntryPoint
from yamlagents.spec.problem import Problem
from yamlagents.spec.project import shown_name


@dataclass(frozen=True)
class _Taken:
    """A module's name, the file that is meant by it, and the file that it stands for instead."""

    name: str
    meant: Path
    loaded: Path


def taken(point: EntryPoint, root: Path, failed: str = "") -> Problem | None:
    """Say which name that the import of `point` needed stands for another module, if one does.

    `failed` is the module that an import has failed at. Call it once the import has been tried.
    """
    if point.path is None:
        found = _package(point, root)
        return _wrong_module(point, found) if found is not None else None
    found = _sibling(point.path, failed.partition(".")[0])
    return _shadowed_module(point, found) if found is not None else None


def _package(point: EntryPoint, root: Path) -> _Taken | None:
    """Compare what was checked, and the package around it, with what is loaded."""
    module = str(point.module)
    top = module.partition(".")[0]
    package = modules.file_of(modules.locate(top, modules.search_path(root)))
    for name, meant in ((module, point.origin), (top, package)):
        loaded = modules.loaded_file(name)
        if meant is not None and loaded is not None and loaded != meant:
            return _Taken(name, meant, loaded)
    return None


def _sibling(file: Path, failed: str) -> _Taken | None:
    """Look at the siblings of `file` that it imports, and at those that they import.

    A name of the standard library means the standard library, unless the import failed at it.
    """
    waiting, seen = [file], {file}
    while waiting:
        for name in sorted(imported(waiting.pop())):
            meant = _beside(file.parent, name)
            if meant is None or meant in seen:
                continue
            seen.add(meant)
            loaded = _loaded_or_next(name)
            if loaded == meant:
                waiting.append(meant)
            elif loaded is not None and (name not in sys.stdlib_module_names or name == failed):
                return _Taken(name, meant, loaded)
    return None


def _beside(folder: Path, name: str) -> Path | None:
    candidates = (folder / f"{name}.py", folder / name / "__init__.py")
    return next((path.resolve() for path in candidates if path.is_file()), None)


def _loaded_or_next(name: str) -> Path | None:
    """Give the file of a module; of one that a function imports later, the one it would load."""
    if name in sys.modules:
        return modules.loaded_file(name)
    return modules.file_of(modules.locate(name, sys.path))


def _wrong_module(point: EntryPoint, found: _Taken) -> Problem:
    meant, loaded = shown_name(found.meant), shown_name(found.loaded)
    message = f"'{found.name}' was checked in {meant}, but the module of this name is {loaded} here"
    hint = "rename one of them, or name the tool's file instead of its module"
    return Problem(point.place, "error", "wrong-module", message, hint)


def _shadowed_module(point: EntryPoint, found: _Taken) -> Problem:
    meant, loaded = shown_name(found.meant), shown_name(found.loaded)
    message = f"'{found.name}' is {loaded} here, which hides {meant} beside the tool's file"
    hint = f"a process has one module of each name: rename {meant}"
    if found.meant.name == "__init__.py":
        hint += ", or install it with pip install -e if the two are one package"
    return Problem(point.place, "error", "shadowed-module", message, hint)
