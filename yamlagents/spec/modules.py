"""Python source read, never run: where a module lies, and what its top level defines."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

# What a name is bound to, as far as the source tells.
FUNCTION, CLASS, DATA, UNKNOWN = "function", "class", "data", "unknown"

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BLOCKS = (ast.If, ast.Try, ast.With, ast.For, ast.While)
_PLAIN_DATA = (ast.Constant, ast.List, ast.Dict, ast.Tuple, ast.Set, ast.JoinedStr)


@dataclass(frozen=True)
class Definition:
    """What a name is, and the name a tool made of it would have (None when only running tells)."""

    kind: str
    tool_name: str | None = None


@dataclass(frozen=True)
class Outline:
    """The top-level names of a module; `open` when it may have more than its source shows."""

    names: dict[str, Definition]
    open: bool = False


class BadSource(Exception):
    """A Python file that does not parse: the message and its line (1-based)."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line = message, line


@cache
def outline(path: Path) -> Outline:
    """Parse the file at `path`. Raises `BadSource`, or OSError when it cannot be read."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        raise BadSource(getattr(error, "msg", None) or str(error), line) from error
    names: dict[str, Definition] = {}
    is_open = False
    for statement in _statements(tree.body):
        for name, definition in _bindings(statement):
            is_open = is_open or name in ("*", "__getattr__")
            names[name] = definition
    return Outline(names, is_open)


def locate(module: str, extra: Iterable[Path]) -> ModuleSpec | None:
    """Find `module` on sys.path and then on `extra`, as import would, without importing anything.

    importlib.util.find_spec would run the parent packages.
    """
    path: list[str] | None = [*sys.path, *map(str, extra)]
    found: ModuleSpec | None = None
    parts = module.split(".")
    for index in range(len(parts)):
        if path is None:
            return None
        found = _find(".".join(parts[: index + 1]), path)
        if found is None:
            return None
        locations = found.submodule_search_locations
        path = list(locations) if locations is not None else None
    return found


def _find(name: str, path: list[str]) -> ModuleSpec | None:
    if name in sys.builtin_module_names:
        return ModuleSpec(name, None, origin="built-in")
    return PathFinder.find_spec(name, path)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, _BLOCKS):
            for field in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(statement, field, []))
            for handler in getattr(statement, "handlers", []):
                yield from _statements(handler.body)


def _bindings(statement: ast.stmt) -> Iterator[tuple[str, Definition]]:
    if isinstance(statement, _FUNCTIONS):
        yield statement.name, Definition(FUNCTION, _tool_name(statement))
    elif isinstance(statement, ast.ClassDef):
        yield statement.name, Definition(CLASS)
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            bound = alias.asname or alias.name
            yield bound if bound == "*" else bound.partition(".")[0], Definition(UNKNOWN)
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        kind = DATA if isinstance(statement.value, _PLAIN_DATA) else UNKNOWN
        for node in (node for target in targets for node in ast.walk(target)):
            if isinstance(node, ast.Name):
                yield node.id, Definition(kind if node in targets else UNKNOWN)


def _tool_name(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    """Give a function's tool name; a decorator such as @function_tool may give it another."""
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        for keyword in decorator.keywords:
            if keyword.arg == "name_override":
                value = keyword.value
                constant = isinstance(value, ast.Constant) and isinstance(value.value, str)
                return str(value.value) if constant and isinstance(value, ast.Constant) else None
    return function.name
