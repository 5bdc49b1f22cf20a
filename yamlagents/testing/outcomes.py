"""What comes of a case: its runs, its failures, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from yamlagents.events import Event
from yamlagents.result import RunError, RunResult
from yamlagents.spec.cases.records import CaseSpec, Tools
from yamlagents.spec.problem import Place
from yamlagents.spec.records import Spec

Outcome = Literal["passed", "failed", "error", "skipped"]
Answered = Literal["approved", "denied", "waiting"]
Record = Literal["none", "once", "new", "all"]

FAILED, PROBLEMS, MISSED = 1, 2, 8


@dataclass(frozen=True)
class TestOptions:
    """How cases are run: who answers, what is recorded, which models stand in for the file's.

    With `streamed` the models are asked for streams; a recording serves both.
    """

    __test__: ClassVar[bool] = False  # it is none of pytest's

    live: bool = False
    record: Record = "none"
    tools: Tools | None = None
    models: tuple[str, ...] = ()
    streamed: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a judge said of a rubric: votes for and against it, and the reasons."""

    passed: int
    failed: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """A tool call that an approval was asked for: parsed arguments, and what came of it."""

    agent: str
    tool: str
    arguments: Any
    answer: Answered


@dataclass(frozen=True)
class CaseRun:
    """One attempt at a case, all turns of its conversation together.

    `result` has the last turn's answer and the usage of all turns; of a run that failed it has
    what the run had come to. `asked` are the calls that approval was asked for, last those that
    nobody answered. `verdicts` are those of the case's rubrics, by the `id` of the assertion.
    """

    case: CaseSpec
    result: RunResult | None
    error: RunError | None
    events: tuple[Event, ...]
    asked: tuple[Asked, ...]
    spec: Spec = field(repr=False, compare=False)
    verdicts: Mapping[int, Verdict] = field(default_factory=dict, repr=False, compare=False)

    @property
    def approvals(self) -> tuple[str, ...]:
        """The tools that approval was asked for."""
        return tuple(one.tool for one in self.asked)


@dataclass(frozen=True)
class Failure:
    """What a case failed with: where it is written, what was expected, and what there was.

    `kind` is the kind of assertion, or says what else failed. With `unknown` set the assertion
    could not be judged at all, so that its opposite does not hold either.
    """

    place: Place
    message: str
    expected: str
    actual: str
    kind: str = "run"
    unknown: bool = False


@dataclass(frozen=True)
class CaseResult:
    """The verdict on one case, with every attempt at it; `variant` is the model of a matrix.

    `passes` attempts of all passed. `exit` is the exit code that this result asks for. `unused` are
    the hashes of the exchanges of the case's cassette that no attempt asked for; None if the case
    looked at no cassette. `news` is what MCP servers say otherwise than when that was recorded.
    """

    file: str
    case: CaseSpec
    outcome: Outcome
    failures: tuple[Failure, ...]
    runs: tuple[CaseRun, ...]
    seconds: float
    variant: str | None = None
    passes: int = 0
    exit: int = 0
    unused: tuple[str, ...] | None = None
    news: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The case's name, with the model that answered if there are several."""
        return self.case.name if self.variant is None else f"{self.case.name} [{self.variant}]"

    @property
    def flake_rate(self) -> float:
        """The share of attempts that failed, from 0 to 1; 0 where all or none of them passed."""
        return 1 - self.passes / len(self.runs) if self.runs and self.passes else 0.0


def exit_code(results: Iterable[CaseResult]) -> int:
    """Give the exit code for all: problems in files come first, missing recordings last."""
    wanted = {result.exit for result in results}
    return next((code for code in (PROBLEMS, FAILED, MISSED) if code in wanted), 0)
