"""Python source read, never run: what the top level of a module binds, and what it imports."""

from __future__ import annotations

import ast
import dataclasses
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

# What a name is bound to, as far as the source tells.
FUNCTION, CLASS, DATA, LIST, UNKNOWN = "function", "class", "data", "list", "unknown"

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_FUNCTIONS, ast.ClassDef, ast.Lambda)
_PLAIN_DATA = (ast.Constant, ast.Dict, ast.Set, ast.JoinedStr)
_NAMING = (ast.Name, ast.Attribute, ast.Call, ast.Starred)
# Names through which a module may be given names that no statement of it binds.
_DYNAMIC = frozenset(("globals", "locals", "vars", "exec", "modules"))
# A search of the whole tree costs as much as parsing; few files have any of these words.
_DEEP = re.compile(rb"\b(?:global|globals|locals|vars|exec|modules)\b")


@dataclass(frozen=True)
class Definition:
    """What a name is, and the name a tool made of it would have (None when only running tells).

    `arity` is of a plain function: the fewest and the most arguments it can be called with.
    `parameters` are those of a function, and None where a tool of it may have others.
    """

    kind: str
    tool_name: str | None = None
    arity: tuple[int, float] | None = None
    parameters: frozenset[str] | None = dataclasses.field(default=None, compare=False)


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


def imported(path: Path) -> frozenset[str]:
    """Give the first names of what the file imports, in functions too; relative imports are not.

    Empty for a file that cannot be read or does not parse.
    """
    try:
        nodes = list(ast.walk(_parse(path.read_bytes())))
    except (OSError, BadSource):
        return frozenset()
    plain = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    froms = (node for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 0)
    return frozenset(name.partition(".")[0] for name in (*plain, *(str(n.module) for n in froms)))


@cache
def _outline(path: Path, changed: int, size: int) -> Outline:
    """Parse a file once for each state it is in: a repository's agents share their tools."""
    content = path.read_bytes()
    tree = _parse(content)
    deep = list(ast.walk(tree)) if _DEEP.search(content) else []
    declared = [name for node in deep if isinstance(node, ast.Global) for name in node.names]
    names = {name: Definition(UNKNOWN) for name in declared}
    for name, definition in _bindings(tree):
        names[name] = _merged(names.get(name), definition)
    is_open = any(name in names for name in ("*", "__getattr__"))
    return Outline(names, is_open or any(_word(node) in _DYNAMIC for node in deep))


def _parse(content: bytes) -> ast.Module:
    try:
        with warnings.catch_warnings():
            # What Python thinks of the style of a user's code is no business of a check.
            warnings.simplefilter("ignore")
            return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        raise BadSource(getattr(error, "msg", None) or str(error), line) from error


def _word(node: ast.AST) -> str:
    word = getattr(node, "id", None) or getattr(node, "attr", None)
    return word if isinstance(word, str) else ""


def _merged(known: Definition | None, new: Definition) -> Definition:
    """A name that is bound twice is only known as far as both agree: one may be a fallback."""
    if known is None or known == new:
        same = known is None or known.parameters == new.parameters
        return new if same else replace(new, parameters=None)
    return Definition(new.kind if new.kind == known.kind else UNKNOWN)


def _bindings(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Give what the module's own scope binds, in blocks and expressions at whatever depth."""
    waiting: list[ast.AST] = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                bound = alias.asname or alias.name
                yield bound if bound == "*" else bound.partition(".")[0], Definition(UNKNOWN)
            continue
        if isinstance(node, ast.Assign | ast.AnnAssign):
            yield from _assigned(node)
            waiting += [node.value] if node.value is not None else []
            continue
        yield from _bound(node)
        waiting += reversed(list(_own_scope(node)))


def _assigned(node: ast.Assign | ast.AnnAssign) -> Iterator[tuple[str, Definition]]:
    if node.value is None:  # an annotation alone binds nothing
        return
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    kind = DATA if isinstance(node.value, _PLAIN_DATA) else UNKNOWN
    if isinstance(node.value, ast.List | ast.Tuple):
        # A list of tools names them, or calls what makes them.
        kind = LIST if any(isinstance(item, _NAMING) for item in node.value.elts) else DATA
    for part in (part for target in targets for part in ast.walk(target)):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id, Definition(kind if part in targets else UNKNOWN)


def _bound(node: ast.AST) -> Iterator[tuple[str, Definition]]:
    """Give the names that the node itself binds, or deletes."""
    if isinstance(node, _FUNCTIONS):
        yield node.name, Definition(FUNCTION, _tool_name(node), _arity(node), _parameters(node))
    elif isinstance(node, ast.ClassDef):
        yield node.name, Definition(UNKNOWN if node.decorator_list else CLASS)
    elif isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id, Definition(UNKNOWN)
    else:
        # `except ... as name`, and the captures of `case`: name, *name, **rest.
        for name in (getattr(node, "name", None), getattr(node, "rest", None)):
            if isinstance(name, str):
                yield name, Definition(UNKNOWN)


def _own_scope(node: ast.AST) -> Iterator[ast.AST]:
    """Give the parts of a node whose names are the module's, not those of an inner scope."""
    inner = ["type_params"]
    if isinstance(node, _SCOPES):
        inner.append("body")
    elif isinstance(node, ast.comprehension):
        inner.append("target")
    for field, value in ast.iter_fields(node):
        parts = value if isinstance(value, list) else [value]
        if field not in inner:
            yield from (part for part in parts if isinstance(part, ast.AST))


def _arity(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, float] | None:
    """Give how many arguments a function takes by position; None if a decorator may change that."""
    parameters = function.args
    # One that has to be given by name is given in another way than is known here.
    if function.decorator_list or None in parameters.kw_defaults:
        return None
    most = len(parameters.posonlyargs) + len(parameters.args)
    fewest = most - len(parameters.defaults)
    return fewest, float("inf") if parameters.vararg is not None else most


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


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str] | None:
    """Give the names that a tool's arguments have at most, unless they may have others."""
    own = function.args
    # pydantic's fields may go by another name.
    is_renamed = any(node.arg == "alias" for node in ast.walk(own) if isinstance(node, ast.keyword))
    if own.vararg is not None or own.kwarg is not None or is_renamed:
        return None
    return frozenset(arg.arg for arg in (*own.posonlyargs, *own.args, *own.kwonlyargs))
