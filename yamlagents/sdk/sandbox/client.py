"""Who makes the sandboxes of runs, and closes all that a run leaves open."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents import RunConfig
from agents.run_config import SandboxRunConfig
from agents.sandbox import LocalSnapshotSpec, Manifest
from agents.sandbox.session import BaseSandboxClient, SandboxSession, SandboxSessionState

from yamlagents.sdk.endings import orderly

log = logging.getLogger("yamlagents.sandbox")


@dataclass
class _Opened:
    """The sandboxes of one run that are open, and where its workspaces are kept meanwhile."""

    sessions: list[tuple[BaseSandboxClient[Any], SandboxSession]] = field(default_factory=list)
    # By the folder that a workspace really is in, the one that was asked for.
    roots: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None

    def kept_in(self) -> Path:
        """Give a folder for workspaces that lasts as long as the run."""
        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp(prefix="yamlagents-sandbox-"))
        return self.folder

    async def close(self) -> None:
        """Close what is still open; whatever comes of one, the others are closed."""
        while self.sessions:
            client, session = self.sessions.pop()
            try:
                await session.aclose()
            except Exception as error:  # noqa: BLE001  # a client may be code of the project
                log.warning("a sandbox did not close in order: %s", error)
            try:
                await client.delete(session)
            except Exception as error:  # noqa: BLE001  # a client may be code of the project
                log.warning("a sandbox was not removed: %s", error)
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


_opened: ContextVar[_Opened | None] = ContextVar("opened", default=None)


@asynccontextmanager
async def boxed(config: RunConfig) -> AsyncIterator[None]:
    """Close, in the end, all sandboxes that are made within, also on failure and on signals."""
    if config.sandbox is None:
        yield
        return
    opened = _Opened()
    token = _opened.set(opened)
    with orderly():
        try:
            yield
        finally:
            _opened.reset(token)
            await opened.close()


def as_declared(text: str | None) -> str | None:
    """Give what the model is told with the folder that was asked for in place of the real one."""
    opened = _opened.get()
    for real, declared in opened.roots.items() if opened is not None and text else ():
        text = str(text).replace(real, declared)
    return text


class Boxes(BaseSandboxClient[Any]):
    """Makes sandboxes by a client that is itself made when the first one is asked for.

    `options` are for each sandbox. `is_kept` says that the files say where workspaces are kept;
    they are kept for the time of a run otherwise.
    """

    supports_default_options = True

    def __init__(
        self, make: Callable[[], BaseSandboxClient[Any]], options: Any, *, is_kept: bool
    ) -> None:
        self._make = make
        self._options = options
        self.is_kept = is_kept
        self._made: BaseSandboxClient[Any] | None = None

    @property
    def backend_id(self) -> str:  # type: ignore[override]  # only the client itself knows its kind
        """The kind of the client."""
        return self._client.backend_id

    @property
    def _client(self) -> BaseSandboxClient[Any]:
        if self._made is None:
            self._made = self._make()
        return self._made

    async def create(
        self, *, snapshot: Any = None, manifest: Manifest | None = None, options: Any = None
    ) -> SandboxSession:
        """Make a sandbox, which is closed with the run at the latest."""
        client, opened = self._client, _opened.get()
        given = SandboxRunConfig(client=client, options=self._options).options
        if opened is not None and not self.is_kept:
            snapshot = LocalSnapshotSpec(base_path=opened.kept_in())
        session = await client.create(snapshot=snapshot, manifest=manifest, options=given)
        asked = manifest.root if manifest is not None else Manifest().root
        return self._noted(session, asked)

    async def resume(self, state: SandboxSessionState) -> SandboxSession:
        """Go on with a sandbox of before."""
        session = await self._client.resume(state)
        # A folder that was made for a workspace stands for the usual one.
        is_made = getattr(session.state, "workspace_root_owned", False)
        root = Manifest().root if is_made else session.state.manifest.root
        return self._noted(session, root)

    async def delete(self, session: SandboxSession) -> SandboxSession:
        """Remove what there is of a sandbox that was closed."""
        opened = _opened.get()
        if opened is not None:
            opened.sessions = [pair for pair in opened.sessions if pair[1] is not session]
        return await self._client.delete(session)

    def serialize_session_state(self, state: SandboxSessionState) -> dict[str, object]:
        """Give the state of a sandbox as plain data."""
        return self._client.serialize_session_state(state)

    def deserialize_session_state(self, payload: dict[str, object]) -> SandboxSessionState:
        """Read the state of a sandbox."""
        return self._client.deserialize_session_state(payload)

    def _noted(self, session: SandboxSession, asked: str) -> SandboxSession:
        opened = _opened.get()
        if opened is not None:
            opened.sessions.append((self._client, session))
            if session.state.manifest.root != asked:
                opened.roots[session.state.manifest.root] = asked
        return session
