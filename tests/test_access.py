"""A model's key matters when the model is asked: not offline, and not where another answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import yamlagents
from tests.conftest import Cli
from tests.openai_faults import closed_port

Write = Callable[[str, str], Path]
TEAM = """\
models:
  fast:
    model: anthropic/claude-haiku-4-5
    api_key: ${THE_KEY}
    base_url: ${THE_ADDRESS}
agents:
  a: {instructions: Hi., model: fast}
"""


@pytest.fixture
def team(write: Write) -> Path:
    return write("team.yaml", TEAM)


def test_offline_needs_no_key(cli: Cli, team: Path) -> None:
    result = cli("run", team, "hello", "--offline")
    assert (result.code, result.stderr) == (0, "")


def test_a_model_that_is_to_answer_does(cli: Cli, team: Path) -> None:
    result = cli("run", team, "hello", cwd=team.parent)
    assert result.code == 2
    assert "team.yaml:4:14: error[unset-variable]: THE_KEY is not set" in result.stderr
    assert "team.yaml:5:15: error[unset-variable]: THE_ADDRESS is not set" in result.stderr


def test_what_is_given_from_outside_stands_in(cli: Cli, team: Path) -> None:
    address = f"http://127.0.0.1:{closed_port()}"
    result = cli("run", team, "hello", "--api-key", "k", "--base-url", address)
    assert (result.code, "error[no-connection]" in result.stderr) == (3, True)


def test_from_python_too(team: Path) -> None:
    spec = yamlagents.load(team, environ={})
    result = yamlagents.run_sync(yamlagents.assemble(spec, models=yamlagents.offline), "hello")
    assert result.final_output
    with pytest.raises(yamlagents.SpecError, match="THE_KEY is not set"):
        yamlagents.assemble(spec)
