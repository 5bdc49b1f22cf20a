"""Params: values that a file leaves open, each with a type, and what is given for them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeGuard

from yamlagents.spec.files import file_problem
from yamlagents.spec.problem import Place, Problem, shortened
from yamlagents.spec.project import Project, target_of
from yamlagents.spec.prompts import prompt_text
from yamlagents.spec.reuse.given import Given
from yamlagents.spec.secrets.words import bears_secret
from yamlagents.spec.text.construct import unknown_param
from yamlagents.spec.text.document import Document, Keys
from yamlagents.spec.text.scalars import BadScalar, resolve
from yamlagents.spec.variables import Params, Unset, Value, as_text

# What is done where a param has no value: it is an error, it stays unknown, a value is made up, or
# each test has to give one.
Lack = Literal["error", "unknown", "sample", "tests"]

NOUNS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "file": "the path of a file",
}
_SAMPLES: dict[str, Value] = {"number": 1, "integer": 1, "boolean": True}


@dataclass(frozen=True)
class Declared:
    """A param as a file declares it. A `default` of None is none."""

    name: str
    document: Document
    keys: Keys
    type: str | None
    choices: tuple[Value, ...]
    default: Value | None

    @property
    def wanted(self) -> str:
        """What a value has to be, in words."""
        if self.choices:
            shown = ", ".join(as_text(choice) for choice in self.choices)
            return f"one of {shown}" if len(self.choices) > 1 else shown
        return NOUNS[self.type or "string"]

    @property
    def sample(self) -> Value:
        """A value that fits, for want of a real one."""
        return self.choices[0] if self.choices else _SAMPLES.get(self.type or "", self.name)

    def place(self, *keys: str | int) -> Place:
        """Give the place of a part of the declaration."""
        return self.document.place(*self.keys, *keys)


class Misfit(Exception):
    """A value that does not fit its param, with the problem that it is."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def declared(documents: Iterable[Document]) -> dict[str, Declared]:
    """Give the params that files declare, by name; of two of a name the nearer one."""
    found: dict[str, Declared] = {}
    for document in documents:
        for name, data in document.mapping("params").items():
            own = data if isinstance(data, dict) else {}
            found.setdefault(name, _declared(name, document, own))
    return found


def _declared(name: str, document: Document, data: dict[str, Any]) -> Declared:
    kind, enum, default = data.get("type"), data.get("enum"), data.get("default")
    choices = [item for item in enum if is_value(item)] if isinstance(enum, list) else []
    return Declared(
        name=name,
        document=document,
        keys=("params", name),
        type=kind if isinstance(kind, str) and kind in NOUNS else None,
        choices=tuple(choices),
        default=default if is_value(default) else None,
    )


def is_value(value: object) -> TypeGuard[Value]:
    """Tell whether data can be the value of a param at all."""
    return isinstance(value, str | int | float)


def values_of(
    params: Mapping[str, Declared],
    given: Mapping[str, Given],
    project: Project,
    *,
    complete: bool,
    lack: Lack,
) -> tuple[Params, list[Problem]]:
    """Give the values of the params: what is given, else the default; and what is wrong with them.

    Only errors that are not those of the declarations are told.
    """
    values: dict[str, Value] = {}
    problems: list[Problem] = []
    for name, one in given.items():
        if name not in params:
            if complete:
                message, _ = unknown_param(name, params)
                hint = f"the params are {', '.join(params)}" if params else "the file has no params"
                near = "did you mean" in message
                problems.append(
                    Problem(one.place, "error", "unknown-param", message, None if near else hint)
                )
            continue
        try:
            values[name] = _fitted(params[name], one, project)
        except Misfit as misfit:
            problems.append(misfit.problem)
    for name, param in params.items():
        if name not in given:
            problems += _unsaid(param, values, project, lack)
    return Params(frozenset(params), values, complete), problems


def _unsaid(
    param: Declared, values: dict[str, Value], project: Project, lack: Lack
) -> Iterator[Problem]:
    """Take the default of a param that nothing is given for, or say that it has none."""
    if param.document.mapping(*param.keys).get("default") is not None:
        # A default that does not fit, or hangs on an unset variable, is told where it stands.
        if param.default is not None and not isinstance(param.default, Unset):
            try:
                values[param.name] = default_of(param, project)
            except Misfit:
                return
        return
    place = param.document.key_place(*param.keys)
    message = f"the param '{param.name}' has no value"
    if lack == "error":
        hint = f"give one: --param {param.name}=..., or add a default"
        yield Problem(place, "error", "missing-param", message, hint)
    elif lack == "sample":
        values[param.name] = param.sample
        shown = as_text(param.sample)
        message = f"{message}, and '{shown}' stands in for it"
        yield Problem(place, "note", "missing-param", message, f"give --param {param.name}=...")


def missing(params: Mapping[str, Declared], values: Params) -> list[str]:
    """Give the names of the params that need a value and have none."""
    return [
        name
        for name, param in params.items()
        if name not in values.values and param.document.mapping(*param.keys).get("default") is None
    ]


def default_of(param: Declared, project: Project) -> Value:
    """Give the default of a param that has one. Raises `Misfit`."""
    place = param.place("default")
    folder = param.document.home(*param.keys, "default").folder
    return _fitted(param, Given(param.default, place, folder, False), project)


def _fitted(param: Declared, given: Given, project: Project) -> Value:
    """Give the value that `given` is for a param. Raises `Misfit` if it does not fit."""
    if param.type == "file" and isinstance(given.value, str) and given.value:
        return _content(given, project)
    value = given.value
    if given.is_text and (param.choices or param.type not in (None, "string")):
        value = _read(param, str(value))
    if is_value(value) and (_chosen(param, value) if param.choices else fits(param, value)):
        return value
    shown = "this" if bears_secret(param.name, loose=True) else _shown(given.value)
    message = f"the param '{param.name}' must be {param.wanted}, not {shown}"
    raise Misfit(Problem(given.place, "error", "bad-value", message, _hint(param, given)))


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"'{shortened(value)}'"
    return as_text(value) if is_value(value) else "this"


def _hint(param: Declared, given: Given) -> str | None:
    if given.is_text or not is_value(given.value):
        return None
    if isinstance(given.value, str):
        return "remove the quotes" if fits(param, _read(param, given.value)) else None
    if param.type is None and not param.choices:
        kinds = ("boolean", "integer", "number")
        fitting = [kind for kind in kinds if fits(replace(param, type=kind), given.value)]
        return f"write it in quotes if it is text, or add type: {fitting[0]}" if fitting else None
    return "write it in quotes" if param.type == "string" else None


def fits(param: Declared, value: object) -> bool:
    """Tell whether a value is of the param's type."""
    if isinstance(value, float) and not math.isfinite(value):
        return False
    if isinstance(value, bool):
        return param.type == "boolean"
    if param.type == "number":
        return isinstance(value, int | float)
    if param.type == "integer":
        return isinstance(value, int)
    return isinstance(value, str) and param.type != "boolean"


def _chosen(param: Declared, value: Value) -> bool:
    return any(choice == value and type(choice) is type(value) for choice in param.choices)


def _read(param: Declared, text: str) -> Value | None:
    """Read text as what the type, or one of the choices, wants; None for what is nothing such."""
    for choice in param.choices:
        if as_text(choice) == text:
            return choice
    if param.choices or not text:
        return None
    try:
        return resolve(text)
    except BadScalar:
        return None


def _content(given: Given, project: Project) -> str:
    target = target_of(given.folder, given.value)
    problem = file_problem(given.place, given.value, target, project)
    if problem is None and target is not None:
        found = prompt_text(target, given.value, given.place)
        if isinstance(found, str):
            return found
        problem = found
    assert problem is not None, "a path that cannot be one has a problem"
    raise Misfit(problem)
