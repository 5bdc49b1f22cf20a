"""Instructions as the SDK takes them: a text, or a function that gives one for each request."""

from __future__ import annotations

import datetime
import functools
import platform
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from yamlagents.sdk import code
from yamlagents.spec.additions import Additions
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.labels import labelled
from yamlagents.spec.records import AgentSpec

Instructions = str | Callable[[Any, Any], Any] | None

# The day and the machine of tests.
REHEARSAL_DAY = datetime.date(2000, 1, 1)
REHEARSAL_MACHINE = ("Linux", "3.10", "project")

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SYSTEMS = {"Darwin": "macOS"}


def instructions(spec: AgentSpec, root: Path) -> Instructions:
    """Give the instructions of an agent, with what it asks to have added to them.

    Raises `SpecError` at its place for code that gives none.
    """
    told = spec.instructions
    own = code.made(told, root) if isinstance(told, CodeSpec) else told
    if isinstance(told, CodeSpec) and not (callable(own) or isinstance(own, str)):
        raise code.wrong_kind(told, own, "a function or a text")
    if isinstance(told, CodeSpec) and callable(own):
        own = _giving_text(own, told)
    added = spec.additions
    if added is None:
        return own
    if not callable(own) and not added.date:
        return _joined(own, added, root)

    async def give(context: Any, agent: Any) -> str:
        given = own(context, agent) if callable(own) else own
        return _joined(await given if isinstance(given, Awaitable) else given, added, root)

    return give


def _giving_text(function: Callable[[Any, Any], Any], spec: CodeSpec) -> Callable[[Any, Any], Any]:
    """Have a function say so where it gives no instructions: providers would be sent anything."""

    @functools.wraps(function)
    async def give(context: Any, agent: Any) -> Any:
        given = function(context, agent)
        text = await given if isinstance(given, Awaitable) else given
        return code.given(spec, text, (str, type(None)), "a text, or None")

    return give


def _joined(own: Any, added: Additions, root: Path) -> str:
    return "\n\n".join([*([str(own)] if own else []), *_added(added, root)])


def _added(added: Additions, root: Path) -> Iterator[str]:
    """Give what is added; what changes most often comes last, for the sake of prompt caches."""
    for file in added.files:
        yield labelled(file.name, file.text)
    if added.environment:
        yield _environment(*(REHEARSAL_MACHINE if added.is_rehearsed else _machine(root)))
    if added.date:
        # Nobody asks for the day in another place than theirs.
        day = REHEARSAL_DAY if added.is_rehearsed else datetime.date.today()
        yield f"Today is {_DAYS[day.weekday()]}, {day.isoformat()}."


def _environment(system: str, python: str, folder: str) -> str:
    where = [f"Project folder: {folder}"] if folder else []
    return "\n".join([f"Operating system: {system}", f"Python: {python}", *where])


def _machine(root: Path) -> tuple[str, str, str]:
    """Give what may be said of a machine: no name of a person, and of no other machine."""
    system = platform.system() or "unknown"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    # A home folder is called after whoever lives there.
    return _SYSTEMS.get(system, system), python, "" if root == _home() else root.name


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except RuntimeError:  # there is none
        return None
