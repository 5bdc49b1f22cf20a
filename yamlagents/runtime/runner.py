"""One input to one final output: a run as a stream of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypedDict

from agents import Session

from yamlagents.events import Event, RunFailed, RunFinished
from yamlagents.result import RunResult
from yamlagents.runtime.approvals.rules import Approve
from yamlagents.runtime.drive import Drive
from yamlagents.runtime.loop import in_own_loop
from yamlagents.runtime.shared import Shared
from yamlagents.runtime.workflow.taken import WorkflowInput, taken
from yamlagents.sdk.sessions.session import no_session, opened_for
from yamlagents.sdk.team import Team
from yamlagents.spec.attachments import Attachment, Given
from yamlagents.spec.attachments import attachments as read
from yamlagents.waiting import Approval as Approval  # what `approve` is asked
from yamlagents.waiting import SavedRun

if TYPE_CHECKING:
    from typing_extensions import Unpack  # a part of `typing` from Python 3.11


class RunOptions(TypedDict, total=False):
    """The options of a run, which `stream` describes, for those that pass them on to it."""

    history: Sequence[Any]
    agent: str | None
    approve: Approve | None
    context: Any
    session: str | Session | None
    attachments: Iterable[Given]


async def stream(
    team: Team,
    input: str | SavedRun,
    *,
    history: Sequence[Any] = (),
    agent: str | None = None,
    streamed: bool = True,
    approve: Approve | None = None,
    context: Any = None,
    session: str | Session | None = None,
    attachments: Iterable[Given] = (),
) -> AsyncGenerator[Event, None]:
    """Run `team` on `input` and give the events as they happen; the last is finished or failed.

    `history` is a former result's; `agent` names (by key) another starting agent than the entry.
    With `streamed` off the model is asked for whole replies, which costs less, and there are no
    text deltas. `approve` decides on tools that need approval: yes, no, a text for no with what the
    model is told of it, or `Later.LATER`; without an answer the run fails there, and its
    `RunError.state` is an `input` to go on with. `context` is what tools see of the program around
    them, and the model does not; it stands for that of the file. `session` is the conversation to
    go on with: the name of one in the file's store, or an SDK session. It excludes `history`, and a
    workflow, which has no one conversation. `attachments` go with `input`: paths of images, PDFs
    and texts, and addresses of images; raises `SpecError` for what cannot go. In a workflow, the
    agents that are told the input have them.
    """
    team.hold()
    attached = read(attachments)
    is_workflow = agent is None and team.spec.workflow is not None
    if isinstance(input, SavedRun):
        is_workflow = bool(input.workflow)
        if not is_workflow:
            agent = input.agent if input.agent in team.agents else team.spec.entry
    # The steps of a workflow have conversations of their own.
    is_step = isinstance(context, Shared)
    kept = no_session() if is_step else opened_for(team, session, agent, history)
    shared = context if isinstance(context, Shared) else Shared(team, context)
    if is_workflow:

        def one(
            key: str, told: str | SavedRun, before: Sequence[Any], with_it: Sequence[Attachment]
        ) -> AsyncGenerator[Event, None]:
            return stream(
                team,
                told,
                history=before,
                agent=key,
                streamed=streamed,
                approve=approve,
                context=shared,
                attachments=with_it,
            )

        given = input if isinstance(input, SavedRun) else WorkflowInput(input, attached)
        async with aclosing(taken(team, given, shared, one)) as steps:
            async for step in steps:
                yield step
        return
    start = team.agents[agent if agent is not None else team.spec.entry]
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    run = Drive(
        team,
        start,
        events.put_nowait,
        streamed=streamed,
        approve=approve,
        shared=shared,
        is_step=is_step,
    )
    task = asyncio.create_task(run.drive(input, history, kept, attached))
    task.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def run(
    team: Team,
    input: str | SavedRun,
    *,
    streamed: bool = False,
    **options: Unpack[RunOptions],
) -> RunResult:
    """Run `team` on `input` to its end. Options as in `stream`. Raises `RunError` if it fails."""
    events = stream(team, input, streamed=streamed, **options)
    async with aclosing(events):
        async for event in events:
            if isinstance(event, RunFinished):
                return event.result
            if isinstance(event, RunFailed):
                raise event.error
    raise AssertionError("a stream ends with RunFinished or RunFailed")


def run_sync(
    team: Team,
    input: str | SavedRun,
    *,
    streamed: bool = False,
    **options: Unpack[RunOptions],
) -> RunResult:
    """Do as `run`, from code that is not async."""
    return in_own_loop(run(team, input, streamed=streamed, **options))
