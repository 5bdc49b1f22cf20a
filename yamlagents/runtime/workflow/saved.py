"""A workflow that waits, put into a form to keep, and taken up again."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from yamlagents.result import Cost, RunResult, ToolCall, Usage
from yamlagents.runtime.approvals.saved import bad_state, stale, told_place
from yamlagents.runtime.tally import SoFar, together
from yamlagents.runtime.workflow.changes import workflow_changes
from yamlagents.runtime.workflow.journal import Journal, Visit
from yamlagents.spec.attachments import Attachment
from yamlagents.spec.digest import definition, plain
from yamlagents.spec.records import Spec
from yamlagents.spec.workflow.records import Step
from yamlagents.waiting import SavedRun


@dataclass(frozen=True)
class _Done:
    """A run that came to its end. `history` is empty where no other step goes on with it."""

    visit: Visit
    agent: str
    model: str
    usage: Usage
    cost: Cost
    turns: int
    calls: tuple[ToolCall, ...]
    seconds: float
    output: Any
    history: tuple[Any, ...]


@dataclass(frozen=True)
class _Waiting:
    """A run that waits: what `SavedRun` says of a run that is no step."""

    visit: Visit
    agent: str
    input: str
    so_far: Mapping[str, Any]
    run: Mapping[str, Any]


@dataclass(frozen=True)
class _Attached:
    name: str
    media_type: str | None
    data: str


@dataclass(frozen=True)
class _Taken:
    """A workflow as it is kept: `steps` are those of the file, as plain data."""

    steps: Mapping[str, Any]
    done: tuple[_Done, ...]
    waiting: tuple[_Waiting, ...]
    attached: tuple[_Attached, ...]


@dataclass(frozen=True)
class TakenUp:
    """What a workflow goes on with."""

    journal: Journal
    attachments: tuple[Attachment, ...]


def kept(spec: Spec, journal: Journal, attachments: Sequence[Attachment]) -> dict[str, Any]:
    """Give `SavedRun.workflow`. All that waits has a state."""
    assert spec.workflow is not None, "what waits is a step"
    talked = {step.conversation for step in spec.workflow.walk()}
    taken = _Taken(
        steps=plain(spec.workflow),
        done=tuple(_done(visit, one, talked) for visit, one in journal.done.items()),
        waiting=tuple(
            _Waiting(visit, state.agent, state.input, state.so_far, state.run)
            for visit, state in ((visit, error.state) for visit, error in journal.waiting.items())
            if state is not None
        ),
        attached=tuple(
            _Attached(one.name, one.media_type, b64encode(one.data).decode()) for one in attachments
        ),
    )
    return asdict(taken)


def so_far_of_all(journal: Journal, spent: Mapping[str, float]) -> dict[str, Any]:
    """Give what a workflow has come to; some of its runs have."""
    whole = together(journal.results)
    return asdict(
        SoFar(
            agent=whole.last_agent,
            model=whole.model,
            usage=whole.usage,
            cost=whole.cost,
            turns=whole.turns,
            replies=whole.turns,
            calls=tuple(("", call) for call in whole.tool_calls),
            seconds=whole.seconds,
            spent=spent,
        )
    )


def _done(visit: Visit, result: RunResult, talked: set[str | None]) -> _Done:
    return _Done(
        visit=visit,
        agent=result.last_agent,
        model=result.model,
        usage=result.usage,
        cost=result.cost,
        turns=result.turns,
        calls=result.tool_calls,
        seconds=result.seconds,
        output=result.output,
        history=result.history if visit.step in talked else (),
    )


def taken_up(spec: Spec, saved: SavedRun) -> tuple[TakenUp, list[str]]:
    """Give what a saved workflow goes on with, and what changed in its steps since.

    Raises `RunError` (exit 2) if it is not to be read, or if what waits is no step any more.
    """
    try:
        taken = TypeAdapter(_Taken).validate_python(saved.workflow)
        attachments = tuple(
            Attachment(one.name, one.media_type, b64decode(one.data, validate=True))
            for one in taken.attached
        )
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise bad_state(f"'workflow.{where}' is missing or is not what it should be") from error
    except ValueError as error:
        raise bad_state("'workflow.attached' is not what it should be") from error
    if spec.workflow is None:
        raise stale(["the workflow, which the run was in, was removed"])
    names = {step.name for step in spec.workflow.walk() if step.kind == "agent"}
    gone = [one.visit.step for one in taken.waiting if one.visit.step not in names]
    if gone:
        where = told_place(spec.workflow.place)
        said = "which waits, was removed from the workflow at"
        raise stale([f"the step '{name}', {said} {where}" for name in dict.fromkeys(gone)])
    digest = definition(spec)
    journal = Journal(
        done={one.visit: _result(one, digest) for one in taken.done},
        left={one.visit: _left(one, saved) for one in taken.waiting},
    )
    return TakenUp(journal, attachments), _changes(taken, spec.workflow)


def _changes(taken: _Taken, present: Step) -> list[str]:
    # Whoever accepts changes is bound to none.
    try:
        return list(workflow_changes(taken.steps, present)) if taken.steps else []
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise bad_state("'workflow.steps' is not what it should be") from error


def _result(one: _Done, digest: str) -> RunResult:
    return RunResult(
        final_output=one.output,
        last_agent=one.agent,
        usage=one.usage,
        cost=one.cost,
        turns=one.turns,
        tool_calls=one.calls,
        seconds=one.seconds,
        model=one.model,
        definition=digest,
        history=one.history,
        output=one.output,
    )


def _left(one: _Waiting, saved: SavedRun) -> SavedRun:
    return SavedRun(
        file=saved.file,
        definition="",
        agent=one.agent,
        input=one.input,
        waiting=(),
        agents={},
        so_far=one.so_far,
        run=one.run,
    )
