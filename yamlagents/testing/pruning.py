"""`--prune`: cassettes without what no case uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from yamlagents.result import RunError
from yamlagents.runtime.cassettes.cassette import Cassette
from yamlagents.spec.project import shown_name
from yamlagents.spec.records import Spec
from yamlagents.testing.answering import cassette_path
from yamlagents.testing.outcomes import CaseResult

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Pruned:
    """Something that is removed, as a phrase, or, with a `reason`, that is left."""

    what: str
    reason: str | None = None


def prune(spec: Spec, results: Sequence[CaseResult], *, write: bool = True) -> Iterator[Pruned]:
    """Remove what no case of one file uses, and give each thing; without `write` only give it.

    `results` are those of all its cases: unless every attempt at every one of them passed, nothing
    is removed. Only files that can be read as cassettes are touched, and no links.
    """
    name = shown_name(spec.file)
    unsure = next((result for result in results if not _sure(result)), None)
    if unsure is not None:
        yield Pruned(f"the cassettes of {name}", f"not every run of '{unsure.name}' passed")
        return
    for result in results:
        if result.unused:
            path = cassette_path(spec, result.case, result.variant)
            yield from _exchanges(path, frozenset(result.unused), write=write)
    folder = spec.file.parent / "cassettes" / spec.file.stem
    if [path for path in _agent_files(folder) if path.resolve() != spec.file]:
        yield Pruned(f"cassettes in {shown_name(folder)}/", "two agent files share the folder")
        return
    yield from _files(folder, _used(spec, results), write=write)


def orphans(folders: Iterable[Path], *, write: bool = True) -> Iterator[Pruned]:
    """Remove the cassettes of agent files that were in `folders` and are no longer there."""
    for folder in folders:
        cassettes = folder / "cassettes"
        for below in sorted(cassettes.iterdir()) if _is_own_folder(cassettes) else ():
            if _is_own_folder(below) and not _agent_files(below):
                yield from _files(below, {}, write=write)


def _sure(result: CaseResult) -> bool:
    """Tell whether a case asked for all that it ever asks for."""
    timed_out = any(
        run.error is not None and run.error.code == "case-timeout" for run in result.runs
    )
    every = result.passes == result.case.repeat
    return result.outcome == "passed" and every and not timed_out


def _used(spec: Spec, results: Iterable[CaseResult]) -> Mapping[str, bool]:
    """Give the names that the cassettes of all cases have, and whether each is looked at."""
    unneeded = {one.case.name for one in results if one.unused is None and one.variant is None}
    return {cassette_path(spec, case).stem: case.name not in unneeded for case in spec.tests}


def _exchanges(path: Path, unused: frozenset[str], *, write: bool) -> Iterator[Pruned]:
    cassette = Cassette.load(path)
    dropped = [exchange for exchange in cassette.exchanges if exchange.hash in unused]
    for exchange in cassette.exchanges:
        if exchange.hash not in unused:
            cassette.use(exchange)
    for exchange in dropped:
        agent, number = exchange.request.agent, cassette.number(exchange)
        yield Pruned(f"exchange {number} ({agent}) of {shown_name(path)}")
    if dropped and write:
        cassette.prune()
        cassette.save()


def _files(folder: Path, used: Mapping[str, bool], *, write: bool) -> Iterator[Pruned]:
    """Remove the cassettes in `folder` that no name in `used` is for, and what is empty then."""
    if not _is_own_folder(folder):
        return
    for path in sorted(folder.glob("*.yaml")):
        case, at, _ = path.stem.partition("@")
        # A case that needs no cassette may need one with the models of a matrix.
        if used.get(case, False) or (at and case in used) or not _is_own_file(path):
            continue
        try:
            Cassette.load(path)
        except (RunError, OSError):
            yield Pruned(shown_name(path), "it cannot be read as a cassette")
            continue
        yield Pruned(shown_name(path))
        if write:
            path.unlink()
    for below in (folder, folder.parent):
        if not any(below.iterdir()):
            yield Pruned(f"{shown_name(below)}/")
            if write:
                below.rmdir()


def _agent_files(folder: Path) -> list[Path]:
    """Give the agent files whose cassettes are in `folder`."""
    beside = folder.parent.parent
    paths = (beside / f"{folder.name}{suffix}" for suffix in _SUFFIXES)
    return [path for path in paths if path.exists()]


def _is_own_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_own_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not path.name.startswith(".")
