"""Python source read, never run: where a module lies, and what its top level defines."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

# What a name is bound to, as far as the source tells.
FUNCTION, CLASS, DATA, UNKNOWN = "function", "class", "data", "unknown"

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BLOCKS = (ast.If, ast.Try, ast.With, ast.For, ast.While, ast.ExceptHandler)
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


def outline(path: Path) -> Outline:
    """Parse the file at `path`. Raises `BadSource`, or OSError when it cannot be read."""
    state = path.stat()
    return _outline(path, state.st_mtime_ns, state.st_size)


@cache
def _outline(path: Path, changed: int, size: int) -> Outline:
    """Parse a file once for each state it is in: a repository's agents share their tools."""
    content = path.read_bytes()
    try:
        with warnings.catch_warnings():
            # What Python thinks of the style of a user's code is no business of a check.
            warnings.simplefilter("ignore")
            tree = ast.parse(content)
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
    """Give the statements of a module in order, those in blocks included, at whatever depth."""
    waiting: list[ast.AST] = list(reversed(body))
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, ast.stmt):
            yield statement
        if isinstance(statement, _BLOCKS):
            inner = [child for child in ast.iter_child_nodes(statement) if _is_body(child)]
            waiting += reversed(inner)


def _is_body(node: ast.AST) -> bool:
    return isinstance(node, ast.stmt | ast.ExceptHandler)


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
    """Give a function's tool name; only @function_tool is known not to hide another."""
    name: str | None = function.name
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        called = call.func if call is not None else decorator
        if (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) != (
            "function_tool"
        ):
            return None
        for keyword in call.keywords if call is not None else ():
            if keyword.arg == "name_override":
                value = getattr(keyword.value, "value", None)
                name = value if isinstance(value, str) else None
    return name
