"""Recordings that add to a cassette, that leave it alone, and that get in each other's way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Cli
from tests.cut_off import cut_off
from tests.openai_faults import Hang
from tests.openai_server import OpenAIServer, Reply, Request
from tests.recorded_project import (
    FILE,
    Record,
    cassettes,
    recorder,
    reply,
    write_project,
)
from tests.recording import Write


@pytest.fixture
def folder(write: Write) -> Path:
    return write_project(write)


@pytest.fixture
def record(cli: Cli, folder: Path, server: OpenAIServer) -> Record:
    return recorder(cli, folder, server)


def test_new_adds_only_what_is_missing(record: Record, folder: Path, server: OpenAIServer) -> None:
    record("--record", "-k", "talk")
    path = folder / "cassettes" / "team" / "talk.yaml"
    before = yaml.safe_load(path.read_text())["exchanges"]
    longer = FILE.replace("in Rome?]", "in Rome?, And in Bonn?]").replace("requests: 4", "turns: 6")
    (folder / "team.yaml").write_text(longer.replace("{tool_count: 2}]", "{tool_count: 3}]", 2))
    server.requests.clear()
    assert record("--record-mode", "new", "-k", "talk").code == 0
    assert len(server.requests) == 2
    after = yaml.safe_load(path.read_text())["exchanges"]
    assert (after[:4], len(after)) == (before, 6)


@pytest.mark.parametrize("mode", ["none", "once"])
def test_a_stale_cassette_is_not_touched(record: Record, folder: Path, mode: str) -> None:
    record("--record")
    before = cassettes(folder)
    (folder / "team.yaml").write_text(FILE.replace("0.2", "0.3"))
    assert record("--record-mode", mode).code == 8
    assert cassettes(folder) == before


def test_none_writes_nothing_where_nothing_is(record: Record, folder: Path) -> None:
    assert record("--record-mode", "none").code == 8
    assert not (folder / "cassettes").exists()


def start(folder: Path, server: OpenAIServer, *argv: str) -> subprocess.Popen[bytes]:
    env = {**os.environ, "OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123"}
    return subprocess.Popen(
        [sys.executable, "-m", "yamlagents", "test", "team.yaml", *argv],
        cwd=folder,
        env={**env, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_an_interrupted_recording_writes_nothing_of_it(
    record: Record, folder: Path, server: OpenAIServer
) -> None:
    record("--record")
    before = cassettes(folder)
    asked = threading.Event()

    def second(request: Request) -> Reply:
        asked.set()
        return Hang(60)(request)

    server.behave(reply, second)
    process = start(folder, server, "--record", "-k", "talk")
    assert asked.wait(60)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert cassettes(folder) == before


def test_two_recorders_of_one_cassette_leave_a_whole_one(
    record: Record, folder: Path, server: OpenAIServer
) -> None:
    processes = [start(folder, server, "--record", "-j", "3") for _ in range(2)]
    assert [process.wait(120) for process in processes] == [0, 0]
    assert len(cassettes(folder)) == 5
    assert cut_off("test", "team.yaml", "-j", "3", cwd=folder).code == 0
