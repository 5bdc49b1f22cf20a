"""What answers is closed at the end, however that comes: a file's provider, and models of code."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path

import pytest
from agents.testing import ScriptedModel, assistant_message
from openai import AsyncOpenAI

import yamlagents
from tests.conftest import ROOT, Cli
from tests.openai_faults import Hang, Status
from tests.openai_server import HELLO, OpenAIServer
from tests.responses_server import ResponsesServer
from tests.tested_project import Write

CODE = """\
import os
from pathlib import Path
import httpx
from agents import ModelProvider, OpenAIChatCompletionsModel
from openai import AsyncOpenAI

LOG = Path(__file__).with_name("log.txt")

def note(word):
    with LOG.open("a") as log:
        log.write(word + "\\n")

class Provider(ModelProvider):
    def __init__(self):
        self.client = AsyncOpenAI(api_key="k", base_url=os.environ["BASE_URL"], max_retries=0)
    def get_model(self, name):
        return OpenAIChatCompletionsModel(name, self.client)
    async def aclose(self):
        note("provider")
        await self.client.close()
        note("closed")

class Broken(Provider):
    async def aclose(self):
        await super().aclose()
        raise OSError("the line is busy")

class Own(OpenAIChatCompletionsModel):
    def __init__(self):
        client = AsyncOpenAI(api_key="k", base_url=os.environ["BASE_URL"], max_retries=0)
        super().__init__("own", client)
    async def close(self):
        note("model")
        await self._client.close()
        note("closed")
"""
PROVIDED = """\
agents: {a: {instructions: I, model: acme/small}}
run: {model_provider: ./code.py:Provider}
tests:
  - {name: one, input: Hello., expect: [{contains: server}]}
  - {name: two, input: Hello., expect: [{contains: server}]}
"""
MADE = """\
models: {own: {model: acme/own, use: ./code.py:Own}}
agents: {a: {instructions: I, model: own}}
tests:
  - {name: one, input: Hello., expect: [{contains: server}]}
  - {name: two, input: Hello., expect: [{contains: server}]}
"""


OPENAI = """\
models:
  fast: {provider: %s, model: openai/gpt-4.1, base_url: "%s"}
agents:
  desk: {instructions: Hi., model: fast}
"""


@pytest.fixture(params=[PROVIDED, MADE], ids=["provider", "model"])
def project(
    request: pytest.FixtureRequest,
    write: Write,
    server: OpenAIServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Write a team whose code keeps a client open, and notes when that is closed."""
    monkeypatch.setenv("BASE_URL", server.base_url)
    write("code.py", CODE)
    return write("a.yaml", request.param).parent


def closed(project: Path) -> int:
    """Give how often something was closed, each to its end."""
    lines = (project / "log.txt").read_text().splitlines() if (project / "log.txt").exists() else []
    assert lines[1::2] == ["closed"] * (len(lines) // 2)
    return len(lines) // 2


def test_after_a_run(cli: Cli, project: Path) -> None:
    assert cli("run", "a.yaml", "Hi.", cwd=project).stdout == f"{HELLO}\n"
    assert closed(project) == 1


def test_after_a_run_that_fails(cli: Cli, project: Path, server: OpenAIServer) -> None:
    server.behave(Status(401))
    assert cli("run", "a.yaml", "Hi.", cwd=project).code == 3
    assert closed(project) == 1


@pytest.mark.parametrize("lines", ["", "Hi.\nAnd?\n"], ids=["nothing-said", "two"])
def test_after_a_talk(cli: Cli, project: Path, lines: str) -> None:
    assert cli("chat", "a.yaml", input=lines, cwd=project).code == 0
    assert closed(project) == 1


def test_after_tests_that_record(cli: Cli, project: Path) -> None:
    result = cli("test", "a.yaml", "--record", cwd=project)
    assert result.code == 0, result.stdout
    assert closed(project) == 2


def test_a_replay_opens_nothing_that_it_has_to_close(cli: Cli, project: Path) -> None:
    cli("test", "a.yaml", "--record", cwd=project)
    (project / "log.txt").unlink()
    assert cli("test", "a.yaml", cwd=project).code == 0
    is_model = "use:" in (project / "a.yaml").read_text()
    assert closed(project) == (0 if is_model else 2)


def test_in_a_loop_of_ones_own_it_is_closed_when_asked(project: Path) -> None:
    team = yamlagents.assemble(yamlagents.load(project / "a.yaml"))

    async def two() -> None:
        for _ in range(2):
            assert (await yamlagents.run(team, "Hi.")).final_output == HELLO
        assert closed(project) == 0
        await team.aclose()

    asyncio.run(two())
    assert closed(project) == 1


def test_what_cannot_be_closed_is_told(cli: Cli, write: Write, project: Path) -> None:
    write("a.yaml", PROVIDED.replace("py:Provider", "py:Broken"))
    result = cli("run", "a.yaml", "Hi.", cwd=project)
    assert (result.code, result.stdout) == (0, f"{HELLO}\n")
    assert "Broken could not be closed" in result.stderr
    assert "OSError: the line is busy" in result.stderr


@pytest.mark.parametrize("command", ["run", "chat"])
def test_after_an_interrupt(project: Path, server: OpenAIServer, command: str) -> None:
    server.behave(Hang(30))
    argv = [sys.executable, "-m", "yamlagents", command, "a.yaml"]
    given = ["Hi."] if command == "run" else []
    with subprocess.Popen(
        [*argv, *given],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        process.stdin.write("Hi.\n")
        process.stdin.flush()
        deadline = time.monotonic() + 60
        while not server.requests and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert closed(project) == 1


@pytest.mark.parametrize("command", ["run", "chat", "test"])
def test_nothing_is_left_open(project: Path, command: str) -> None:
    argv = {"run": ["Hi."], "chat": [], "test": ["--record"]}[command]
    ignored = ("-W", "ignore::DeprecationWarning", "-W", "ignore::UserWarning")
    done = subprocess.run(
        [sys.executable, "-W", "error", *ignored, "-m", "yamlagents", command, "a.yaml", *argv],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONASYNCIODEBUG": "0"},
        input="Hi.\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    assert closed(project) == (2 if command == "test" else 1)


class Counted(ScriptedModel):
    """Counts how often it is closed."""

    closed = 0

    async def close(self) -> None:
        self.closed += 1


def test_a_model_of_ones_own_is_left_open(project: Path) -> None:
    own = Counted([[assistant_message("Mine.")]])
    team = yamlagents.assemble(yamlagents.load(project / "a.yaml"), models=lambda _: own)
    assert yamlagents.run_sync(team, "Hi.").final_output == "Mine."
    assert (own.closed, closed(project)) == (0, 0)


def open_clients(url: str) -> list[AsyncOpenAI]:
    found = (one for one in gc.get_objects() if isinstance(one, AsyncOpenAI))
    return [one for one in found if str(one.base_url).startswith(url) and not one.is_closed()]


@pytest.mark.parametrize("provider", ["openai_responses", "openai_chat"])
def test_clients_end_with_the_loop_of_a_program(
    write: Write, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []

    async def once(team: yamlagents.Team) -> str:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        return str((await yamlagents.run(team, "Hi.")).final_output)

    with ResponsesServer() as running:
        path = write("b.yaml", OPENAI % (provider, running.base_url))
        team = yamlagents.assemble(yamlagents.load(path))
        said = [asyncio.run(once(team)), asyncio.run(once(team))]
    assert all(said)
    gc.collect()
    assert open_clients(running.base_url) == []
    assert [loop() for loop in loops] == [None, None]


@pytest.mark.parametrize("streamed", [True, False])
def test_clients_of_litellm_end_with_a_run(
    write: Write, server: OpenAIServer, streamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    path = write("b.yaml", OPENAI % ("litellm", server.base_url))
    team = yamlagents.assemble(yamlagents.load(path))
    assert yamlagents.run_sync(team, "Hi.", streamed=streamed).final_output == HELLO
    assert open_clients(server.base_url) == []
