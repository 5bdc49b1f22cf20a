"""Where agent files lie: by path, or by name in a folder."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from yamlagents.spec.agentfiles import FOLDER, SUFFIXES, left_out
from yamlagents.spec.problem import suggestion

DEFAULT = FOLDER


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
    if path.suffix in SUFFIXES or path.is_absolute():
        raise click.UsageError(f"There is no file '{text}'.")
    near = suggestion(text, names_in(folder))
    raise click.UsageError(f"There is no agent file '{text}' in {folder}/{near}")


def names_in(folder: Path) -> list[str]:
    """Give the names that the agent files of a folder are run by: `weather`, `teams/support`."""
    return [name_of(path, folder) for path in files_below(folder)] if folder.is_dir() else []


def name_of(path: Path, folder: Path) -> str:
    """Give the name that the agent file at `path` is run by."""
    return path.relative_to(folder).with_suffix("").as_posix()


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
    names = sorted(glob.glob(text, recursive=True))
    return [found for name in names if not _endless(Path(name)) for found in files_of(name)]


def files_below(folder: Path) -> Iterator[Path]:
    """Give the YAML files below `folder`, sorted; hidden folders and cassettes are left out."""
    for path in sorted(folder.iterdir()):
        if left_out(path.name):
            continue
        # A link to a folder may lead anywhere, this very folder included.
        if path.is_dir() and path.is_symlink():
            continue
        if path.is_dir():
            yield from files_below(path)
        elif path.suffix in SUFFIXES and not _endless(path):
            yield path


def _endless(path: Path) -> bool:
    """Tell whether `path` is a pipe, socket or device: reading one may never end."""
    return path.exists() and not (path.is_file() or path.is_dir())


def complete_name(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Offer the names of agent files, and paths."""
    folder = Path(ctx.params.get("folder") or DEFAULT)
    names = names_in(folder)
    offered = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return [*offered, CompletionItem(incomplete, type="file")]
