"""How a model is reached. Variables there matter once it is asked, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from yamlagents.spec.document import Document
from yamlagents.spec.problem import Problem
from yamlagents.spec.variables import Unset

ACCESS_KEYS = ("api_key", "base_url")


def eased(document: Document) -> Iterator[Problem]:
    """Give the problems of a document's text, unset variables of access among them as notes.

    A run that never asks a model, as an offline one, needs no key for it.
    """
    places = {
        document.place("models", name, key)
        for name, model in document.mapping("models").items()
        for key in ACCESS_KEYS
        if isinstance(model, dict) and isinstance(model.get(key), Unset)
    }
    for problem in document.problems:
        waits = problem.code == "unset-variable" and problem.place in places
        yield replace(problem, severity="note") if waits else problem


def missing(document: Document, name: str) -> dict[str, Problem]:
    """Give, by key, what stands in the way of asking the model `name`."""
    found: dict[str, Problem] = {}
    for key in ACCESS_KEYS:
        if isinstance(document.get("models", name, key), Unset):
            place = document.place("models", name, key)
            told = [p for p in document.problems if p.place == place and p.code == "unset-variable"]
            if told:
                found[key] = replace(told[0], severity="error")
    return found
