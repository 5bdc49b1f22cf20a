"""Three wire formats, recorded from a server that is not ours, are replayed without it.

Needs the npm package @copilotkit/aimock: put the path of its `llmock` into AIMOCK.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Cli, Result
from tests.cut_off import cut_off

pytestmark = pytest.mark.server

Write = Callable[[str, str], Path]

FIXTURES = ROOT / "tests" / "files" / "aimock_talks"
PROVIDERS = {
    "openai/gpt-4.1": ("/v1", "OPENAI_API_KEY"),
    "anthropic/claude-haiku-4-5": ("", "ANTHROPIC_API_KEY"),
    "gemini/gemini-2.5-flash": ("/v1beta", "GEMINI_API_KEY"),
}
FILE = """\
models: {{big: {{model: {model}, base_url: "{address}", settings: {{temperature: 0.2}}}}}}
agents:
  weather: {{instructions: Be brief., model: big, tools: [./tools.py:get_weather]}}
tests:
  - name: one tool
    input: What's the weather in Tokyo?
    expect: [{{tool_called: get_weather, arguments: {{city: Tokyo}}}}, {{contains: Sunny}}]
  - name: tools at once
    input: And in two cities?
    expect: [{{contains: Sunny}}, {{tool_count: 2}}]
  - name: a conversation
    turns: [What's the weather in Tokyo?, Thanks]
    repeat: 2
    expect: [{{requests: 3}}]
"""
TOOLS = '''\
def get_weather(city: str) -> str:
    """Get the weather in a city."""
    return f"Sunny in {city}."
'''


@contextmanager
def aimock() -> Iterator[str]:
    """Run a mock server, and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [os.environ["AIMOCK"], "-p", str(port), "-f", str(FIXTURES), "--strict"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{address}/__aimock/journal", timeout=5).close()
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def timeless(result: Result) -> list[dict[str, Any]]:
    """Give the cases of a report without how long they took."""
    return [{**case, "seconds": 0} for case in json.loads(result.stdout)["cases"]]


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
@pytest.mark.parametrize("model", PROVIDERS)
def test_a_recording_is_replayed_without_server_key_and_network(
    cli: Cli, write: Write, model: str, stream: str
) -> None:
    suffix, key = PROVIDERS[model]
    write("tools.py", TOOLS)
    with aimock() as address:
        file = write("team.yaml", FILE.format(model=model, address=address + suffix))
        options = ("test", "team.yaml", "--format", "json", "-j", "4")
        env = {key: "test-key-0123456789"}
        recorded = cli(*options, stream, "--record", cwd=file.parent, env=env)
    assert recorded.code == 0, recorded.stdout
    usages = [case["usage"]["total_tokens"] for case in timeless(recorded)]
    assert all(usages), usages
    for other in ("--stream", "--no-stream"):
        replayed = cut_off(*options, other, cwd=file.parent)
        assert (replayed.code, timeless(replayed)) == (0, timeless(recorded)), replayed.stderr
