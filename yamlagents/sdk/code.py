"""Entry points imported: from here on the user's code runs."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

import agents  # first, so that a project's own folder `agents/` cannot stand in its place

from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.records import EntryPoint

assert hasattr(agents, "Runner"), "another package called 'agents' hides the Agents SDK"


def attribute(point: EntryPoint, root: Path) -> Any:
    """Import what `point` names, the project root importable. Raises `SpecError` at its place."""
    _append(root, root / "src")
    module = _module(point, root)
    if not hasattr(module, point.attribute):
        message = f"'{module.__name__}' has no '{point.attribute}' once it is imported"
        raise SpecError([Problem(point.place, "error", "missing-name", message)])
    return getattr(module, point.attribute)


def _append(*folders: Path) -> None:
    for folder in map(str, folders):
        if folder not in sys.path:
            sys.path.append(folder)


def _module(point: EntryPoint, root: Path) -> ModuleType:
    try:
        if point.path is None:
            return importlib.import_module(str(point.module))
        return _from_file(point.path)
    # An import runs the user's code, which may raise whatever it likes, or end the program.
    except (Exception, SystemExit) as error:  # told with its place, and the cause kept
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        message = f"importing '{point.text}' failed: {text}{_where(error, root)}"
        raise SpecError([Problem(point.place, "error", "import-failed", message)]) from error


def _from_file(path: Path) -> ModuleType:
    name = f"yamlagents_file_{path.stem}_{abs(hash(path)):x}"
    known = sys.modules.get(name)
    if known is not None:
        return known
    # Siblings of the file are importable from it, as they are from a script.
    _append(path.parent)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _where(error: BaseException, root: Path) -> str:
    """Give the last line of the project's own code that the error passed through."""
    frames = [
        (Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)
    ]
    own = [(path, line) for path, line in frames if path.is_relative_to(root)]
    return f" ({own[-1][0].name}:{own[-1][1]})" if own else ""
