"""The files that sessions are kept in: where they lie, and folders that git leaves alone."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from yamlagents.spec.sessions.kinds import MEMORY, OWN_FILE, OWN_FOLDER
from yamlagents.spec.sessions.records import SessionSpec

_IGNORE = "# What yamlagents keeps here is nobody else's.\n*\n"


def path_of(layer: SessionSpec) -> Path | None:
    """Give the database of a SQLite session; None for one in memory."""
    given = layer.options.get("db_path")
    if given is None:
        return layer.root / OWN_FOLDER / OWN_FILE
    return None if str(given) == MEMORY else Path(given)


def own_folder(root: Path) -> Path:
    """Give the folder for what yamlagents keeps in the project `root`. Raises OSError."""
    folder = root / OWN_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    _ignore(folder)
    return folder


def _ignore(folder: Path) -> None:
    with suppress(FileExistsError), (folder / ".gitignore").open("x") as file:
        file.write(_IGNORE)


def database(layer: SessionSpec) -> str:
    """Give the database of a SQLite session as the SDK takes it, with a place for it to be made.

    Folders are made in the project only. Raises OSError where that cannot be done.
    """
    path = path_of(layer)
    if path is None:
        return MEMORY
    if not path.parent.is_dir() and path.resolve().is_relative_to(layer.root.resolve()):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.name == OWN_FOLDER:
        _ignore(path.parent)
    # What people said is for the eyes of its owner.
    path.touch(mode=0o600)
    return str(path)
