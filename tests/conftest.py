"""What tests share: the command line as a call, projects in a folder, a local server."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.openai_server import OpenAIServer
from yamlagents.cli.main import main

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    """Refuse every connection and look-up that leaves this machine."""
    if event == "socket.connect":
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and name not in LOOPBACK:
        raise PermissionError(f"tests do not use the network: {name}")


sys.addaudithook(_refuse_network)

# A busy machine is no reason for a test to fail.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite golden files")


@dataclass(frozen=True)
class Result:
    """What a command line printed and the code it exited with."""

    code: int
    stdout: str
    stderr: str


Cli = Callable[..., Result]


class _Terminal(io.TextIOWrapper):
    """A standard stream that says whether it is a terminal."""

    def __init__(self, content: bytes = b"", *, tty: bool = False) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", write_through=True)
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    def text(self) -> str:
        content = self.buffer.raw if hasattr(self.buffer, "raw") else self.buffer
        assert isinstance(content, io.BytesIO)
        return content.getvalue().decode()


def _forget_logging() -> None:
    """Undo what a call does to the loggers of a process that it takes for its own."""
    for name in ("yamlagents", "openai.agents"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.NOTSET)


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Call the command line: `cli("run", "weather", "hello", cwd=folder).stdout`.

    Keys of real providers are taken out of the environment; `env` puts variables in.
    """

    def call(
        *argv: str | os.PathLike[str],
        input: str | bytes = b"",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        tty: bool = False,
    ) -> Result:
        content = input.encode() if isinstance(input, str) else input
        streams = [_Terminal(content, tty=tty), _Terminal(tty=tty), _Terminal(tty=tty)]
        with monkeypatch.context() as patch:
            for name in list(os.environ):
                if name.endswith("_API_KEY") or name.startswith("YAMLAGENTS_"):
                    patch.delenv(name)
            patch.setenv("NO_COLOR", "1")
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            if cwd is not None:
                patch.chdir(cwd)
            for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                patch.setattr(sys, name, stream)
            with pytest.raises(SystemExit) as exit_:
                main([os.fspath(part) for part in argv])
        _forget_logging()
        code = exit_.value.code
        assert isinstance(code, int)
        return Result(code, streams[1].text(), streams[2].text())

    return call


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write files of a project in a temporary folder: `write("agents.d/a.yaml", text)`."""
    (tmp_path / "pyproject.toml").write_text("")

    def place(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return place


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """A local server that speaks OpenAI's protocol over real HTTP."""
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of encrypted sessions, in the variable KEY."""
    monkeypatch.setenv("KEY", "0123456789abcdef0123456789abcdef0123456789=")
