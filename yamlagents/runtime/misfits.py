"""Calls of the project's own code with what it does not take: no frame of it is in the error."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from yamlagents.spec.project import Project

# How Python words it, and how the SDK does of instructions, before it calls them.
_CALLED = re.compile(
    r"(?P<name>\S+)\(\) (?:takes |missing \d+ required "
    r"|got (?:an unexpected keyword|multiple values|some (?:keyword|positional)))"
)
_INSTRUCTIONS = re.compile(r"'instructions' (?:callable|function) must accept ")
# Functions of these do not become the project's own because it has imported them.
_OTHERS = ("agents", "yamlagents")


def is_of_instructions(error: BaseException) -> bool:
    """Tell whether the SDK refused the parameters of a function that gives instructions."""
    return isinstance(error, TypeError) and _INSTRUCTIONS.match(str(error)) is not None


def misfit(error: BaseException, project: Project) -> Path | None:
    """Give the file of the project's function that was called with what it does not take."""
    found = _CALLED.match(str(error)) if isinstance(error, TypeError) else None
    if found is None:
        return None
    return next((file for file, module in _own(project) if _has(module, found["name"])), None)


def _own(project: Project) -> Iterator[tuple[Path, ModuleType]]:
    for module in list(sys.modules.values()):
        file = vars(module).get("__file__") if isinstance(module, ModuleType) else None
        is_other = module.__name__.partition(".")[0] in _OTHERS if file else True
        if isinstance(file, str) and not is_other and project.contains(Path(file)):
            yield Path(file), module


def _has(module: ModuleType, name: str) -> bool:
    """Tell whether a module defines what has a qualified name, or holds it: decorated, perhaps."""
    head = vars(module).get(name.partition(".")[0])
    if getattr(head, "__module__", None) == module.__name__:
        return True
    held = (v for v in vars(module).values() if getattr(v, "__qualname__", None) == name)
    return any(str(v.__module__).partition(".")[0] not in _OTHERS for v in held)
