"""What lies in a workspace: paths that stay in it, and files of the project that are there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from yamlagents.spec.files import file_problem
from yamlagents.spec.problem import Place, Problem
from yamlagents.spec.project import target_of
from yamlagents.spec.scope import Field, Scope
from yamlagents.spec.variables import Unset

# Keys of mappings from paths to entries, and the kinds of entries that lie in the project.
ENTRY_MAPS = ("entries", "children", "scripts", "references", "assets")
LOCAL = ("local_file", "local_dir")
FOLDERS = ("dir", "local_dir", "git_repo")
_DRIVE = re.compile(r"[A-Za-z]:")


def entries_problems(entries: Field, scope: Scope) -> Iterator[Problem]:
    """Give the problems of entries by path, and of those within them."""
    seen: dict[str, Place] = {}
    for path in entries.value if isinstance(entries.value, dict) else ():
        entry = entries.part(path)
        said = path_problem(str(path))
        if said is not None:
            place, hint = entry.key_place, "write it relative to the workspace"
            yield entry.document.problem(place, "outside-sandbox", said, hint=hint)
            continue
        plain = posixpath.normpath(str(path))
        if plain in seen:
            message = f"'{path}' is the same path as the one at {seen[plain]}"
            yield entry.document.problem(entry.key_place, "duplicate-name", message)
        seen.setdefault(plain, entry.key_place)
        yield from entry_problems(entry, scope)


def entry_problems(entry: Field, scope: Scope) -> Iterator[Problem]:
    """Give the problems of one entry."""
    yield from entries_problems(entry.part("children"), scope)
    kind, source = entry.part("type").value, entry.part("src")
    if kind not in LOCAL or not isinstance(source.value, str) or isinstance(source.value, Unset):
        return
    target = target_of(source.folder, source.value)
    if kind == "local_file":
        yield from filter(None, (file_problem(source.place, source.value, target, scope.project),))
    else:
        yield from filter(None, (folder_problem(source, target, scope),))


def folder_problem(path: Field, target: Path | None, scope: Scope) -> Problem | None:
    """Say why a folder may not or can not be read, if so."""
    if target is not None and scope.project.holds(target) and target.is_dir():
        return None
    if target is not None and target.is_file() and scope.project.holds(target):
        hint = "write type: local_file, or name its folder"
        return path.problem("missing-file", f"'{path.value}' is a file, not a folder", hint)
    if target is not None and scope.project.holds(target):
        start = "a path starts at the folder of the file that it is written in"
        return path.problem("missing-file", f"there is no folder '{path.value}'", start)
    return file_problem(path.place, str(path.value), target, scope.project)


def path_problem(path: str) -> str | None:
    """Say why a path does not lead into the workspace, if so."""
    parts = path.replace("\\", "/").split("/")
    if path.startswith(("/", "\\")) or _DRIVE.match(path):
        return f"'{path}' is no path in the workspace: it starts outside"
    if ".." in parts:
        return f"'{path}' leads out of the workspace"
    if "\0" in path or posixpath.normpath(path) in (".", ""):
        return f"'{path}' is no path in the workspace"
    return None
