"""The examples of the SDK as agent files, each with tests that show what the original shows.

They are the 58 examples of version 0.22 that an agent file can say and that run on LiteLLM models;
those that are workflows are in test_sdk_examples_workflow.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.sdk_examples import EXAMPLES, OTHERWISE, SOURCE, WORKFLOWS, copied, served


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("copy"))


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, str]]:
    """The MCP servers of the examples, in the variables that their files read."""
    with served() as where:
        yield {**where, "PYTHON": sys.executable}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_shows_what_the_original_does(
    cli: Cli, examples: Path, servers: dict[str, str], name: str
) -> None:
    folder, _, file = name.partition("/")
    result = cli("test", f"{file}.yaml", cwd=examples / folder, env=servers)
    assert result.code == 0, result.stdout + result.stderr


def test_every_example_is_there_and_valid(cli: Cli, examples: Path) -> None:
    found = {str(path.relative_to(SOURCE).with_suffix("")) for path in SOURCE.glob("*/*.yaml")}
    assert (len(EXAMPLES), found) == (58, set(EXAMPLES))
    assert set(OTHERWISE) <= {*EXAMPLES, *WORKFLOWS}
    files = [f"{name}.yaml" for name in EXAMPLES]
    result = cli("validate", *files, cwd=examples)
    assert result.code == 0, result.stdout
    assert "warning[" not in result.stdout
