"""What the documentation shows is what happens: blocks run, help texts are the real ones."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Cli
from yamlagents import RunResult, events
from yamlagents.cli.main import COMMANDS

DOCS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
MARKER = "<!-- help: written by `pytest tests/test_docs.py --update` -->\n"
CLI_PAGE = ROOT / "docs" / "cli.md"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and the output that follows it, if any."""

    kind: str
    text: str
    output: str | None


def blocks(page: Path) -> list[Block]:
    found = [(match["kind"], match["text"]) for match in BLOCK.finditer(page.read_text("utf-8"))]
    nexts = [*found[1:], ("", "")][: len(found)]
    return [
        Block(kind, text, following[1] if following[0] == "output" else None)
        for (kind, text), following in zip(found, nexts, strict=True)
    ]


def pages_with(kind: str) -> list[Path]:
    return [page for page in DOCS if any(block.kind == kind for block in blocks(page))]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the examples, where blocks may write."""
    shutil.copytree(ROOT / "agents.d", tmp_path / "agents.d")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", pages_with("yaml"), ids=lambda page: page.name)
def test_yaml_blocks_are_agent_files_without_problems(page: Path, checkout: Path, cli: Cli) -> None:
    if page.name in ("problems.md", "format.md"):
        return  # tests/test_problems_doc.py and tests/test_format.py do it, beside other files
    for number, block in enumerate(block for block in blocks(page) if block.kind == "yaml"):
        # Examples are written as if they stood in the project's folder, the first in agents.d/.
        text = block.text.replace("- ./tools/", "- ./agents.d/tools/")
        name = f"block{number}.yaml"
        (checkout / name).write_text(text)
        result = cli("validate", name, cwd=checkout, env={"ANTHROPIC_API_KEY": "x"})
        assert (result.stdout, result.code) == ("", 0), block.text


@pytest.mark.parametrize("page", pages_with("python"), ids=lambda page: page.name)
def test_python_blocks_print_what_is_shown(
    page: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    names: dict[str, object] = {"__name__": "docs"}
    shown = [block for block in blocks(page) if block.kind == "python"]
    for block in shown:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block.text, page.name, "exec"), names)
        assert printed.getvalue() == (block.output or ""), block.text


@pytest.mark.parametrize("page", pages_with("console"), ids=lambda page: page.name)
def test_console_blocks_print_what_is_shown(page: Path, checkout: Path, cli: Cli) -> None:
    for block in blocks(page):
        if block.kind == "console":
            command, _, output = block.text.partition("\n")
            argv = shlex.split(command.removeprefix("$ yamlagents "))
            assert cli(*argv, cwd=checkout).stdout == output


def test_readme_command_prints_what_is_shown(checkout: Path, cli: Cli) -> None:
    first = next(block for block in blocks(ROOT / "README.md") if block.kind == "bash")
    command = first.text.rpartition(".venv/bin/yamlagents ")[2]
    result = cli(*shlex.split(command), cwd=checkout)
    assert (result.stdout, result.code) == (first.output, 0)
    assert "sunny" in result.stdout


def test_readme_shows_the_example_as_it_is() -> None:
    shown = next(block for block in blocks(ROOT / "README.md") if block.kind == "yaml")
    example = (ROOT / "agents.d" / "weather.yaml").read_text()
    assert yaml.safe_load(shown.text) == yaml.safe_load(example)


def help_texts(cli: Cli) -> Iterator[str]:
    wide = {"COLUMNS": "100"}
    yield f"### yamlagents\n\n```text\n{cli('--help', env=wide).stdout}```\n"
    for name in COMMANDS:
        yield f"### yamlagents {name}\n\n```text\n{cli(name, '--help', env=wide).stdout}```\n"


def test_cli_page_holds_the_real_help_texts(cli: Cli, pytestconfig: pytest.Config) -> None:
    intro = CLI_PAGE.read_text().partition(MARKER)[0]
    page = intro + MARKER + "\n" + "\n".join(help_texts(cli))
    if pytestconfig.getoption("--update"):
        CLI_PAGE.write_text(page)
    assert CLI_PAGE.read_text() == page


def test_every_help_text_has_an_example(cli: Cli) -> None:
    for text in help_texts(cli):
        assert re.search(r"Examples?:\n +(yamlagents|eval|cat|git) ", text), text


def test_every_event_is_documented_with_its_real_keys() -> None:
    kinds = {kind: event for event, kind in events._KINDS.items()}
    shown: dict[str, set[str]] = {}
    for block in blocks(ROOT / "docs" / "events.md"):
        for line in block.text.splitlines() if block.kind == "json" else ():
            record = json.loads(line)
            kind = record.pop("event")
            shown[kind] = set(record)
    document = {field.name for field in fields(RunResult)} - {"history", "output"}
    own = {kind: {field.name for field in fields(event)} for kind, event in kinds.items()}
    assert shown == own | {"run_finished": document, "run_failed": document | {"error"}}


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
