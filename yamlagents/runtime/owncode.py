"""Failures of a run, those of the project's own code among them: hooks, guardrails, filters."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from types import TracebackType

import agents
import agents.sandbox
from agents import UserError
from agents.sandbox.errors import SandboxError

from yamlagents.result import RunError
from yamlagents.runtime.exits import Ended
from yamlagents.runtime.failures import EXPECTED, TOOL, TOOL_FAILED, describe
from yamlagents.runtime.misfits import is_of_instructions, misfit
from yamlagents.sdk.mcp.errors import chain
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.problem import SpecError
from yamlagents.spec.project import Project, shown_name
from yamlagents.spec.records import AgentSpec, Spec

log = logging.getLogger("yamlagents.code")

_PACKAGE = Path(__file__).resolve().parent.parent
# Where the code of sandboxes lies: the SDK's, and the seam before it.
_SANDBOXES = (
    *(f"{os.path.dirname(str(module.__file__))}{os.sep}" for module in (agents.sandbox,)),
    f"{_PACKAGE / 'sdk' / 'sandbox'}{os.sep}",
)
_SDK = f"{os.path.dirname(str(agents.__file__))}{os.sep}"
_CALLERS = (_SDK, f"{_PACKAGE}{os.sep}")
# Where hooks are called: what calls the function of a tool lies elsewhere.
_HOOKS = (
    *(f"{_SDK}{part}{os.sep}" for part in ("run_internal", "util")),
    *(str(_PACKAGE / part) for part in (Path("runtime", "hooks.py"), Path("sdk", "nested.py"))),
)


def failure(error: BaseException, spec: Spec, agent: AgentSpec) -> RunError:
    """Give the failure of `spec`'s run, which came up while `agent` was at work.

    Raises `error` itself if it is none that a run is expected to fail with, and the project's own
    code has no part in it.
    """
    # The SDK wraps what a tool raises.
    ours = next((cause for cause in chain(error) if isinstance(cause, RunError)), None)
    if ours is not None:
        return ours
    project = Project(spec.root)
    ended = next((cause for cause in chain(error) if isinstance(cause, Ended | SystemExit)), None)
    if ended is not None:
        return _ended(Ended(ended) if isinstance(ended, SystemExit) else ended, project)
    error = _of_hook(error, project) or error
    if isinstance(error, EXPECTED):
        return describe(error, spec, agent)
    own = list(_own_frames(error, project))
    declared = agent.sandbox or spec.run.sandbox
    told = isinstance(error, SpecError)  # which has a place already
    if not own and not told and declared is not None and _of_sandbox(error):
        place = f"{declared.place.file}:{declared.place.line}"
        message = f"a sandbox ({place}) failed: {_words(error)}"
        return RunError("sandbox-failed", message, exit=TOOL, hint="see run.sandbox, and its files")
    if own:
        return _failed(error, own)
    called = _called_wrongly(error, project, agent)
    if called is None:
        raise error
    hint = "give it the parameters that it is called with"
    return RunError("code-failed", _told(error, called), exit=TOOL, hint=hint)


def _of_hook(error: BaseException, project: Project) -> BaseException | None:
    """Give what a hook raised around a tool call, which the SDK tells as the tool's."""
    cause = next((one for one in chain(error) if not _is_of_tool(one)), error)
    if cause is error or isinstance(cause, EXPECTED):
        return None
    own = next(_own_frames(cause, project), None)
    if own is None and misfit(cause, project) is None:
        return None
    frames = takewhile(
        lambda step: own is None or step[0] is not own.tb_frame,
        traceback.walk_tb(cause.__traceback__),
    )
    files = [frame.f_code.co_filename for frame, _ in frames]
    callers = [file for file in files if file.startswith(_CALLERS)]
    return cause if callers and callers[-1].startswith(_HOOKS) else None


def _is_of_tool(error: BaseException) -> bool:
    return isinstance(error, UserError) and TOOL_FAILED.match(str(error)) is not None


def _ended(error: Ended, project: Project) -> RunError:
    own = list(_own_frames(error, project))
    # A package that the project names may have done so.
    place = f" ({_line(own[-1])})" if own else ""
    message = f"the project's own code ended the program: {error}{place}"
    return RunError("code-failed", message, exit=TOOL, hint="let it return, or raise")


def _failed(error: BaseException, own: Sequence[TracebackType]) -> RunError:
    # What led there is the SDK's, and of no use to anyone.
    trace = (type(error), error, own[0])
    log.error("the project's own code raised %s", type(error).__name__, exc_info=trace)
    hint = "mend it, or let it catch the error"
    return RunError("code-failed", _told(error, _line(own[-1])), exit=TOOL, hint=hint)


def _line(step: TracebackType) -> str:
    return f"{shown_name(Path(step.tb_frame.f_code.co_filename))}:{step.tb_lineno}"


def _told(error: BaseException, place: str) -> str:
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"the project's own code failed: {text} ({place})"


def _called_wrongly(error: BaseException, project: Project, agent: AgentSpec) -> str | None:
    """Give the place of the project's code that was called with what it does not take."""
    if is_of_instructions(error) and isinstance(agent.instructions, CodeSpec):
        named = agent.instructions
        return f"{named.point.text}, {named.place.file}:{named.place.line}"
    file = misfit(error, project)
    return shown_name(file) if file is not None else None


def _of_sandbox(error: BaseException) -> bool:
    """Tell whether something failed in the SDK's sandboxes, or in what they are made of."""
    if isinstance(error, SandboxError):
        return True
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_code.co_filename.startswith(_SANDBOXES) for frame, _ in frames)


def _words(error: BaseException) -> str:
    causes = [error, *chain(error)] if error.__cause__ is not None else [error]
    said = dict.fromkeys(str(cause).partition("\n")[0] or type(cause).__name__ for cause in causes)
    return ": ".join(said)


def _own_frames(error: BaseException, project: Project) -> Iterator[TracebackType]:
    """Give those parts of the traceback of `error` that are in the project's own code."""
    trace = error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if project.contains(path) and not path.is_relative_to(_PACKAGE):
            yield trace
        trace = trace.tb_next
