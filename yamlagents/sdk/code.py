"""Entry points imported: from here on the user's code runs."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from yamlagents.result import RunError
from yamlagents.sdk.names import taken
from yamlagents.spec.code import modules
from yamlagents.spec.code.records import CodeSpec, EntryPoint
from yamlagents.spec.problem import Problem, SpecError

T = TypeVar("T")


def attribute(point: EntryPoint, root: Path) -> Any:
    """Import what `point` names, the project root importable. Raises `SpecError` at its place."""
    modules.make_importable(root)
    module = _loaded(point.path) if point.path is not None else None
    if module is None:
        module = _module(point, root)
        if point.path is not None:
            _FOUND[point.path] = module
    if not hasattr(module, point.attribute):
        message = f"'{module.__name__}' has no '{point.attribute}' once it is imported"
        raise SpecError([Problem(point.place, "error", "missing-name", message)])
    return getattr(module, point.attribute)


# Where the modules of tool files were found: a search looks at all that is loaded.
_FOUND: dict[Path, ModuleType] = {}


def _loaded(path: Path) -> ModuleType | None:
    """Give the module that was loaded from a file, if it is still what its name stands for."""
    module = _FOUND.get(path)
    if module is None or sys.modules.get(module.__name__) is not module:
        module = modules.loaded_from(path)
        if module is not None:
            _FOUND[path] = module
    return module


def made(spec: CodeSpec, root: Path) -> Any:
    """Give the object that `spec` names, called if it has arguments.

    Raises `SpecError` at its place, for a call that fails as well.
    """
    found = attribute(spec.point, root)
    return found if spec.arguments is None else called(found, spec, spec.arguments)


def instance(spec: CodeSpec, root: Path) -> Any:
    """Give the object that `spec` names; a class is called without arguments."""
    found = made(spec, root)
    return called(found, spec, {}) if isinstance(found, type) else found


def hooks(spec: CodeSpec, root: Path, kind: type[T]) -> T:
    """Give the hooks that `spec` names. Raises `SpecError` at its place for what is no `kind`."""
    found = instance(spec, root)
    if not isinstance(found, kind):
        raise wrong_kind(spec, found, f"an object of a subclass of the SDK's {kind.__name__[:-4]}")
    return found


def wrong_kind(spec: CodeSpec, found: object, wanted: str) -> SpecError:
    """Give the problem of an object that is not what is `wanted`, in words."""
    message = f"'{spec.point.text}' is a {type(found).__name__}, not {wanted}"
    return SpecError([Problem(spec.place, "error", "wrong-kind", message)])


def given(spec: CodeSpec, value: Any, kinds: type[Any] | tuple[type[Any], ...], wanted: str) -> Any:
    """Give what the function of `spec` gave in a run, if it is what is `wanted`, in words.

    Raises `RunError` for anything else, which the SDK would stumble over.
    """
    if isinstance(value, kinds):
        return value
    raise misgiven(spec, value, wanted)


def misgiven(spec: CodeSpec, value: Any, wanted: str) -> RunError:
    """Give the failure of the function of `spec`, which gave this and not what is `wanted`."""
    place = f"{spec.place.file}:{spec.place.line}"
    what = "None" if value is None else f"a {type(value).__name__}"
    message = f"'{spec.point.text}' ({place}) gave {what}"
    return RunError("code-failed", message, exit=4, hint=f"it has to give {wanted}")


def function(spec: CodeSpec, root: Path) -> Any:
    """Give the function that `spec` names. Raises `SpecError` at its place for anything else."""
    found = made(spec, root)
    if not callable(found):
        raise wrong_kind(spec, found, "a function")
    return found


def functions(given: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Give options as `options` does, each of which is to be a function where it is code."""
    found = {key: function(v, root) for key, v in given.items() if isinstance(v, CodeSpec)}
    return options({**given, **found}, root)


def options(given: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Give options with the objects in place of the code that they name."""
    return {key: _object(value, root) for key, value in given.items()}


def _object(value: Any, root: Path) -> Any:
    if isinstance(value, tuple):
        return [_object(item, root) for item in value]
    return made(value, root) if isinstance(value, CodeSpec) else value


def called(found: Any, spec: CodeSpec, arguments: Mapping[str, Any]) -> Any:
    """Call what `spec` names. Raises `SpecError` at its place for a call that fails."""
    try:
        return found(**arguments)
    # The call runs the user's code, as an import does.
    except (Exception, SystemExit) as error:
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        message = f"calling '{spec.point.text}' failed: {text}"
        raise SpecError([Problem(spec.place, "error", "call-failed", message)]) from error


def _module(point: EntryPoint, root: Path) -> ModuleType:
    try:
        if point.path is None:
            module = importlib.import_module(str(point.module))
        else:
            module = _from_file(point.path)
    # An import runs the user's code, which may raise whatever it likes, or end the program.
    except (Exception, SystemExit) as error:  # told with its place, and the cause kept
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        message = f"importing '{point.text}' failed: {text}{_where(error, root)}"
        failed = Problem(point.place, "error", "import-failed", message)
        other = taken(point, root, error.name or "") if isinstance(error, ImportError) else None
        raise SpecError([other or failed]) from error
    other = taken(point, root)
    if other is not None:
        if point.path is not None:  # so that the next one to ask for it is told as well
            sys.modules.pop(_file_name(point.path), None)
        raise SpecError([other])
    return module


def _from_file(path: Path) -> ModuleType:
    # Siblings of the file are importable from it, as they are from a script.
    modules.add_folder(path.parent)
    name = _file_name(path)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:  # as import does: no half-made module stays, whatever ended it
        del sys.modules[name]
        raise
    return module


def _file_name(path: Path) -> str:
    """Name the module of a file: the same in every process, so that its objects can be pickled."""
    return f"yamlagents_file_{path.stem}_{sha256(os.fsencode(path)).hexdigest()[:12]}"


def _where(error: BaseException, root: Path) -> str:
    """Give the last line of the project's own code that the error passed through."""
    frames = [
        (Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)
    ]
    own = [(path, line) for path, line in frames if path.is_relative_to(root)]
    return f" ({own[-1][0].name}:{own[-1][1]})" if own else ""
