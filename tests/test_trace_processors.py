"""Traces that go to the project's own processors, in place of OpenAI."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from agents import Model, set_trace_processors
from agents.testing import ScriptedModel, assistant_message
from agents.tracing.processors import default_processor

import yamlagents
from tests.conftest import Cli, Result
from tests.openai_server import OpenAIServer, Text, ToolCall
from tests.tested_project import Write

CODE = """\
import json
from pathlib import Path
from agents.tracing import TracingProcessor


class Journal(TracingProcessor):
    def __init__(self, path="journal.log"):
        self.path = Path(__file__).with_name(path)
    def note(self, what):
        with self.path.open("a") as log:
            log.write(json.dumps(what) + "\\n")
    def on_trace_start(self, trace):
        self.note(["trace", trace.name])
    def on_trace_end(self, trace):
        self.note(["end", trace.name])
    def on_span_start(self, span):
        pass
    def on_span_end(self, span):
        self.note([span.span_data.type, getattr(span.span_data, "name", None)])
    def shutdown(self):
        pass
    def force_flush(self):
        pass


class Broken(Journal):
    def on_span_end(self, span):
        raise ValueError("no room")


def step() -> str:
    return "done"
"""
AGENTS = """\
models: {m: {model: openai/gpt-4.1, api_key: "${MODEL_KEY}"}}
agents: {a: {instructions: Count., model: m, tools: [./code.py:step]}}
run:
  tracing_disabled: false
  workflow_name: NAME
  trace_processors: LIST
"""
KEY = {"MODEL_KEY": "test-key-0123456789"}


@pytest.fixture(autouse=True)
def _sdks_own() -> Iterator[None]:
    yield
    set_trace_processors([default_processor()])


def file(write: Write, listed: str, name: str = "Counting") -> Path:
    write("code.py", CODE)
    return write("a.yaml", AGENTS.replace("LIST", listed).replace("NAME", name))


def counted(cli: Cli, server: OpenAIServer, path: Path, *options: str) -> Result:
    server.behave(ToolCall("step"), Text("One."))
    where = ("--base-url", server.base_url, *options)
    return cli("run", "a.yaml", "Go.", *where, env=KEY, cwd=path.parent)


def answering(model: Model) -> Callable[[Any], Model]:
    return lambda _: model


def noted(path: Path, name: str = "journal.log") -> list[Any]:
    return [json.loads(line) for line in path.with_name(name).read_text("utf-8").splitlines()]


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
def test_a_run_is_told_to_the_projects_own(
    cli: Cli, write: Write, server: OpenAIServer, stream: str
) -> None:
    path = file(write, "[./code.py:Journal, {use: ./code.py:Journal, with: {path: b.log}}]")
    result = counted(cli, server, path, stream)
    # No key of OpenAI's is needed, since nothing goes there.
    assert (result.code, result.stdout, result.stderr) == (0, "One.\n", "")
    told = noted(path)
    assert (told[0], told[-1]) == (["trace", "Counting"], ["end", "Counting"])
    assert ["function", "step"] in told
    assert ["agent", "a"] in told
    assert noted(path, "b.log") == told


def test_offline_and_in_tests_nothing_is_traced(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    path = file(write, "[./code.py:Journal]")
    assert counted(cli, server, path, "--offline").code == 0
    with path.open("a") as text:
        text.write("tests: [{name: t, input: Hi., script: [{text: Hi.}], expect: [{equals: Hi.}]}]")
    assert cli("test", path, env=KEY).code == 0
    assert not path.with_name("journal.log").exists()


def test_runs_side_by_side_are_told_each_to_its_own(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*next(iter(KEY.items())))

    async def both(*teams: yamlagents.Team) -> None:
        await asyncio.gather(*(yamlagents.run(team, "Go.") for team in teams))

    teams = []
    for name in ("One", "Two"):
        path = file(write, f"[{{use: ./code.py:Journal, with: {{path: {name}.log}}}}]", name)
        model = ScriptedModel([[assistant_message("Done.")]])
        spec = yamlagents.load(path.rename(path.with_name(f"{name}.yaml")))
        teams.append(yamlagents.assemble(spec, models=answering(model)))
    asyncio.run(both(*teams))
    for name in ("One", "Two"):
        told = noted(path, f"{name}.log")
        assert [what for what in told if what[0] in ("trace", "end")] == [
            ["trace", name],
            ["end", name],
        ]


def test_one_that_raises_does_not_end_the_run(cli: Cli, write: Write, server: OpenAIServer) -> None:
    path = file(write, "[./code.py:Broken]")
    result = counted(cli, server, path)
    assert (result.code, result.stdout) == (0, "One.\n")
    assert "Error in trace processor during on_span_end" in result.stderr


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("[./code.py:Diary]", "a.yaml:6:22: error[missing-name]: code.py has no 'Diary'"),
        (
            "[./code.py:step]",
            "a.yaml:6:22: error[wrong-kind]: './code.py:step' is a function, not an object of a "
            "subclass of the SDK's TracingProcessor",
        ),
    ],
    ids=["missing", "function"],
)
def test_what_is_none_is_a_problem(
    cli: Cli, write: Write, server: OpenAIServer, listed: str, said: str
) -> None:
    result = counted(cli, server, file(write, listed))
    assert result.code == 2
    assert said in result.stderr
    assert server.requests == []


def test_without_tracing_they_do_nothing(cli: Cli, write: Write) -> None:
    path = file(write, "[./code.py:Journal]")
    path.write_text(path.read_text("utf-8").replace("  tracing_disabled: false\n", ""), "utf-8")
    result = cli("validate", path, env=KEY)
    said = "warning[no-effect]: 'trace_processors' does nothing while tracing is off"
    assert said in result.stdout
