"""What a model reasons before it answers, as far as it tells of it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

import yamlagents
from tests.conftest import Cli, Result
from tests.openai_server import OpenAIServer, Reply, Request, say
from tests.tested_project import Write
from yamlagents.events import ReasoningDelta
from yamlagents.testing.outcomes import TestOptions
from yamlagents.testing.selection import plan
from yamlagents.testing.suite import run_cases

KEY = {"OPENAI_API_KEY": "test-key-0123456789", "SOME_SECRET": "hush-hush-0123456789"}
TEAM = """\
agents:
  desk: {model: openai/gpt-4.1, tools: [{agent: clerk, tool_name: ask}]}
  clerk: {model: openai/gpt-4.1}
tests:
  - {name: it, input: Why?, expect: [{equals: Because.}]}
"""
THOUGHT = "They ask why.\nIs it hush-hush-0123456789?"


def think(request: Request, key: str = "reasoning_content") -> Reply:
    return say(request, {key: THOUGHT, "content": "Because."})


@pytest.fixture
def project(write: Write, server: OpenAIServer) -> Path:
    """Write a team whose models reason aloud."""
    server.behave(think)
    return write("team.yaml", TEAM).parent


def run(cli: Cli, server: OpenAIServer, project: Path, *argv: str, **options: Any) -> Result:
    env = {**KEY, "OPENAI_BASE_URL": server.base_url}
    return cli("run", "team.yaml", "Why?", *argv, cwd=project, env=env, **options)


def told(stdout: str) -> list[tuple[str, str]]:
    """Give the pieces of reasoning and of text."""
    events = [json.loads(line) for line in stdout.splitlines()]
    return [(e["event"], e["text"]) for e in events if e["event"].endswith("_delta")]


@pytest.mark.parametrize("key", ["reasoning_content", "reasoning"])
def test_it_comes_in_pieces_ahead_of_the_text(
    cli: Cli, server: OpenAIServer, project: Path, key: str
) -> None:
    server.behave(lambda request: think(request, key))
    pieces = told(run(cli, server, project, "--events", "--stream").stdout)
    kinds = [kind for kind, _ in pieces]
    assert kinds == sorted(kinds)
    assert len(kinds) > 3
    reasoned = "".join(text for kind, text in pieces if kind == "reasoning_delta")
    assert reasoned == THOUGHT.replace(KEY["SOME_SECRET"], "<redacted>")
    assert "".join(text for kind, text in pieces if kind == "text_delta") == "Because."


def test_whole_replies_have_no_pieces(cli: Cli, server: OpenAIServer, project: Path) -> None:
    assert told(run(cli, server, project, "--events", "--no-stream").stdout) == []


def test_a_terminal_shows_it_beside_the_answer(
    cli: Cli, server: OpenAIServer, project: Path
) -> None:
    result = run(cli, server, project, "-v", tty=True)
    assert result.stdout == "Because.\n"
    assert "They ask why.\nIs it <redacted>?\n" in result.stderr


@pytest.mark.parametrize(
    ("options", "tty"), [(["-v", "--stream"], False), ([], True)], ids=["pipe", "not-verbose"]
)
def test_it_is_shown_to_nobody_else(
    cli: Cli, server: OpenAIServer, project: Path, options: list[str], tty: bool
) -> None:
    result = run(cli, server, project, *options, tty=tty)
    assert result.stdout == "Because.\n"
    assert "They ask" not in result.stderr


def test_a_step_of_a_workflow_tells_none(cli: Cli, server: OpenAIServer, project: Path) -> None:
    team = project / "team.yaml"
    team.write_text(TEAM + "workflow: {sequence: [{agent: clerk}]}\n")
    assert told(run(cli, server, project, "--events", "--stream").stdout) == []


def test_a_replay_tells_what_was_recorded(cli: Cli, server: OpenAIServer, project: Path) -> None:
    env = {**KEY, "OPENAI_BASE_URL": server.base_url}
    assert cli("test", "team.yaml", "--record", cwd=project, env=env).code == 0
    planned = plan([yamlagents.load(project / "team.yaml")])
    (result,) = asyncio.run(run_cases(planned, TestOptions(streamed=True)))
    pieces = [event for event in result.runs[0].events if isinstance(event, ReasoningDelta)]
    assert "".join(piece.text for piece in pieces).startswith("They ask why.\nIs it ")
    assert {piece.agent for piece in pieces} == {"desk"}
    assert len(server.requests) == 1
