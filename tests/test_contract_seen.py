"""All that reaches a model is in its contract: a replay names what changed of it, with the line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from agents import Model
from agents.testing import ScriptedModel, assistant_message

from tests.contract_agents import AGENTS
from tests.contract_changes import CODE, HEAD, TAIL, Change
from tests.contract_hosted import HOSTED
from tests.contract_reasons import keys, unseen
from tests.contract_sandbox import SANDBOXES, SKILL, is_elsewhere
from tests.contract_settings import SETTINGS
from tests.mcp_project import server
from yamlagents import RunError, assemble, load, run
from yamlagents.runtime.cassettes.replay import Mode
from yamlagents.spec.cases.records import Tools
from yamlagents.spec.records import ModelSpec
from yamlagents.testing import Cassette, lazily, replaying

Write = Callable[[str, str], Path]
SEEN = {**AGENTS, **HOSTED, **SANDBOXES, **SETTINGS}


def test_each_key_is_seen_or_has_a_reason() -> None:
    known = keys()
    assert [key for key in known if key not in SEEN and unseen(key) is None] == []
    assert [key for key in SEEN if key not in known] == []


def talkative(_: ModelSpec) -> Model:
    return ScriptedModel([[assistant_message('{"x": "done"}')]])


def play(file: Path, mode: Mode, tools: Tools) -> None:
    """Run the team of a file once, to or from its cassette."""
    cassette = Cassette.load(file.with_name("cassette.yaml"))
    team = replaying(assemble(load(file), lazily(talkative)), cassette, mode=mode, tools=tools)
    asyncio.run(run(team, "go"))
    if cassette.changed:
        cassette.save()


@pytest.mark.parametrize("change", SEEN.values(), ids=SEEN)
def test_a_change_is_a_miss_that_names_it(write: Write, tmp_path: Path, change: Change) -> None:
    write("code.py", CODE)
    write("hello.md", "Hello.")
    write("more.md", "And more.")
    write("skills/knot/SKILL.md", SKILL)
    write("others/rope/SKILL.md", SKILL)
    head = HEAD.format(box=server(tmp_path, cache_tools_list=False), run=change.run)
    text = head + change.body + TAIL
    file = write("team.yaml", text)
    assert text.count(change.old) >= 1
    changed = text.replace(change.old, change.new, 1)
    # Nothing is recorded with a sandbox that is not on this machine: one stands in for it.
    tools: Tools = "stub" if is_elsewhere(text) else "replay"
    play(file, "all", tools)
    play(file, "none", tools)
    file.write_text(changed)
    with pytest.raises(RunError) as failure:
        play(file, "none", tools)
    assert (failure.value.code, failure.value.exit) == ("cassette-stale", 8)
    lines = list(zip(text.splitlines(), changed.splitlines(), strict=False))
    at = next((n for n, (old, new) in enumerate(lines, 1) if old != new), 0)
    if change.at is not None:
        at = next(n for n, (_, new) in enumerate(lines, 1) if change.at in new)
    said = [line for line in failure.value.message.splitlines() if change.said in line]
    assert said, failure.value.message
    assert any(f"{file}:{at}" in line for line in said), (at, said)
