"""The command line in a process of its own that has no key and no network, not even loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, Result

# An event loop makes a pair of sockets that are connected to each other, and to nothing else.
_PROGRAM = """\
import sys

def refuse(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto"):
        raise SystemExit(f"the network was used: {event}{args[1:]}")

sys.addaudithook(refuse)
from yamlagents.cli.main import main
main(sys.argv[1:])
"""


def cut_off(*argv: str, cwd: Path) -> Result:
    """Call the command line without a key and without a network."""
    kept = ("PATH", "HOME", "LANG", "SYSTEMROOT")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *argv],
        cwd=cwd,
        env={**env, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)
