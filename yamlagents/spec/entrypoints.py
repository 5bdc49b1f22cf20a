"""Entry points, checked by reading the source they name and never by importing it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from yamlagents.spec import modules
from yamlagents.spec.files import file_problem
from yamlagents.spec.problem import Place, Problem, suggestion
from yamlagents.spec.project import Project, target_of
from yamlagents.spec.records import EntryPoint

# Folders of these names in a project are shadowed by what the runner itself imports.
_TAKEN = frozenset(("agents", "litellm", "openai", "mcp"))


@dataclass(frozen=True)
class Resolved:
    """An entry point with what its source says of it, or the problem that stands in its way."""

    entry_point: EntryPoint
    definition: modules.Definition | None = None
    problem: Problem | None = None


def resolve(text: str, place: Place, folder: Path, project: Project) -> Resolved:
    """Resolve `module:attribute`, or `./file.py:attribute` relative to `folder`."""
    target, _, attribute = text.rpartition(":")
    if target.endswith(".py"):
        path = target_of(folder, target)
        point = EntryPoint(text, attribute, path, None, place)
        return _checked(point, path, _file_problem(point, target, path, project))
    point = EntryPoint(text, attribute, None, target, place)
    found = modules.locate(target, search_folders(project))
    origin = found.origin if found is not None and found.has_location else None
    source = Path(origin).resolve() if origin is not None else None
    return _checked(point, source, _module_problem(point, found is not None, source, project))


def search_folders(project: Project) -> tuple[Path, ...]:
    """Give the folders that module names are looked up in after sys.path."""
    source = project.root / "src"
    return (project.root, source) if source.is_dir() else (project.root,)


def _problem(point: EntryPoint, code: str, message: str, hint: str | None = None) -> Problem:
    return Problem(point.place, "error", code, message, hint)


def _file_problem(
    point: EntryPoint, target: str, path: Path | None, project: Project
) -> Problem | None:
    problem = file_problem(point.place, target, path, project)
    if problem is None and path is not None and not project.contains(path):
        message = f"'{target}' is an installed package, not code of the project"
        hint = "name it as a module, and allow that module"
        return _problem(point, "outside-project", message, hint)
    return problem


def _module_problem(
    point: EntryPoint, found: bool, source: Path | None, project: Project
) -> Problem | None:
    module = str(point.module)
    top = module.partition(".")[0]
    if top in _TAKEN and (project.root / top).exists() and not project.allows(module):
        message = (
            f"'{top}' is a package that yamlagents itself imports, and hides the project's own"
        )
        return _problem(point, "shadowed-module", message, f"rename the folder {top}/")
    if not found:
        near = suggestion(module, _siblings(project))
        message = f"there is no module '{module}'{near}"
        return _problem(point, "missing-module", message, "is it installed, or in the project?")
    if (source is not None and project.contains(source)) or project.allows(module):
        return None
    origin = "Python's standard library" if top in sys.stdlib_module_names else "another package"
    return _problem(
        point,
        "code-not-allowed",
        f"'{module}' is code of {origin}, which a file may not take by itself",
        f'allow it: [tool.yamlagents] allow = ["{module}"] in pyproject.toml, or --allow {module}',
    )


def _siblings(project: Project) -> list[str]:
    folders = search_folders(project)
    files = [path.stem for folder in folders for path in folder.glob("*.py")]
    packages = [path.parent.name for folder in folders for path in folder.glob("*/__init__.py")]
    return files + packages


def _checked(point: EntryPoint, source: Path | None, problem: Problem | None) -> Resolved:
    if problem is not None or source is None or source.suffix != ".py":
        return Resolved(point, None, problem)
    try:
        outline = modules.outline(source)
    except modules.BadSource as bad:
        message = f"{source.name} does not parse; line {bad.line}: {bad.message}"
        return Resolved(point, None, _problem(point, "broken-python", message))
    except OSError as error:
        message = f"{source.name} cannot be read: {(error.strerror or str(error)).lower()}"
        return Resolved(point, None, _problem(point, "unreadable-file", message))
    return _defined(point, outline, source)


def _defined(point: EntryPoint, outline: modules.Outline, source: Path) -> Resolved:
    definition = outline.names.get(point.attribute)
    if definition is None:
        if outline.open:
            return Resolved(point)
        public = [name for name in outline.names if not name.startswith("_")]
        near = suggestion(point.attribute, public)
        message = f"{source.name} has no '{point.attribute}'{near}"
        callable_ = [name for name in public if outline.names[name].kind == modules.FUNCTION]
        hint = f"it has {', '.join(callable_[:10])}" if callable_ and not near else None
        return Resolved(point, None, _problem(point, "missing-name", message, hint))
    if definition.kind in (modules.DATA, modules.CLASS):
        noun = "a class" if definition.kind == modules.CLASS else "data"
        message = f"'{point.attribute}' of {source.name} is {noun}, not a function or a tool"
        return Resolved(point, definition, _problem(point, "not-a-tool", message))
    return Resolved(point, definition)
