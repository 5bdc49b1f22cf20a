"""Wrong files: what `validate` says of each, to the character (files/bad, files/noted)."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Cli

FILES = Path(__file__).parent / "files"
CASES = sorted(
    path.parent for kind in ("bad", "noted") for path in (FILES / kind).glob("*/agents.yaml")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_told_to_the_character(
    case: Path, cli: Cli, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    # A copy, so that neither the checkout's place nor its own project root shows in the text.
    folder = tmp_path / "project"
    shutil.copytree(case, folder)
    result = cli("validate", "agents.yaml", "--format", "text", cwd=folder)
    expected = case / "expected.txt"
    if pytestconfig.getoption("update"):
        expected.write_text(result.stdout, encoding="utf-8")
    assert result.code == (2 if case.parent.name == "bad" else 0)
    assert result.stdout == expected.read_text(encoding="utf-8")
    assert "Traceback" not in result.stderr
    assert str(tmp_path) not in result.stdout
