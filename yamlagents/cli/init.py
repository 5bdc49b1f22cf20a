"""`yamlagents init`."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import click

from yamlagents.cli import init_ci, terminal
from yamlagents.cli.places import folder_option, names_in
from yamlagents.spec.schema.published import schema_text

AGENT = """\
# yaml-language-server: $schema={schema}
version: 1

agents:
  {key}:
    instructions: You are a helpful assistant. Use your tools, and answer in one sentence.
    model: openai/gpt-4.1-mini   # any LiteLLM model: anthropic/..., gemini/..., ollama_chat/...
    tools:
      - ./tools/{module}.py:count_words

run:
  max_turns: 8

tests:
  - name: counts the words
    model: offline/match   # built in: no key, no network
    input: 'Count the words of "agents live in git"'
    expect:
      - tool_called: count_words
      - contains: 4 words
"""

TOOL = '''\
"""Tools of the agent {key}."""


def count_words(text: str) -> str:
    """Count the words of a text.

    Args:
        text: The text to count.
    """
    return f"{{len(text.split())}} words"
'''

TEST = '''\
"""The agent {key} is wired as its file says: no key and no network needed."""

from pathlib import Path

import yamlagents

FILE = Path(__file__).parent.parent / {file}


def test_{module}_answers_offline() -> None:
    team = yamlagents.assemble(yamlagents.load(FILE), models=yamlagents.offline)
    result = yamlagents.run_sync(team, 'Count the words of "agents live in git"')
    assert result.final_output
    assert [call.name for call in result.tool_calls] == ["count_words"]
'''


@click.command(
    "init",
    epilog="\b\nExamples:\n  yamlagents init\n  yamlagents init weather\n"
    "  yamlagents init billing --dir teams\n  yamlagents init --ci",
)
@click.argument("name", required=False, metavar="[NAME]")
@folder_option
@click.option(
    "--ci",
    is_flag=True,
    help="Write a GitHub workflow and hooks for pre-commit as well; without NAME, and where there "
    "are agent files, only these.",
)
def command(name: str | None, folder: Path, ci: bool) -> None:
    """Write an agent file that works at once, with a tool, a test, and the schema for editors.

    Nothing is overwritten: if one of the files is there already, none is written.
    """
    if not str(folder).isprintable():
        raise click.BadParameter("there are control characters in it", param_hint="--dir")
    files: dict[Path, str] = {}
    if name is None and not (ci and names_in(folder)):
        name = "assistant"
    if name is not None:
        files |= _agent_files(name, folder)
    if ci:
        files |= init_ci.files(folder)
    _write(files)
    if name is not None:
        tried = f'yamlagents run {_command(name, folder)} "Count the words" --offline'
    else:
        tried = init_ci.commands(folder)
    terminal.say(f"\nTry it:  {tried}")


def _agent_files(name: str, folder: Path) -> dict[Path, str]:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise click.UsageError(
            f"'{name}' cannot name an agent: start with a letter; letters, digits, _ and - follow."
        )
    return _files(name, folder)


def _write(files: dict[Path, str]) -> None:
    schema = Path("schemas") / "agents.schema.json"
    taken = [str(path) for path in files if path.exists() and path != schema]
    if taken:
        # Half of a set of files would be worse than none.
        exist = "exists" if len(taken) == 1 else "exist"
        raise click.UsageError(f"Nothing was written: {', '.join(taken)} {exist} already.")
    for path in files:
        _check_place(path)
    for path, text in files.items():
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {path}")


def _check_place(path: Path) -> None:
    """Raise `click.UsageError` if no file can be written at `path`."""
    above = next(parent for parent in path.parents if os.path.lexists(parent))
    if not above.is_dir():
        raise click.UsageError(f"Nothing was written: '{above}' is not a folder.")
    if not path.exists() and not os.access(above, os.W_OK | os.X_OK):
        raise click.UsageError(f"Nothing was written: '{above}' is read-only.")


def _files(name: str, folder: Path) -> dict[Path, str]:
    module = name.replace("-", "_").lower()
    file = folder / f"{name}.yaml"
    # The words that YAML reads as something other than text.
    key = f'"{name}"' if name.lower() in ("null", "true", "false") else name
    shown = file.as_posix()
    literal = f'"{shown}"' if re.fullmatch(r"[\w./ -]+", shown) else repr(shown)
    schema = Path(os.path.relpath("schemas/agents.schema.json", folder)).as_posix()
    return {
        file: AGENT.format(key=key, module=module, schema=schema),
        folder / "tools" / f"{module}.py": TOOL.format(key=name),
        Path("tests") / f"test_{module}.py": TEST.format(key=name, module=module, file=literal),
        Path("schemas") / "agents.schema.json": schema_text(),
    }


def _command(name: str, folder: Path) -> str:
    return name if str(folder) == "agents.d" else shlex.quote(f"{folder / name}.yaml")
