"""What changed in the steps of a workflow, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yamlagents.runtime.approvals.saved import told_place
from yamlagents.spec.digest import plain
from yamlagents.spec.workflow.records import Step

# Keys of the file by what a step calls them, where that is another word.
_KEYS = {"told": "input"}
# Those that say which step it is, or are told of by the steps below.
_OWN = ("kind", "name", "agent", "steps")


def workflow_changes(before: Mapping[str, Any], now: Step) -> Iterator[str]:
    """Name each step that is not as it was, with the place where the file says it now.

    `before` is a step as `plain` gives it.
    """
    present, place = plain(now), told_place(now.place)
    what = f"{'the step ' if now.kind == 'agent' else ''}{_said(before)}"
    if _named(before) != _named(present):
        yield f"{what} of the workflow is {_said(present)} now, at {place}"
        return
    for key in present:
        if key not in _OWN and before.get(key) != present[key]:
            yield f"`{_KEYS.get(key, key)}` of {what} changed at {place}"
    below = before["steps"]
    if list(map(_named, below)) != list(map(_named, present["steps"])):
        was, is_ = (", ".join(map(_said, steps)) for steps in (below, present["steps"]))
        yield f"the steps of {what} changed at {place}\n  -{was}\n  +{is_}"
        return
    for step, inner in zip(below, now.steps, strict=True):
        yield from workflow_changes(step, inner)


def _named(step: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return step.get("kind"), step.get("name"), step.get("agent")


def _said(step: Mapping[str, Any]) -> str:
    """Give a step in words: `'write'`, `the loop`."""
    kind, name, agent = _named(step)
    if kind == "agent":
        return f"'{name}'" if name == agent else f"'{name}' ({agent})"
    return f"the {kind}" if name is None else f"the {kind} '{name}'"
