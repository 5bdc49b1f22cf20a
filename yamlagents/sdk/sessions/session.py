"""Who remembers: the session that a run goes on with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from agents import Session, SQLiteSession

from yamlagents.sdk.sessions.opening import Opened, maker, opening
from yamlagents.sdk.team import Team
from yamlagents.spec.models.providers import stands_in
from yamlagents.spec.problem import SpecError
from yamlagents.spec.records import Spec
from yamlagents.spec.sessions.kinds import RESPONSES, needs_responses
from yamlagents.spec.sessions.records import SessionSpec, named
from yamlagents.spec.tools.records import agent_tools


def no_session() -> Opened:
    """Give what there is to open for a run that keeps nothing."""
    return nullcontext(None)


def opened_for(
    team: Team, session: str | Session | None, agent: str | None, history: Sequence[Any]
) -> Opened:
    """Give the session that a run of `team` goes on with, to be opened for it; perhaps none.

    `session` is the name of one in the file's store, or an SDK session, which the caller closes;
    without either it is the one that the file names. `agent` and `history` are the run's. Raises as
    `opening`, and ValueError for a text that cannot be a name, and for a run that has another
    conversation.
    """
    _check_stores(team.spec if agent is None else team.spec.with_entry(agent))
    spec = team.spec.run.session
    if isinstance(session, str):
        spec = named(spec, session, team.spec.root)
    elif session is None and (spec is None or spec.id is None):
        return no_session()
    is_workflow = agent is None and team.spec.workflow is not None
    if is_workflow or history:
        other = "a workflow" if is_workflow else "`history`"
        raise ValueError(f"a session and {other} exclude each other: both are a conversation")
    if session is not None and not isinstance(session, str):
        return nullcontext(session)
    assert spec is not None, "a name makes a session"
    if all(stands_in(str(getattr(agent.model, "model", ""))) for agent in team.agents.values()):
        spec = spec.without("compaction")  # there is no OpenAI to shorten it
    _refuse_other_models(spec, team.spec)
    return opening(spec, team.spec.agents[team.spec.entry].model)


def _check_stores(spec: Spec) -> None:
    """Raise `SpecError` if the session of a tool that a run can come to cannot be opened."""
    for key in spec.reachable:
        for tool in agent_tools(spec.agents[key].tools):
            for layer in tool.session.layers if tool.session is not None else ():
                maker(layer)


def _refuse_other_models(session: SessionSpec, spec: Spec) -> None:
    """Raise `SpecError` for compaction with a model that the file did not have it for."""
    layer = next((one for one in session.layers if one.kind == "compaction"), None)
    for agent in spec.agents.values() if layer is not None else ():
        models = (model for model in agent.model.line if model.code is None)
        if layer is not None and any(model.backend != RESPONSES for model in models):
            raise SpecError([needs_responses(agent.key, layer.place)])


@contextmanager
def in_memory(spec: SessionSpec) -> Iterator[Session]:
    """Give a session that is read as one of the store is, and gone after use."""
    settings = spec.store.options.get("session_settings")
    session = SQLiteSession("memory", session_settings=settings)
    try:
        yield session
    finally:
        session.close()


async def settled(session: Session | None, result: Any) -> None:
    """Keep what a run took, where its session has a place for it."""
    keep = getattr(session, "store_run_usage", None)
    if callable(keep):
        await keep(result)
