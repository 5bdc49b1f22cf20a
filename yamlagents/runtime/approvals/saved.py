"""A run that waits, put into a form to keep, and taken up again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from agents import UserError
from agents.run_state import RunState
from pydantic import TypeAdapter, ValidationError

from yamlagents.events import Noticed
from yamlagents.result import RunError
from yamlagents.runtime.approvals.agreement import agreements, changes
from yamlagents.runtime.redaction import Redaction
from yamlagents.runtime.tally import SoFar
from yamlagents.sdk.sandbox.client import Boxes
from yamlagents.sdk.team import Team
from yamlagents.spec.digest import definition
from yamlagents.spec.problem import Place
from yamlagents.spec.secrets.words import leaves
from yamlagents.waiting import Approval, SavedRun

FILES = 2


class Unsavable(Exception):
    """A run that cannot be kept, with the reason."""


def saving(
    key: str,
    state: RunState[Any, Any],
    *,
    input: str,
    waiting: tuple[Approval, ...],
    so_far: SoFar,
) -> SavedRun:
    """Give the run of the agent called `key` as it waits, bound to nothing. Raises `Unsavable`."""
    try:
        run = _without_contexts(state.to_json(context_serializer=lambda _: {}))
        saved = SavedRun(
            file="",
            definition="",
            agent=key,
            input=input,
            waiting=waiting,
            agents={},
            so_far=asdict(so_far),
            run=run,
        )
        return SavedRun.parse(saved.text)
    except _UNKEPT as error:
        raise Unsavable(str(error)) from error


async def binding(team: Team, saved: SavedRun, reached: Collection[str], context: Any) -> SavedRun:
    """Give a run with the agents that it is bound to. Raises `Unsavable`.

    `context` is what the agents share, which is not in `state`.
    """
    try:
        steps = (saved.workflow or {}).get("waiting", ())
        for run in (saved.run, *(step["run"] for step in steps)):
            _check_sandboxes(team, run)
        bound = replace(
            saved,
            file=str(team.spec.file),
            definition=definition(team.spec),
            agents=await agreements(team, reached, context),
            context=_kept(team, context),
        )
        return SavedRun.parse(bound.text)
    except _UNKEPT as error:
        raise Unsavable(str(error)) from error


def _check_sandboxes(team: Team, run: Mapping[str, Any]) -> None:
    """Raise `Unsavable` for sandboxes that would be others when the run goes on."""
    config = team.run.config.sandbox
    if not run.get("sandbox") or config is None:
        return
    if isinstance(config.client, Boxes) and not config.client.is_kept:
        raise Unsavable("its sandbox ends with it; give run.sandbox a snapshot: {type: local, ...}")
    specs = (team.spec.run.sandbox, *(agent.sandbox for agent in team.spec.agents.values()))
    if any(secret for spec in specs if spec is not None for secret in spec.secrets):
        raise Unsavable("a variable of its sandbox holds a secret, which would be kept with it")


_UNKEPT = (UserError, TypeError, ValueError, RecursionError)


async def unchanged(
    team: Team,
    saved: SavedRun,
    reached: Collection[str],
    context: Any,
    found: Sequence[str] = (),
) -> list[Noticed]:
    """Hold a run against what its agents are now, and give what is worth knowing.

    `found` is what else has changed. Raises `RunError` (exit 2) if they are not what they were.
    """
    present = await agreements(team, reached, context) if saved.agents else {}
    try:
        found = [*found, *changes(saved.agents, present, team)]
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise bad_state("'agents' is not what it should be") from error
    if found:
        raise stale(found)
    if not saved.definition or saved.definition == definition(team.spec):
        return []
    message = "the files changed since the run was saved, in nothing that the model sees"
    return [Noticed("definition-changed", message, "warning")]


async def going_on(
    team: Team, saved: SavedRun, context: Any
) -> tuple[RunState[Any, Any], list[Noticed]]:
    """Give the state that a run of an agent goes on with, and what is worth knowing.

    Raises `RunError` (exit 2) as `unchanged`, or if it is not to be read.
    """
    if saved.agent not in team.agents:
        raise stale([f"the agent '{saved.agent}', which the run began with, was removed"])
    reached = team.spec.with_entry(saved.agent).reachable
    noticed = await unchanged(team, saved, reached, context)
    try:
        run = json.loads(json.dumps(saved.run))
        state = await RunState.from_json(team.agents[saved.agent], run, strict_context=True)
    # Whoever wrote it may have written whatever they liked.
    except Exception as error:
        said = str(error) if isinstance(error, UserError) else type(error).__name__
        raise bad_state(f"the SDK does not take it: {said}") from error
    return state, noticed


def so_far_of(saved: SavedRun) -> SoFar:
    """Give what a run had come to. Raises `RunError` if that is not to be read."""
    try:
        return TypeAdapter(SoFar).validate_python(saved.so_far)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise bad_state(f"'so_far.{where}' is missing or is not what it should be") from error


def bad_state(reason: str) -> RunError:
    """Give the failure of a saved run that cannot be read."""
    hint = "run it anew"
    return RunError("bad-state", f"this saved run cannot be used: {reason}", exit=FILES, hint=hint)


def stale(found: Iterable[str]) -> RunError:
    """Give the failure of a run that is not what it was; `found` says what has changed."""
    listed = "\n".join(f"  {line}" for change in found for line in change.split("\n"))
    message = f"what this run began with has changed:\n{listed}"
    hint = "undo that, run it anew, or go on all the same with --accept-changes"
    return RunError("state-stale", message, exit=FILES, hint=hint)


def told_place(place: Place) -> str:
    """Give the line of a place as changes tell of it."""
    return f"{place.file}:{place.line}"


def _without_contexts(data: Any) -> Any:
    """Give a state, and those of runs inside it, without what the program around shares."""
    if isinstance(data, list):
        return [_without_contexts(item) for item in data]
    if not isinstance(data, dict):
        return data
    bare = {key: _without_contexts(value) for key, value in data.items()}
    if "context_meta" in bare and "context" in bare:
        bare |= {"context": None, "context_meta": None}
    return bare


def _kept(team: Team, context: Any) -> dict[str, Any]:
    """Give the values of a context that the files declare, as far as they are data and no secrets.

    Secrets come from the files once more.
    """
    if not isinstance(team.spec.run.context, Mapping) or not isinstance(context, Mapping):
        return {}
    return _plain(context, Redaction(team.spec))


def _plain(data: Mapping[str, Any], redact: Redaction) -> dict[str, Any]:
    kept = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            kept[key] = _plain(value, redact)
            continue
        plain = json.loads(json.dumps(value))
        if not any(leaf.secret for leaf in leaves({key: value})) and redact(plain) == plain:
            kept[key] = plain
    return kept


def over(fresh: Any, kept: Mapping[str, Any]) -> Any:
    """Give a context as the files make it, with what was kept of the former one over it."""
    return _merged(fresh, kept) if kept and isinstance(fresh, Mapping) else fresh


def _merged(fresh: Any, kept: Mapping[str, Any]) -> dict[str, Any]:
    below = fresh if isinstance(fresh, Mapping) else {}
    return {
        **below,
        **{
            key: _merged(below.get(key), value) if isinstance(value, Mapping) else value
            for key, value in kept.items()
        },
    }
