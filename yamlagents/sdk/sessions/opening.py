"""One session opened: in a store of the SDK's, or one that the project's own code makes."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

from agents import Session
from openai import AsyncOpenAI

from yamlagents.result import RunError
from yamlagents.sdk import code
from yamlagents.sdk.sessions.failures import session_failure
from yamlagents.sdk.sessions.files import database
from yamlagents.spec.code.records import CodeSpec
from yamlagents.spec.models.records import ModelSpec
from yamlagents.spec.problem import Problem, SpecError
from yamlagents.spec.sessions.kinds import PACKAGES, SQLITE_KINDS, missing_package
from yamlagents.spec.sessions.records import SessionSpec

Opened = AbstractAsyncContextManager[Session | None]
Make = Callable[..., Any]

METHODS = ("get_items", "add_items", "pop_item", "clear_session")
_TELLS = "_yamlagents_tells"
_EXTENSIONS = "agents.extensions.memory"
_CLASSES = {
    "sqlite": ("agents", "SQLiteSession"),
    "async_sqlite": (_EXTENSIONS, "AsyncSQLiteSession"),
    "advanced_sqlite": (_EXTENSIONS, "AdvancedSQLiteSession"),
    "sqlalchemy": (_EXTENSIONS, "SQLAlchemySession"),
    "redis": (_EXTENSIONS, "RedisSession"),
    "encrypted": (_EXTENSIONS, "EncryptedSession"),
    "compaction": ("agents", "OpenAIResponsesCompactionSession"),
}
# Seconds; the client itself waits for as long as the network does.
_REDIS_CONNECT = 10


def opening(spec: SessionSpec, model: ModelSpec | None = None, *, whole: bool = False) -> Opened:
    """Give the session `spec.id` of a store, to be opened; with `whole`, however it is to be read.

    `model` says how OpenAI is reached for compaction. Raises `SpecError` if a variable, a package
    or the code of the file is not there. Opening it and using it raise `RunError` with the code
    `session-failed`.
    """
    layers = [(layer, maker(layer)) for layer in spec.layers]
    return _Opening(spec, layers, model, whole).opened()


def maker(layer: SessionSpec) -> Make:
    """Import what makes the session of one layer. Raises `SpecError` as `opening` does."""
    if layer.obstacles:
        raise SpecError(layer.obstacles)
    if layer.code is not None:
        made: Make = code.attribute(layer.code.point, layer.root)
        if not callable(made):
            message = f"'{layer.code.point.text}' makes no session: it cannot be called"
            hint = "name a class, or a function that takes `session_id`"
            raise SpecError([Problem(layer.code.place, "error", "wrong-kind", message, hint)])
        return made
    module, name = _CLASSES[layer.kind]
    try:
        found = getattr(import_module(module), name)
    except ImportError as error:
        if layer.kind not in PACKAGES:
            raise
        raise SpecError([missing_package(layer.kind, layer.place)]) from error
    made = getattr(found, "from_url", found)
    return made


@dataclass(frozen=True)
class _Opening:
    """A session about to be opened, layer by layer."""

    spec: SessionSpec
    layers: list[tuple[SessionSpec, Make]]
    model: ModelSpec | None
    whole: bool

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Session]:
        """Open the session, and close it whatever happens."""
        async with AsyncExitStack() as open_ones:
            session: Any = None
            for layer, make in reversed(self.layers):
                session = await self._made(layer, make, session, open_ones)
            yield self._watched(session)

    async def _made(
        self, layer: SessionSpec, make: Make, below: Any, open_ones: AsyncExitStack
    ) -> Any:
        try:
            arguments = self._arguments(layer)
            if below is not None:
                arguments["underlying_session"] = below
            if "client" in arguments:
                open_ones.push_async_callback(arguments["client"].close)
            session = make(session_id=self.spec.id, **arguments)
            if isinstance(session, Awaitable):
                session = await session
            if below is None:
                open_ones.push_async_exit(self._closing(session, layer))
            elif layer.kind == "encrypted":
                await _check_key(session, below)
        # A store raises whatever its driver does, and the user's code whatever it likes.
        except Exception as error:  # noqa: BLE001  # told with its place
            self._fail(error, layer)
        lacking = [name for name in METHODS if not callable(getattr(session, name, None))]
        if lacking:
            self._fail(TypeError(f"what was made is no session: it has no {lacking[0]}"), layer)
        return session

    def _arguments(self, layer: SessionSpec) -> dict[str, Any]:
        if layer.code is not None:
            return dict(layer.code.arguments or {})
        given = dict(layer.options)
        if self.whole:
            given.pop("session_settings", None)
        if layer.kind in SQLITE_KINDS:
            given["db_path"] = database(layer)
        if layer.kind == "advanced_sqlite":
            given.setdefault("create_tables", True)
        elif layer.kind == "redis":
            client = {"socket_connect_timeout": _REDIS_CONNECT, **given.get("redis_kwargs", {})}
            given["redis_kwargs"] = client
        elif layer.kind == "compaction":
            given |= self._compaction(layer)
        return given

    def _compaction(self, layer: SessionSpec) -> dict[str, Any]:
        given: dict[str, Any] = {}
        decide = layer.options.get("should_trigger_compaction")
        if isinstance(decide, CodeSpec):
            given["should_trigger_compaction"] = code.instance(decide, layer.root)
        key = self.model.api_key if self.model is not None else None
        url = self.model.base_url if self.model is not None else None
        given["client"] = AsyncOpenAI(api_key=key, base_url=url)
        return given

    def _watched(self, session: Any) -> Any:
        """Let the methods of a session that was made here tell what went wrong in our words."""
        try:
            for name in METHODS:
                method = getattr(session, name)
                # The project's own code may give the same object once more.
                if not hasattr(method, _TELLS):
                    setattr(session, name, self._telling(method))
        except AttributeError as error:
            self._fail(error, self.spec.store)
        return session

    def _telling(self, method: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        # The SDK looks at a method's parameters, which are kept.
        @functools.wraps(method)
        async def call(*args: Any, **kwargs: Any) -> Any:
            try:
                given = method(*args, **kwargs)
                return await given if isinstance(given, Awaitable) else given
            except RunError:
                raise
            except Exception as error:  # noqa: BLE001  # as above
                self._fail(error, self.spec.store)

        setattr(call, _TELLS, True)
        return call

    def _closing(self, session: Any, layer: SessionSpec) -> Callable[..., Awaitable[None]]:
        async def close(_: object, failure: BaseException | None, __: object) -> None:
            try:
                await _closed(session)
            except Exception as error:  # noqa: BLE001  # as above
                if failure is None:  # else that is the one to tell
                    self._fail(error, layer)

        return close

    def _fail(self, error: Exception, layer: SessionSpec) -> NoReturn:
        raise session_failure(error, layer, self.spec.id) from error


async def _closed(session: Any) -> None:
    """Close what a store keeps open: a connection, or the engine of a database."""
    engine: Any = getattr(session, "engine", None)
    if callable(getattr(engine, "dispose", None)):
        await engine.dispose()
    close = getattr(session, "close", None)
    ended = close() if callable(close) else None
    if isinstance(ended, Awaitable):
        await ended


async def _check_key(session: Any, below: Session) -> None:
    """Raise ValueError if what is kept cannot be read, which would else look like nothing."""
    for item in await below.get_items(limit=1):
        payload = dict(item).get("payload")
        if not isinstance(payload, str):
            raise ValueError("what it holds was kept without encryption, and is not read with it")
        try:
            session.cipher.extract_timestamp(payload.encode())
        except import_module("cryptography.fernet").InvalidToken as error:
            raise ValueError("what it holds was encrypted with another key") from error
