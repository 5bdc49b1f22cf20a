"""A workflow as frozen data: agents in sequence, in parallel and in loops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from yamlagents.spec.problem import Place

# The name of the workflow's own input, which no step may have.
INPUT = "input"


@dataclass(frozen=True)
class Reference:
    """What a step gave, or a field of it: its name, and a path into it (`plan`, `searches`)."""

    step: str
    path: str | None = None


@dataclass(frozen=True)
class Told:
    """One part of an agent's input: what is referred to, under a heading if it has one."""

    reference: Reference
    heading: str | None = None


@dataclass(frozen=True)
class Condition:
    """A field that has to equal a value; `reference` is None for the step before."""

    step: str | None
    path: str | None
    equals: Any


@dataclass(frozen=True)
class Step:
    """One step. `kind` says which fields count: an agent's, or those of a group of steps."""

    kind: Literal["agent", "sequence", "parallel", "loop"]
    place: Place = field(compare=False, repr=False)
    name: str | None = None
    agent: str | None = None
    steps: tuple[Step, ...] = ()
    told: tuple[Told, ...] = ()
    conversation: str | None = None
    each: Reference | None = None
    when: tuple[Condition, ...] = ()
    until: tuple[Condition, ...] = ()
    max_rounds: int = 10
    output: Reference | None = None

    def walk(self) -> Iterator[Step]:
        """Give this step and all below it, in the order they are written."""
        yield self
        for step in self.steps:
            yield from step.walk()
