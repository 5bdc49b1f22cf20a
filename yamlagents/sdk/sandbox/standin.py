"""What stands in for sandboxes: it has the files that the manifest says, and runs nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from agents.sandbox import Manifest
from agents.sandbox.entries import BaseEntry, Dir, File, LocalDir, LocalFile
from agents.sandbox.errors import WorkspaceReadNotFoundError
from agents.sandbox.files import EntryKind, FileEntry
from agents.sandbox.session import (
    BaseSandboxClient,
    BaseSandboxSession,
    SandboxSession,
    SandboxSessionState,
)
from agents.sandbox.snapshot import NoopSnapshot
from agents.sandbox.types import ExecResult, Permissions

_KIND = "yamlagents_stand_in"


class StandInState(SandboxSessionState):
    """The state of a stand-in, by which a run that waits goes on with one."""

    type: Literal["yamlagents_stand_in"] = "yamlagents_stand_in"


class StandInSession(BaseSandboxSession):
    """A workspace that is only told of: nothing is written, and no command is run."""

    def __init__(self, state: SandboxSessionState) -> None:
        self.state = state
        self._running = False

    async def start(self) -> None:
        self._running = True

    async def stop(self) -> None:
        pass

    async def shutdown(self) -> None:
        self._running = False

    async def running(self) -> bool:
        return self._running

    def supports_pty(self) -> bool:
        return True

    async def exec(self, *command: Any, **options: Any) -> ExecResult:
        """Say that a command went well, without running it."""
        return ExecResult(stdout=b"", stderr=b"", exit_code=0)

    async def _exec_internal(self, *command: Any, timeout: float | None = None) -> ExecResult:
        return await self.exec()

    async def read(self, path: Path, *, user: Any = None) -> io.IOBase:
        """Give the file that the manifest has at `path`."""
        data = _content(self._found(path))
        if data is None:
            raise WorkspaceReadNotFoundError(path=path)
        return io.BytesIO(data)

    async def write(self, path: Path, data: io.IOBase, *, user: Any = None) -> None:
        """Write nothing."""

    async def persist_workspace(self) -> io.IOBase:
        return io.BytesIO()

    async def hydrate_workspace(self, data: io.IOBase) -> None:
        """Take up nothing."""

    async def ls(self, path: Path | str, *, user: Any = None) -> list[FileEntry]:
        """List what the manifest has in a folder."""
        found = self._found(path)
        if found is None:
            raise WorkspaceReadNotFoundError(path=Path(path))
        return [_listed(PurePosixPath(path) / name, below) for name, below in _children(found)]

    def _found(self, path: Path | str) -> BaseEntry | None:
        root = PurePosixPath(self.state.manifest.root)
        whole = root / PurePosixPath(path)
        if not whole.is_relative_to(root):
            return None
        tree: BaseEntry | None = _tree(self.state.manifest)
        for part in whole.relative_to(root).parts:
            below = dict(_children(tree)) if tree is not None else {}
            tree = below.get(part)
        return tree


class StandInClient(BaseSandboxClient[Any]):
    """Makes stand-ins."""

    backend_id = _KIND
    supports_default_options = True

    async def create(
        self, *, snapshot: Any = None, manifest: Manifest | None = None, options: Any = None
    ) -> SandboxSession:
        """Make one."""
        return self._wrap_session(stand_in_session(manifest or Manifest()))

    async def delete(self, session: SandboxSession) -> SandboxSession:
        """Remove nothing: nothing was made."""
        return session

    async def resume(self, state: SandboxSessionState) -> SandboxSession:
        """Go on with one."""
        return self._wrap_session(StandInSession(state))

    def deserialize_session_state(self, payload: dict[str, object]) -> SandboxSessionState:
        """Read the state of one."""
        return StandInState.model_validate(payload)


def stand_in_session(manifest: Manifest) -> StandInSession:
    """Make a stand-in for a workspace."""
    return StandInSession(StandInState(snapshot=NoopSnapshot(id="none"), manifest=manifest))


def _tree(manifest: Manifest) -> Dir:
    """Give all entries as one folder, those with longer paths in folders of their own."""
    top = Dir()
    for path, entry in manifest.entries.items():
        *folders, name = PurePosixPath(path).parts
        at = top
        for folder in folders:
            below = at.children.get(folder)
            at.children[folder] = below if isinstance(below, Dir) else Dir()
            at = at.children[folder]  # type: ignore[assignment]  # it was made a folder just now
        at.children[name] = _copied(entry)
    return top


def _copied(entry: BaseEntry) -> BaseEntry:
    # Others may be put into it.
    return entry.model_copy(deep=True) if isinstance(entry, Dir) else entry


def _children(entry: BaseEntry) -> Iterator[tuple[str, BaseEntry]]:
    if isinstance(entry, Dir):
        for path, child in entry.children.items():
            yield PurePosixPath(path).parts[0], child
    elif isinstance(entry, LocalDir) and entry.src is not None and entry.src.is_dir():
        for found in sorted(entry.src.iterdir()):
            yield found.name, LocalDir(src=found) if found.is_dir() else LocalFile(src=found)


def _content(entry: BaseEntry | None) -> bytes | None:
    if isinstance(entry, File):
        return entry.content
    if isinstance(entry, LocalFile) and entry.src.is_file():
        return entry.src.read_bytes()
    return None


def _listed(path: PurePosixPath, entry: BaseEntry) -> FileEntry:
    kind = EntryKind.DIRECTORY if entry.is_dir else EntryKind.FILE
    size = len(_content(entry) or b"")
    whole = str(path)
    return FileEntry(
        path=whole, permissions=Permissions(), owner="", group="", size=size, kind=kind
    )
