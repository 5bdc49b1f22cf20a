"""The project around an agent file: its root, what its settings allow, and where agents lie."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
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
_PREFIX = Path(sys.prefix).resolve()
_INSTALLED = frozenset(("site-packages", "dist-packages"))


@dataclass(frozen=True)
class Project:
    """A root folder, and the modules outside it that agent files may take code from."""

    root: Path
    allow: tuple[str, ...] = ()

    def contains(self, path: Path) -> bool:
        """Tell whether `path` is the project's own: inside the root and not an installed package."""
        resolved = path.resolve()
        if not resolved.is_relative_to(self.root):
            return False
        if _PREFIX != self.root and _PREFIX.is_relative_to(self.root):
            # A virtual environment kept in the project is not the project's code.
            return not resolved.is_relative_to(_PREFIX)
        return not _INSTALLED.intersection(resolved.relative_to(self.root).parts)

    def allows(self, module: str) -> bool:
        """Tell whether `module`, or a package around it, is allowed by name."""
        return _covers(self.allow, module) or _covers(_advertised(), module)


def project_of(path: Path, allow: Iterable[str] = ()) -> Project:
    """Find the project of the file or folder at `path`, with `allow` added to its own list."""
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    root = _root(folder)
    return Project(root, (*_allowed(root), *allow))


@cache
def _root(folder: Path) -> Path:
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in _MARKERS):
            return candidate
    return folder


@cache
def _allowed(root: Path) -> tuple[str, ...]:
    """Read `[tool.yamlagents] allow` of the root's pyproject.toml. Raises SpecError if it is wrong."""
    path = root / "pyproject.toml"
    if not path.is_file():
        return ()
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        settings: Any = tomllib.loads(text).get("tool", {}).get("yamlagents", {})
    except tomllib.TOMLDecodeError as error:
        raise SpecError([_settings_problem(path, text, "", f"not TOML: {error}")]) from error
    allow = settings.get("allow", []) if isinstance(settings, dict) else None
    if not isinstance(allow, list) or not all(isinstance(name, str) for name in allow):
        message = "[tool.yamlagents] allow is a list of module names"
        raise SpecError([_settings_problem(path, text, "allow", message)])
    unknown = sorted(set(settings) - {"allow"})
    if unknown:
        message = f"'{unknown[0]}' is not a key of [tool.yamlagents]; the key is allow"
        raise SpecError([_settings_problem(path, text, unknown[0], message)])
    return tuple(allow)


def _settings_problem(path: Path, text: str, word: str, message: str) -> Problem:
    lines = text.splitlines()
    found = (n for n, line in enumerate(lines, 1) if word and line.strip().startswith(word))
    line = next(found, 1)
    place = Place(Source(str(path), text), line, 1, line, 1 + len(word))
    return Problem(place, "error", "bad-project-settings", message)


def _covers(names: Iterable[str], module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


@cache
def _advertised() -> tuple[str, ...]:
    # importlib.metadata takes a fifth of a validation's start, and few files ever get here.
    points = import_module("importlib.metadata").entry_points(group=ENTRY_POINT_GROUP)
    return tuple(point.value.partition(":")[0] for point in points)
