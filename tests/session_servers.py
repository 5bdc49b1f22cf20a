"""PostgreSQL and Redis for tests: given by POSTGRES_URL and REDIS_URL, or started from the PATH."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "swordfish-4711"
_USER = (
    "postgres" if getattr(os, "geteuid", lambda: 1)() == 0 else None
)  # PostgreSQL refuses to run as root


def program(name: str) -> str:
    """Give the path of a server's program; Debian keeps PostgreSQL's off the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or next(map(str, reversed(debian)), None)
    assert found is not None, f"there is no {name}: apt-get install postgresql redis-server"
    return found


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _running(command: list[str], port: int, user: str | None, log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, user=user)
    try:
        for _ in range(200):
            assert process.poll() is None, log.read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def _folder(user: str | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sessions-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[str]:
    """Give the address of a PostgreSQL server as `postgres:password@host:port/database`."""
    given = os.environ.get("POSTGRES_URL")
    if given:
        yield given.partition("://")[2]
        return
    port = free_port()
    with _folder(_USER) as folder:
        data, secret = folder / "data", folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        made = ["-U", "postgres", "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync"]
        subprocess.run(
            [program("initdb"), "-D", str(data), *made, "-E", "UTF8", "--locale=C"],
            check=True,
            user=_USER,
            capture_output=True,
        )
        options = ["-p", str(port), "-h", "127.0.0.1", "-k", "", "-c", "fsync=off"]
        command = [program("postgres"), "-D", str(data), *options]
        with _running(command, port, _USER, folder.parent / f"{folder.name}.log"):
            yield f"postgres:{PASSWORD}@127.0.0.1:{port}/postgres"
    (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)


@contextmanager
def redis() -> Iterator[str]:
    """Give the address of a Redis server."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    port = free_port()
    with _folder(None) as folder:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        command = [program("redis-server"), *options, "--requirepass", PASSWORD]
        with _running(command, port, None, folder / "log"):
            yield f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
