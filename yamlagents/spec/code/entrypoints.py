"""Entry points, checked by reading the source they name and never by importing it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from importlib.machinery import ModuleSpec
from pathlib import Path

from yamlagents.spec.code import modules
from yamlagents.spec.code.outline import (
    CLASS,
    DATA,
    FUNCTION,
    LIST,
    BadSource,
    Definition,
    Outline,
    outline,
)
from yamlagents.spec.code.records import EntryPoint
from yamlagents.spec.files import file_problem
from yamlagents.spec.problem import Place, Problem, suggestion
from yamlagents.spec.project import Project, target_of


@dataclass(frozen=True)
class Wanted:
    """What a piece of code has to be: in words, and the kinds of a definition it may not be.

    `given` names the arguments that a function is called with; None where that differs.
    """

    noun: str
    refused: tuple[str, ...]
    code: str
    given: tuple[str, ...] | None = None


TOOL = Wanted("a function or a tool", (CLASS, DATA), "not-a-tool")
TOOLS = Wanted("tools, or a function that makes them", (DATA,), "not-a-tool")
TYPE = Wanted("a type", (FUNCTION, DATA, LIST), "wrong-kind")
CODE = Wanted("a function, a class or an object", (DATA, LIST), "wrong-kind")
HOOKS = Wanted("a class or an object of the SDK's hooks", (FUNCTION, DATA, LIST), "wrong-kind")


def called(*given: str) -> Wanted:
    """Give what a function has to be that is called with these arguments, by position."""
    return replace(CODE, given=given)


_WORDS = {CLASS: "a class", DATA: "data", LIST: "a list", FUNCTION: "a function"}


@dataclass(frozen=True)
class Resolved:
    """An entry point with what its source says of it, or the problem that stands in its way."""

    entry_point: EntryPoint
    definition: Definition | None = None
    problem: Problem | None = None


def resolve(
    text: str, place: Place, folder: Path, project: Project, wanted: Wanted = TOOL
) -> Resolved:
    """Resolve `module:attribute`, or `./file.py:attribute` relative to `folder`."""
    target, _, attribute = text.rpartition(":")
    if target.endswith(".py"):
        path = target_of(folder, target)
        point = EntryPoint(text, attribute, path, None, place, path)
        return _checked(point, wanted, _file_problem(point, target, path, project))
    found = modules.locate(target, modules.search_path(project.root))
    point = EntryPoint(text, attribute, None, target, place, modules.file_of(found))
    return _checked(point, wanted, _module_problem(point, target, found, project))


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
    point: EntryPoint, module: str, found: ModuleSpec | None, project: Project
) -> Problem | None:
    is_own = _is_own(found, project)
    is_folder = found is not None and found.origin is None and not found.has_location
    if found is not None and (project.allows(module) or (is_own and not is_folder)):
        return None
    hidden = None if is_own else _hidden(module, project)
    if hidden is not None:
        return _shadowed(point, module.partition(".")[0], hidden, project.root)
    if found is None:
        near = suggestion(module, _siblings(project))
        message = f"there is no module '{module}'{near}"
        return _problem(point, "missing-module", message, "is it installed, or in the project?")
    if is_own:
        message = f"'{module}' is a folder without an __init__.py, which has no functions"
        return _problem(point, "missing-module", message, "name a module in it")
    return _problem(
        point,
        "code-not-allowed",
        f"'{module}' is code of {_owner(module, 'another package')}, "
        "which a file may not take by itself",
        f'allow it: [tool.yamlagents] allow = ["{module}"] in pyproject.toml, or --allow {module}',
    )


def _is_own(found: ModuleSpec | None, project: Project) -> bool:
    """Tell whether a module's file is the project's, or a folder of a package without a file."""
    source = modules.file_of(found)
    if source is not None or found is None:
        return source is not None and project.contains(source)
    folders = found.submodule_search_locations or ()
    return any(project.contains(Path(folder).resolve()) for folder in folders)


def _hidden(module: str, project: Project) -> Path | None:
    """Give the project's own file or package that another one of the module's first name hides."""
    top = module.partition(".")[0]
    winner = modules.locate(top, modules.search_path(project.root))
    if winner is None or _is_own(winner, project):
        return None
    for folder in modules.own_folders(project.root):
        if (folder / f"{top}.py").is_file():
            return folder / f"{top}.py"
        if any((folder / top).rglob("*.py")):
            return folder / top
    return None


def _shadowed(point: EntryPoint, top: str, hidden: Path, root: Path) -> Problem:
    name = hidden.relative_to(root).as_posix() + ("/" if hidden.is_dir() else "")
    owner = _owner(top, "an installed package")
    message = f"'{top}' is {owner} and hides the project's own {name}"
    hint = f"rename {name}"
    if top not in sys.stdlib_module_names and (hidden / "__init__.py").is_file():
        hint += ", or install it with pip install -e if the two are one package"
    return _problem(point, "shadowed-module", message, hint)


def _owner(module: str, other: str) -> str:
    is_python = module.partition(".")[0] in sys.stdlib_module_names
    return "Python's standard library" if is_python else other


def _siblings(project: Project) -> list[str]:
    folders = modules.own_folders(project.root)
    files = [path.stem for folder in folders for path in folder.glob("*.py")]
    packages = [path.parent.name for folder in folders for path in folder.glob("*/__init__.py")]
    return files + packages


def _checked(point: EntryPoint, wanted: Wanted, problem: Problem | None) -> Resolved:
    source = point.origin
    if problem is not None or source is None or source.suffix != ".py":
        return Resolved(point, None, problem)
    try:
        found = outline(source)
    except BadSource as bad:
        message = f"{source.name} does not parse; line {bad.line}: {bad.message}"
        return Resolved(point, None, _problem(point, "broken-python", message))
    except OSError as error:
        message = f"{source.name} cannot be read: {(error.strerror or str(error)).lower()}"
        return Resolved(point, None, _problem(point, "unreadable-file", message))
    return _defined(point, wanted, found, source)


def _defined(point: EntryPoint, wanted: Wanted, found: Outline, source: Path) -> Resolved:
    definition = found.names.get(point.attribute)
    if definition is None:
        if found.open:
            return Resolved(point)
        public = [name for name in found.names if not name.startswith("_")]
        near = suggestion(point.attribute, public)
        message = f"{source.name} has no '{point.attribute}'{near}"
        callable_ = [name for name in public if found.names[name].kind == FUNCTION]
        hint = f"it has {', '.join(callable_[:10])}" if callable_ and not near else None
        return Resolved(point, None, _problem(point, "missing-name", message, hint))
    if definition.kind in wanted.refused:
        kind = _WORDS[definition.kind]
        message = f"'{point.attribute}' of {source.name} is {kind}, not {wanted.noun}"
        return Resolved(point, definition, _problem(point, wanted.code, message))
    return Resolved(point, definition, _misfit(point, definition, wanted, source))


def _misfit(
    point: EntryPoint, definition: Definition, wanted: Wanted, source: Path
) -> Problem | None:
    """Tell of a function that cannot be called with the arguments that it is given."""
    if definition.arity is None or wanted.given is None:
        return None
    fewest, most = definition.arity
    if fewest <= len(wanted.given) <= most:
        return None
    given = ", ".join(wanted.given)
    how = f"with {given}" if given else "without arguments"
    said = f"'{point.attribute}' of {source.name} is called {how}"
    message = f"{said}, which does not fit its parameters"
    return _problem(point, wanted.code, message, f"write def {point.attribute}({given}): ...")
