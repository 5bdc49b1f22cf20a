"""Sessions that OpenAI shortens, on a local server of the Responses API."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.conftest import Cli
from tests.openai_server import Reply, Request
from tests.responses_server import USAGE, ResponsesServer
from tests.session_project import Write

COMPACT = "/v1/responses/compact"
FILE = """\
models:
  m: {{model: openai/gpt-4.1, provider: openai_responses, base_url: "{url}", api_key: "${{K}}"}}
agents: {{weather: {{model: m}}}}
run:
  session: {{type: compaction, id: ada, compaction_mode: input, should_trigger_compaction: {code}}}
"""
TRIGGER = "def often(context):\n    return len(context['compaction_candidate_items']) >= 2\n"


class CompactingServer(ResponsesServer):
    """Shortens whatever it is given to one item."""

    def take(self, request: Request) -> Reply | None:
        if request.path != COMPACT:
            return super().take(request)
        self.requests.append(request)
        item = {"type": "compaction", "id": "cmp_1", "encrypted_content": "all that was said"}
        head = {"id": "resp_2", "object": "response.compaction", "created_at": 1_700_000_000}
        return Reply((json.dumps({**head, "output": [item], "usage": USAGE}).encode(),))


@pytest.fixture
def openai() -> Iterator[CompactingServer]:
    server = CompactingServer()
    with server:
        yield server


def project(write: Write, url: str) -> None:
    write("decide.py", TRIGGER)
    write("agents.d/a.yaml", FILE.format(url=url, code="../decide.py:often"))


def test_a_long_session_is_shortened(cli: Cli, write: Write, openai: CompactingServer) -> None:
    project(write, openai.base_url)
    folder = write("pyproject.toml", "").parent
    for text in ("one", "two", "three"):
        ran = cli("run", "a", text, cwd=folder, env={"K": "sk-test"})
        assert (ran.code, ran.stderr) == (0, "")
    paths = [request.path.removeprefix("/v1/") for request in openai.requests]
    assert paths == ["responses", "responses", "responses/compact", "responses"]
    assert [item.get("type") for item in openai.requests[-1].body["input"]] == ["compaction", None]
    assert openai.requests[2].headers["authorization"] == "Bearer sk-test"
    shown = cli("sessions", "show", "a", "--json", cwd=folder)
    assert [item.get("type") for item in json.loads(shown.stdout)["items"]] == [
        *("compaction", None, "message")
    ]


def test_nothing_is_shortened_offline(cli: Cli, write: Write, openai: CompactingServer) -> None:
    project(write, openai.base_url)
    folder = write("pyproject.toml", "").parent
    for text in ("one", "two", "three"):
        ran = cli("run", "a", text, "--offline", cwd=folder, env={"K": "sk-test"})
        assert (ran.code, ran.stderr) == (0, "")
    assert openai.requests == []
    assert len(cli("sessions", "show", "a", cwd=folder, env={"K": "x"}).stdout.splitlines()) == 6


def test_another_model_cannot_be_shortened(
    cli: Cli, write: Write, openai: CompactingServer
) -> None:
    project(write, openai.base_url)
    folder = write("pyproject.toml", "").parent
    asked = ("--model", "anthropic/claude-haiku-4-5", "--api-key", "x")
    ran = cli("run", "a", "one", *asked, cwd=folder, env={"K": "sk-test"})
    assert ran.code == 2
    assert "a.yaml:5:12: error[needs-responses]: compaction does nothing for" in ran.stderr
