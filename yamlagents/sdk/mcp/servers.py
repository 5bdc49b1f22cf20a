"""The MCP servers of a team while it runs: all started together, named apart, and all closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from yamlagents.events import Noticed
from yamlagents.result import RunError
from yamlagents.sdk.endings import orderly
from yamlagents.sdk.mcp.errors import NOT_STARTED
from yamlagents.sdk.mcp.names import TeamLike, tools_named
from yamlagents.sdk.mcp.server import Server
from yamlagents.spec.problem import SpecError


@asynccontextmanager
async def connected(
    team: TeamLike, agent: str | None = None, *, all_agents: bool = False
) -> AsyncIterator[tuple[Noticed, ...]]:
    """Start the MCP servers that a run of `team` can come to, and close them in the end.

    `agent` is the key of the one that the run starts with, if that is not the entry; `all_agents`
    means the servers of all. What is running already is used, and left running. Gives what is worth
    knowing: servers that are not required and did not start, tools that got longer names. Raises
    `RunError` (exit 4) for a server that did not start, and `SpecError` for tools that do not go
    together.
    """
    spec = team.spec if agent is None else team.spec.with_entry(agent)
    reached = frozenset(spec.agents) if all_agents else spec.reachable
    keys = [key for key in spec.agents if key in reached]
    names = dict.fromkeys(name for key in keys for name in spec.agents[key].mcp_servers)
    servers = [team.servers[name] for name in names if name in team.servers]
    if not servers:
        yield ()
        return
    with orderly():
        running, failures = await _started(servers)
        try:
            notices = [_not_there(failure) for failure in failures]
            notices += tools_named(team, keys)
            yield tuple(notices)
        finally:
            await _closed(running)


async def _started(servers: Sequence[Server]) -> tuple[list[Server], list[RunError]]:
    """Start all; give those that run, and the failures of those that need not.

    If one fails that has to run, or the start is cancelled, none is left running.
    """
    tasks = [asyncio.create_task(server.connect()) for server in servers]
    try:
        await asyncio.wait(tasks)
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _closed(_held(servers, tasks))
        raise
    held = _held(servers, tasks)
    fatal, failures = list[BaseException](), list[RunError]()
    for server, task in zip(servers, tasks, strict=True):
        error = _error(task)
        if isinstance(error, RunError) and _may_fail(server, error):
            failures.append(error)
        elif error is not None:
            fatal.append(error)
    if fatal:
        await _closed(held)
        raise _together(fatal)
    return held, failures


def _held(servers: Sequence[Server], tasks: Sequence[asyncio.Task[None]]) -> list[Server]:
    """Give the servers that have to be closed: that run, or need not run and did not start."""
    ended = zip(servers, (_error(task) for task in tasks), strict=True)
    return [server for server, error in ended if error is None or _may_fail(server, error)]


def _may_fail(server: Server, error: BaseException) -> bool:
    """Tell whether a run goes on without a server that failed so."""
    return not server.spec.required and isinstance(error, RunError) and error.code == NOT_STARTED


def _error(task: asyncio.Task[None]) -> BaseException | None:
    return asyncio.CancelledError() if task.cancelled() else task.exception()


def _together(errors: Sequence[BaseException]) -> BaseException:
    """Give the problems of all that have any, or else the first failure with the others' words."""
    problems = [p for error in errors if isinstance(error, SpecError) for p in error.problems]
    if problems:
        return SpecError(problems)
    first, *others = errors
    if not isinstance(first, RunError) or not others:
        return first
    message = "\n".join([first.message, *(str(other) for other in others)])
    failure = RunError(first.code, message, exit=first.exit, hint=first.hint)
    failure.__cause__ = first.__cause__
    return failure


def _not_there(failure: RunError) -> Noticed:
    said = failure.message if failure.hint is None else f"{failure.message}\n  hint: {failure.hint}"
    return Noticed(failure.code, f"{said}\n  its tools are left out", "warning")


async def _closed(servers: Iterable[Server]) -> None:
    """Close all at once; whatever comes of one, the others are waited for."""
    tasks = [asyncio.create_task(server.cleanup()) for server in servers]
    await asyncio.gather(*tasks, return_exceptions=True)
