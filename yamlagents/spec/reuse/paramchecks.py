"""Params as they are declared: defaults that fit, none that hang on others, none unused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from yamlagents.spec.problem import Problem, shortened
from yamlagents.spec.project import Project
from yamlagents.spec.reuse.params import NOUNS, Declared, Misfit, default_of, fits, is_value
from yamlagents.spec.text.document import Document, Keys
from yamlagents.spec.variables import Unset, as_text, param_names


def declaration_problems(params: Mapping[str, Declared], project: Project) -> Iterator[Problem]:
    """Give what is wrong with declarations that are well-formed."""
    for param in params.values():
        choices = param.document.get(*param.keys, "enum")
        for index, choice in enumerate(choices if isinstance(choices, list) else ()):
            if param.type not in (None, "file") and is_value(choice) and not fits(param, choice):
                message = f"'{shortened(as_text(choice))}' is not {NOUNS[str(param.type)]}"
                yield Problem(param.place("enum", index), "error", "bad-value", message)
        if param.type == "file" and choices is not None:
            message = "a param of the type 'file' takes any file; it has no 'enum'"
            yield Problem(param.place("enum"), "error", "conflicting-keys", message, "remove it")
        elif param.default is not None and not isinstance(param.default, Unset):
            try:
                default_of(param, project)
            except Misfit as misfit:
                yield misfit.problem
        yield from _circular(param)


def include_problems(documents: Iterable[Document]) -> Iterator[Problem]:
    """Give a problem for each include that hangs on a param: files are found before values."""
    for document in documents:
        for index, _ in document.items("include"):
            if param_names(document.raw("include", index) or ""):
                message = "an include may not hang on a param"
                place = document.place("include", index)
                yield Problem(place, "error", "bad-variable", message, "name the file itself")


def _circular(param: Declared) -> Iterator[Problem]:
    keys: list[Keys] = [("default",), ("description",)]
    keys += [("enum", index) for index, _ in param.document.items(*param.keys, "enum")]
    for key in keys:
        if param_names(param.document.raw(*param.keys, *key) or ""):
            message = "the value of a param may not hang on another param"
            yield Problem(param.place(*key), "error", "bad-variable", message, "write it out")


def unused_params(
    params: Mapping[str, Declared], main: Document, used: Collection[str]
) -> Iterator[Problem]:
    """Give a problem for each param of the main file that no value and no prompt names."""
    for name, param in params.items():
        if param.document.source is main.source and name not in used:
            place = param.document.key_place(*param.keys)
            message = f"nothing uses the param '{name}'"
            hint = f"write ${{params.{name}}} in a value or a prompt, or remove it"
            yield Problem(place, "error", "unused-param", message, hint)
