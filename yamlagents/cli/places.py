"""Where agent files lie: by path, or by name in a folder."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

SUFFIXES = (".yaml", ".yml")
DEFAULT = "agents.d"
# Files of other formats that lie below a folder of agents.
_SKIPPED = frozenset(("cassettes", "node_modules", "__pycache__"))


def folder_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--dir`, the folder that names are looked up in."""
    return click.option(
        "--dir",
        "folder",
        envvar="YAMLAGENTS_DIR",
        default=DEFAULT,
        show_default=True,
        type=click.Path(path_type=Path),
        help="Folder of agent files.",
    )(function)


def agent_file(text: str, folder: Path) -> Path:
    """Find the file for FILE|NAME. Raises `click.UsageError` when there is none."""
    path = Path(text)
    if path.is_file():
        return path
    named = [folder / f"{text}{suffix}" for suffix in SUFFIXES]
    found = next((candidate for candidate in named if candidate.is_file()), None)
    if found is not None:
        return found
    if path.suffix in SUFFIXES or len(path.parts) > 1:
        raise click.UsageError(f"There is no file '{text}'.")
    names = [file.stem for file in files_below(folder)] if folder.is_dir() else []
    near = get_close_matches(text, names, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise click.UsageError(f"There is no agent file '{text}' in {folder}/.{hint}")


def agent_files(paths: Iterable[str]) -> list[Path]:
    """Give the files of all PATHS, each once. Raises `click.UsageError` for one without any."""
    files: dict[Path, None] = {}
    for path in paths:
        found = files_of(path)
        if not found:
            raise click.UsageError(f"There are no agent files at '{path}'.")
        files |= dict.fromkeys(found)
    return list(files)


def files_of(text: str) -> list[Path]:
    """Give the files of one PATH: itself, those below it, or those its pattern matches."""
    path = Path(text)
    if path.is_dir():
        return list(files_below(path))
    if path.exists():
        return [path]
    return [found for name in sorted(glob.glob(text, recursive=True)) for found in files_of(name)]


def files_below(folder: Path) -> Iterator[Path]:
    """Give the YAML files below `folder`, sorted; hidden folders and cassettes are left out."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in _SKIPPED:
            continue
        if path.is_dir():
            yield from files_below(path)
        elif path.suffix in SUFFIXES:
            yield path


def complete_name(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer the names of agent files, and paths."""
    folder = Path(ctx.params.get("folder") or DEFAULT)
    names = [file.stem for file in files_below(folder)] if folder.is_dir() else []
    offered = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return [*offered, CompletionItem(incomplete, type="file")]
