"""Problems without the values of secret variables, which a file or its code may put anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from yamlagents.spec.problem import Problem
from yamlagents.spec.secrets.words import SHORTEST, is_dummy, secret_values

VEIL = "***"


def veiled(problems: Iterable[Problem], environ: Mapping[str, str]) -> Iterator[Problem]:
    """Give the problems with the values of secret variables of `environ` replaced."""
    found = list(problems)
    values = [value for value in secret_values(environ) if len(value) >= SHORTEST] if found else []
    hidden = [re.escape(value) for value in values if not is_dummy(value)]
    pattern = re.compile("|".join(sorted(hidden, key=len, reverse=True)) or r"(?!)")
    for problem in found:
        text = problem.place.source.text

        def veil(match: re.Match[str], text: str = text) -> str:
            # What the file says itself is no secret.
            return match[0] if match[0] in text else VEIL

        hint = None if problem.hint is None else pattern.sub(veil, problem.hint)
        yield replace(problem, message=pattern.sub(veil, problem.message), hint=hint)
