"""The project around an agent file: its root, what its settings allow, and where agents lie."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from yamlagents.spec.problem import Place, Problem, Source, SpecError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ENTRY_POINT_GROUP = "yamlagents.tools"
_MARKERS = ("pyproject.toml", ".git")
_PREFIXES = frozenset(Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix))
_INSTALLED = frozenset(("site-packages", "dist-packages"))
_TOML_POSITION = re.compile(
    r"\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)"
)


@dataclass(frozen=True)
class Project:
    """A root folder, and the modules outside it that agent files may take code from."""

    root: Path
    allow: tuple[str, ...] = ()

    def contains(self, path: Path) -> bool:
        """Tell whether the resolved `path` is the project's own: in the root and not installed."""
        if not self.holds(path) or any(map(path.is_relative_to, self._foreign)):
            return False
        return _INSTALLED.isdisjoint(path.parts[len(self.root.parts) :])

    def holds(self, path: Path) -> bool:
        """Tell whether the resolved `path` lies in the project's folder."""
        return path.parts[: len(self.root.parts)] == self.root.parts

    @cached_property
    def _foreign(self) -> tuple[Path, ...]:
        """The folders in the project that are Python's: a virtual environment kept in it, say."""
        folders = _PREFIXES
        if any(map(self.root.is_relative_to, _PREFIXES)):  # /usr/src/app below /usr
            folders |= _library()
        return tuple(folder for folder in folders if folder != self.root and self.holds(folder))

    def allows(self, module: str) -> bool:
        """Tell whether `module`, or a package around it, is allowed by name."""
        return _covers(self.allow, module) or _covers(_advertised(), module)


def project_of(file: Path, allow: Iterable[str] = ()) -> Project:
    """Find the project of the file at the resolved path `file`, with `allow` added to its list."""
    root = _root(file.parent)
    return Project(root, (*_allowed(root / "pyproject.toml"), *allow))


def shown_name(path: Path) -> str:
    """Give a path as a user would type it: relative where it is below the working folder."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive of Windows
        return str(path)
    return str(path) if relative.split(os.sep)[0] == os.pardir else relative


def target_of(folder: Path, text: str) -> Path | None:
    """Give what the path `text`, written in a file of `folder`, names; None if it cannot be one."""
    try:
        target = (folder / text).resolve()
        target.is_file()
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, links in a circle
        return None
    return target


@cache
def _library() -> frozenset[Path]:
    """Give the folders that Python has its modules in."""
    paths = sysconfig.get_paths()
    kinds = ("stdlib", "platstdlib", "purelib", "platlib")
    return frozenset(Path(paths[kind]).resolve() for kind in kinds)


@cache
def _root(folder: Path) -> Path:
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in _MARKERS):
            return candidate
    return folder


def _allowed(path: Path) -> tuple[str, ...]:
    """Read `[tool.yamlagents] allow` of a pyproject.toml. Raises SpecError if it is wrong."""
    try:
        content = path.read_bytes()
    except OSError:
        return ()
    # Most have none, and every file of a project asks.
    return _allow_list(path, content) if b"yamlagents" in content else ()


@cache
def _allow_list(path: Path, content: bytes) -> tuple[str, ...]:
    source = Source(shown_name(path), content.decode("utf-8", errors="replace"))
    try:
        tool: Any = tomllib.loads(source.text).get("tool")
    except tomllib.TOMLDecodeError as error:
        raise SpecError([_not_toml(source, str(error))]) from error
    settings = tool.get("yamlagents", {}) if isinstance(tool, dict) else {}
    if not isinstance(settings, dict):
        message = "[tool.yamlagents] is a table, with the key 'allow'"
        raise SpecError([_settings_problem(source, "yamlagents", message)])
    unknown = sorted(set(settings) - {"allow"})
    if unknown:
        message = f"'{unknown[0]}' is not a key of [tool.yamlagents]; the one key is 'allow'"
        raise SpecError([_settings_problem(source, unknown[0], message)])
    allow = settings.get("allow", [])
    if not isinstance(allow, list) or not all(isinstance(name, str) for name in allow):
        message = "'allow' of [tool.yamlagents] must be a list of module names"
        raise SpecError([_settings_problem(source, "allow", message, 'write allow = ["module"]')])
    return tuple(allow)


def _not_toml(source: Source, said: str) -> Problem:
    found = _TOML_POSITION.search(said)
    last = max(1, source.text.count("\n"))
    line = int(found["line"] or last) if found is not None else 1
    column = int(found["column"] or 1) if found is not None else 1
    place = Place(source, line, column, line, column + 1)
    message = f"this is not TOML: {_TOML_POSITION.sub('', said).lower()}"
    return Problem(place, "error", "bad-project-settings", message)


def _settings_problem(source: Source, word: str, message: str, hint: str | None = None) -> Problem:
    lines = source.text.splitlines()
    found = (n for n, line in enumerate(lines, 1) if line.strip(" \"'").startswith(word))
    line = next(found, 1)
    column = max(source.line(line).find(word), 0) + 1
    place = Place(source, line, column, line, column + len(word))
    return Problem(place, "error", "bad-project-settings", message, hint)


def _covers(names: Iterable[str], module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


@cache
def _advertised() -> tuple[str, ...]:
    # importlib.metadata takes a fifth of a validation's start, and few files ever get here.
    points = import_module("importlib.metadata").entry_points(group=ENTRY_POINT_GROUP)
    return tuple(point.value.partition(":")[0] for point in points)
