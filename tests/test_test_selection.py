"""Which tests `yamlagents test` selects."""

import json
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.tested_project import Write, only_passing, write_project


@pytest.fixture
def project(write: Write) -> Path:
    return write_project(write)


def names(cli: Cli, project: Path, *options: str) -> list[str]:
    result = cli("test", "--format", "json", *options, cwd=project)
    return [case["name"] for case in json.loads(result.stdout)["cases"]]


@pytest.mark.parametrize(
    ("options", "selected"),
    [
        (["-k", "TOKYO"], ["tokyo is sunny"]),
        (["-k", "is sunny"], ["tokyo is sunny"]),
        (["-k", "tokyo or hello"], ["tokyo is sunny", "says hello"]),
        (["-k", "not (tokyo or oslo)"], ["says hello"]),
        (["-k", "is and not rainy"], ["tokyo is sunny"]),
        (["-k", "solo.yaml::says"], ["says hello"]),
        (["--tag", "weather"], ["tokyo is sunny", "oslo is rainy"]),
        (["--tag", "quick", "--tag", "slow"], ["tokyo is sunny"]),
        (["--tag", "weather", "-k", "not tokyo"], ["oslo is rainy"]),
    ],
    ids=lambda value: " ".join(value) if value[0].startswith("-") else "",
)
def test_selections(cli: Cli, project: Path, options: list[str], selected: list[str]) -> None:
    assert names(cli, project, *options) == selected


def test_last_failed_runs_what_failed_until_it_passes(cli: Cli, project: Path) -> None:
    assert len(names(cli, project, "--last-failed")) == 3
    assert names(cli, project, "--last-failed") == ["oslo is rainy"]
    assert names(cli, project, "-k", "tokyo") == ["tokyo is sunny"]
    assert names(cli, project, "--last-failed") == ["oslo is rainy"]
    only_passing(project)
    assert names(cli, project, "--last-failed") == ["oslo is rainy"]
    result = cli("test", "--last-failed", cwd=project)
    assert "no test is known to have failed; running all of them" in result.stderr
    assert (project / ".yamlagents" / ".gitignore").read_text() == "*\n"
