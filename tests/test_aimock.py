"""The same file reaches the wire formats of other providers, on a mock server that is not ours.

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
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import ROOT, Cli

pytestmark = pytest.mark.server

FIXTURES = ROOT / "tests" / "files" / "aimock"
PROVIDERS = {
    "openai/gpt-4.1": ("/v1", "/v1/chat/completions"),
    "anthropic/claude-haiku-4-5": ("", "/v1/messages"),
    "gemini/gemini-2.5-flash": ("/v1beta", "/v1beta/models/gemini-2.5-flash"),
    "ollama_chat/llama3.1": ("", "/api/chat"),
}


def read(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as reply:
        return json.load(reply)


@pytest.fixture(scope="module")
def aimock() -> Iterator[str]:
    """A running mock server's address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [os.environ["AIMOCK"], "-p", str(port), "-f", str(FIXTURES), "--strict"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                read(f"{address}/__aimock/journal")
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
@pytest.mark.parametrize("model", PROVIDERS)
def test_a_provider_is_reached_in_its_own_format(
    cli: Cli, aimock: str, model: str, stream: str
) -> None:
    suffix, path = PROVIDERS[model]
    before = len(read(f"{aimock}/__aimock/journal"))
    options = ["--model", model, "--base-url", aimock + suffix, "--api-key", "test", stream]
    result = cli("run", "weather", "What's the weather in Tokyo?", "--json", *options, cwd=ROOT)
    assert result.code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["final_output"] == "Sunny in Tokyo."
    assert document["usage"]["requests"] == 2
    if model.startswith(("openai/", "anthropic/")):  # the only two whose replies it gives tokens
        assert document["usage"]["output_tokens"] > 0
    assert [call["arguments"] for call in document["tool_calls"]] == [{"city": "Tokyo"}]
    paths = [entry["path"] for entry in read(f"{aimock}/__aimock/journal")[before:]]
    assert len(paths) == 2
    assert all(seen.startswith(path) for seen in paths), paths
