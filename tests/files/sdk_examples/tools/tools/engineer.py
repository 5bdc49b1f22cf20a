"""Codex as a tool, with a script in its place, and what was heard of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agents import FunctionTool
from agents.extensions.experimental.codex import CodexToolStreamEvent, codex_tool

from yamlagents.testing.outcomes import CaseRun

STAND_IN = Path(__file__).with_name("codex")
HEARD: list[str] = []
SETTINGS = (
    'model_reasoning_effort="low"',
    "sandbox_workspace_write.network_access=true",
    'web_search="disabled"',
    'approval_policy="never"',
)


def engineer(**options: Any) -> FunctionTool:
    """Make the tool with the options of the SDK's `codex_tool`."""
    path = {"codex_path_override": str(STAND_IN)}
    return codex_tool(codex_options=path, on_stream=listen, **options)


def listen(heard: CodexToolStreamEvent) -> None:
    HEARD.append(heard.event.type)


def was_started_as_the_file_says(run: CaseRun) -> tuple[bool, str]:
    told = _answers(run)[0]["response"]
    wanted = ("--sandbox read-only", "--model gpt-5.4-mini", *SETTINGS)
    missing = [option for option in wanted if option not in told]
    return not missing, f"{missing} is missing in {told}"


def events_were_heard(run: CaseRun) -> tuple[bool, str]:
    heard = [*HEARD]
    HEARD.clear()
    return heard == ["thread.started", "turn.started", "item.completed", "turn.completed"], str(
        heard
    )


def thread_was_resumed(run: CaseRun) -> tuple[bool, str]:
    first, second = _answers(run)
    resumed = f"resume -- {first['thread_id']}" in second["response"]
    return resumed and first["thread_id"] == second["thread_id"], f"{first} {second}"


def _answers(run: CaseRun) -> list[dict[str, Any]]:
    assert run.result is not None
    return [json.loads(str(call.output)) for call in run.result.tool_calls]
