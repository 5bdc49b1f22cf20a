"""What the examples of sandboxes show, and a name for the one program that runs in a sandbox."""

from __future__ import annotations

import json
import re
from typing import Any

from agents.sandbox.capabilities.shell import ShellToolSet

from yamlagents.testing.outcomes import CaseRun


def one_program(tools: ShellToolSet) -> None:
    """Let the id 0 stand for the program that was started last."""
    assert tools.write_stdin is not None
    start, tell = tools.exec_command.on_invoke_tool, tools.write_stdin.on_invoke_tool
    running: list[int] = []

    async def started(context: Any, arguments: str) -> Any:
        said = await start(context, arguments)
        running.extend(int(one) for one in re.findall(r"session ID (\d+)", said))
        return said

    async def told(context: Any, arguments: str) -> Any:
        given = json.loads(arguments)
        return await tell(context, json.dumps({**given, "session_id": given["session_id"] or running[-1]}))

    tools.exec_command.on_invoke_tool = started
    tools.write_stdin.on_invoke_tool = told


def one_python_added_twice(run: CaseRun) -> tuple[bool, str]:
    told = "".join(_told(run))
    wanted = ("A workspace to try programs in.", "first 10", "second 15")
    return all(text in told for text in wanted), told


def papers_were_read(run: CaseRun) -> tuple[bool, str]:
    told = _told(run)
    rules = "from nothing else. Cite each fact" in told[0]
    return rules and "2:Sales of boats" in told[0] and "2:The yard cost 21" in told[1], str(told)


def _told(run: CaseRun) -> list[str]:
    assert run.result is not None
    return [str(call.output) for call in run.result.tool_calls]
