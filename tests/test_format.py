"""docs/format.md is what the schema says, and its examples are checked and run."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT, Cli
from tests.format_page import EXAMPLES, MARKER, page, sections, showing
from tests.format_values import anchor, inherited
from tests.parity import definitions, properties

PAGE = ROOT / "docs" / "format.md"
FILES = sorted(EXAMPLES.glob("*.yaml"))
SET = {
    "ANTHROPIC_API_KEY": "x",
    "DOCS_TOKEN": "x",
    "SESSION_KEY": "x",
    "DATABASE_URL": "postgresql+asyncpg://localhost/agents",
    "REDIS_URL": "redis://localhost",
}


def test_the_page_is_what_the_schema_says(pytestconfig: pytest.Config) -> None:
    text = page(PAGE.read_text(encoding="utf-8").partition(MARKER)[0])
    if pytestconfig.getoption("--update"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text


def test_every_key_of_the_schema_has_a_row() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    for name in definitions():
        keys = {key for key, node in properties(name).items() if "properties" not in node}
        assert keys <= set(rows), name


def test_every_section_has_an_example() -> None:
    assert [name for name in sections() if not list(showing(name))] == []
    assert {file.stem for file in FILES} <= {name.partition("/")[0] for name in sections()}


def test_every_key_has_an_example_or_says_it_by_its_type() -> None:
    for name in definitions():
        for key, node in properties(name).items():
            found = inherited(node)
            plain = {"enum", "default", "examples", "properties", "$ref"} & set(found)
            assert plain or found["type"] == "boolean" or "enum" in found["items"], f"{name}.{key}"


def test_links_within_the_page_lead_to_headings() -> None:
    text = PAGE.read_text(encoding="utf-8")
    headings = [anchor(one) for one in re.findall(r"^##+ (.+)$", text, re.MULTILINE)]
    assert len(headings) == len(set(headings))
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= set(headings)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples, where a run may write."""
    return shutil.copytree(EXAMPLES, tmp_path / "format")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_is_checked_and_runs_offline(file: Path, folder: Path, cli: Cli) -> None:
    result = cli("validate", file.name, cwd=folder, env=SET)
    assert (result.stdout, result.code) == ("", 0)
    text = file.read_text(encoding="utf-8")
    if text.startswith("# Checked only: "):
        return
    command = ["test", file.name] if "\ntests:" in text else ["run", file.name, "Find order 7."]
    offline = [] if command[0] == "test" else ["--offline"]
    result = cli(*command, *offline, cwd=folder, env=SET)
    assert result.code == 0, result.stderr
