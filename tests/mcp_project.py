"""Projects whose agents have MCP servers, and what is left of these afterwards."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

SERVER = ROOT / "tests" / "mcp_server.py"
HTTP_SERVER = ROOT / "tests" / "mcp_http_server.py"


def server(mark: Path, *args: str, log: bool = False, **keys: Any) -> str:
    """Give a server of a file as YAML; `mark` is in its environment, for `left` to find it.

    With `log` it says in `mark / "asked.log"` what it was asked.
    """
    given = {"command": sys.executable, "args": [str(SERVER), *args], **keys}
    given["env"] = {"MARK": str(mark), **keys.get("env", {})}
    if log:
        given["env"]["LOG"] = str(mark / "asked.log")
    return json.dumps(given)


def calls(*steps: tuple[str, dict[str, Any]]) -> str:
    """Give a test case as YAML in which these tools are called, and which says `done`."""
    script: list[Any] = [{"tool_calls": [{"name": n, "arguments": a}]} for n, a in steps]
    case = {"name": "case", "input": "go", "script": [*script, {"text": "done"}]}
    return json.dumps([{**case, "expect": [{"contains": "done"}]}])


def file_of(given: str, rest: str = "", model: str = "offline/match") -> str:
    return (
        f"mcp_servers:\n  calc: {given}\n"
        f"agents: {{a: {{model: {model}, mcp_servers: [calc]}}}}\n{rest}"
    )


def called(mark: Path) -> list[str]:
    return [line for line in log(mark) if "/" not in line and line != "initialize"]


def log(mark: Path) -> list[str]:
    """Give what the server was asked, in order: methods, and names of tools."""
    path = mark / "asked.log"
    return path.read_text().split() if path.exists() else []


def left(mark: Path) -> list[int]:
    """Give the processes of servers with this mark that are still there."""
    return [process for process in _processes() if _has(process, f"MARK={mark}")]


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _has(process: int, variable: str) -> bool:
    try:
        environ = Path(f"/proc/{process}/environ").read_bytes()
    except OSError:  # it has ended meanwhile, or is not ours
        return False
    return variable.encode() in environ.split(b"\0")


@contextmanager
def over_http(transport: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run the server over HTTP; give its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(HTTP_SERVER), transport, str(port)])
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        path = "sse" if transport == "sse" else "mcp"
        yield f"http://127.0.0.1:{port}/{path}", process
    finally:
        process.kill()
        process.wait()
