"""Where modules lie, found as an import would find them and without importing anything."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from pkgutil import get_importer
from types import ModuleType

# The entries of sys.path that are there for the sake of projects, as a set in order. A project
# sees only its own; a long-lived process may have thousands.
_ADDED: dict[str, None] = {}


def own_folders(root: Path) -> tuple[Path, ...]:
    """Give the folders in which a project's modules are looked up."""
    source = root / "src"
    return (root, source) if source.is_dir() else (root,)


def search_path(root: Path) -> list[str]:
    """Give sys.path as it is for an import of the project at `root`, whatever was loaded before."""
    path = [entry for entry in sys.path if entry not in _ADDED]
    return path + [folder for folder in map(str, own_folders(root)) if folder not in path]


def make_importable(root: Path) -> None:
    """Put the project's folders on sys.path: behind all that Python has, before other projects."""
    path, present = search_path(root), set(sys.path)
    shared = [entry for entry in path if entry in present and entry not in _ADDED]
    own = path[len(shared) :]
    # Folders of its tool files stay in the order they came in, for imports that run later.
    added = [entry for entry in sys.path if entry in _ADDED and entry not in own]
    below = os.path.join(root, "")
    beside = {entry: None for entry in added if os.path.join(entry, "").startswith(below)}
    others = [entry for entry in added if entry not in beside]
    _ADDED.update(dict.fromkeys(own))
    sys.path[:] = [*shared, *own, *beside, *others]


def add_folder(folder: Path) -> None:
    """Make the modules of one folder importable, behind all others."""
    entry = str(folder)
    if entry not in sys.path:
        sys.path.append(entry)
        _ADDED[entry] = None


def locate(module: str, path: list[str]) -> ModuleSpec | None:
    """Find `module` as an import with `path` for sys.path would, without importing anything.

    importlib.util.find_spec would run the parent packages.
    """
    top, *below = module.split(".")
    if not all(part.isidentifier() for part in (top, *below)):
        return None
    found = _top(top, path)
    name = top
    for part in below:
        if found is None or found.submodule_search_locations is None:
            return None
        name = f"{name}.{part}"
        found = _below(name, found.submodule_search_locations)
    return found


def file_of(found: ModuleSpec | None) -> Path | None:
    """Give the resolved file of a module that was located; None if it has none."""
    if found is None:
        return None
    state = None if found.has_location else found.loader_state
    origin = found.origin if found.has_location else getattr(state, "filename", None)
    return Path(origin).resolve() if isinstance(origin, str) else None


def loaded_file(name: str) -> Path | None:
    """Give the resolved file of the module `name` of sys.modules; None if there is none."""
    file = _known(sys.modules.get(name)).get("__file__")
    return Path(file).resolve() if isinstance(file, str) else None


def loaded_from(path: Path) -> ModuleType | None:
    """Give a module that was loaded from the resolved file `path`, under whatever name."""
    for module in list(sys.modules.values()):
        file = _known(module).get("__file__")
        if isinstance(file, str) and file.endswith(path.name) and Path(file).resolve() == path:
            return module
    return None


def _known(module: object) -> dict[str, object]:
    """Give what a module holds, past its __getattr__: some load only once they are asked."""
    if not issubclass(type(module), ModuleType):  # some claim to be one, as in cffi
        return {}
    known: dict[str, object] = object.__getattribute__(module, "__dict__")
    return known


def _top(name: str, path: list[str]) -> ModuleSpec | None:
    # An editable install has a finder of its own there, and no folder on sys.path.
    for finder in sys.meta_path:
        if finder is PathFinder:
            found = PathFinder.find_spec(name, path)
        else:
            find_spec = getattr(finder, "find_spec", None)
            found = find_spec(name, None) if find_spec is not None else None
        if found is not None:
            return found
    return None


def _below(name: str, folders: Iterable[str]) -> ModuleSpec | None:
    """Find a module in the folders of its package; PathFinder wants the package imported."""
    portions: list[str] = []
    for folder in folders:
        finder = get_importer(folder or os.getcwd())
        found = finder.find_spec(name) if finder is not None else None
        if found is not None and found.loader is not None:
            return found
        portions += (found.submodule_search_locations or ()) if found is not None else ()
    if not portions:
        return None
    package = ModuleSpec(name, None, is_package=True)
    package.submodule_search_locations = portions
    return package
