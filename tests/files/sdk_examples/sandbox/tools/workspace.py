"""A sandbox of the SDK on this machine, as the context of a run, and tools that work in it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents import Agent, RunContextWrapper, RunHooks
from agents.sandbox import Manifest
from agents.sandbox.entries import File
from agents.sandbox.sandboxes.unix_local import UnixLocalSandboxClient
from agents.sandbox.session.sandbox_session import SandboxSession

from yamlagents.testing.outcomes import CaseRun

PAPERS = Path(__file__).parent.parent / "room"
PATIENCE = 20.0  # seconds


@dataclass
class Workspace:
    """An open sandbox, and the program that runs in it."""

    client: UnixLocalSandboxClient
    session: SandboxSession
    program: int | None = None

    async def close(self) -> None:
        await self.session.aclose()
        await self.client.delete(self.session)


class Closing(RunHooks[Any]):
    """Closes the sandbox when the agent is done."""

    async def on_agent_end(
        self, context: RunContextWrapper[Any], agent: Agent[Any], output: Any
    ) -> None:
        await context.context.close()


async def empty() -> Workspace:
    return await _opened(Manifest())


async def with_papers() -> Workspace:
    papers = {f"data/{path.name}": File(content=path.read_bytes()) for path in PAPERS.iterdir()}
    return await _opened(Manifest(entries=papers))


async def _opened(manifest: Manifest) -> Workspace:
    client = UnixLocalSandboxClient()
    session = await client.create(manifest=manifest)
    await session.start()
    return Workspace(client, session)


async def run_command(context: RunContextWrapper[Workspace], command: str) -> str:
    """Run a command to its end."""
    done = await context.context.session.exec(command)
    return (done.stdout + done.stderr).decode()


async def start_program(context: RunContextWrapper[Workspace], command: str) -> str:
    """Start a program that goes on running."""
    started = await context.context.session.pty_exec_start(command, tty=True, yield_time_s=0.2)
    context.context.program = started.process_id
    return "it runs" if started.process_id is not None else f"it ended: {started.output!r}"


async def tell_program(context: RunContextWrapper[Workspace], line: str) -> str:
    """Give the program a line, and tell what it prints."""
    running = context.context.program
    if running is None:
        raise LookupError("no program is running")
    session, said, end = context.context.session, "", time.monotonic() + PATIENCE
    chars = f"{line}\n"
    # The line itself is echoed, so an answer is there when another one has come to its end.
    while said.count("\n") < 2 and time.monotonic() < end:
        heard = await session.pty_write_stdin(session_id=running, chars=chars, yield_time_s=0.2)
        said, chars = said + heard.output.decode(), ""
    return said


def one_python_added_twice(run: CaseRun) -> tuple[bool, str]:
    told = _told(run)
    return "first 10" in told[1] and "second 15" in told[2], str(told)


def papers_were_read(run: CaseRun) -> tuple[bool, str]:
    told = _told(run)
    return told[0].startswith("2:Sales of boats") and "2:The yard cost 21" in told[1], str(told)


def _told(run: CaseRun) -> list[str]:
    assert run.result is not None
    return [str(call.output) for call in run.result.tool_calls]
