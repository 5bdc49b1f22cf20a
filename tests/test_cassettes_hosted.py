"""Hosted tools that run here: recorded once, and never carried out in a replay or offline."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Cli, Result
from tests.responses_server import Items, ResponsesServer, Text

Write = Callable[[str, str], Path]
Run = Callable[..., Result]
CODE = """\
from pathlib import Path

from agents import AsyncComputer, ComputerProvider, ShellCommandOutput, ShellResult
from agents.editor import ApplyPatchResult


def mark(text):
    with Path(__file__).with_name("done.txt").open("a") as file:
        file.write(f"{text}\\n")


def run_shell(request):
    mark(request.data.action.commands)
    output = ShellCommandOutput(stdout="two files, key sk-abcdefghijklmnop1234567890", command="ls")
    return ShellResult(output=[output], max_output_length=200)


def break_shell(request):
    mark("broken")
    raise OSError("no such shell")


def run_local(request):
    mark(request.data.action.command)
    return "ran it"


async def calculate(context, text):
    mark(text)
    return 42


class Editor:
    def create_file(self, operation):
        mark(operation.path)
        return ApplyPatchResult(status="completed", output=f"made {operation.path}")

    def update_file(self, operation):
        mark(operation.path)

    delete_file = update_file


class Screen(AsyncComputer):
    environment, dimensions = "browser", (10, 10)
    pictures = 0

    async def screenshot(self):
        mark("screenshot")
        self.pictures += 1
        return ["aGk=", "aG8=", "aGE="][self.pictures - 1]

    async def click(self, x, y, button):
        mark("click")

    double_click = scroll = type = wait = move = keypress = drag = click


def launch(*, run_context):
    mark("launched")
    return Screen()


def close(*, run_context, computer):
    mark(f"closed {type(computer).__name__}")


browser = ComputerProvider(create=launch, dispose=close)
"""
TEAM = """\
models:
  m: {{model: openai/gpt-4.1, provider: openai_responses, base_url: "{url}", api_key: "${{K:-k}}"}}
agents:
  a: {{instructions: Hi., model: m, tools: [{tool}]}}
tests:
  - {{name: n, input: go, expect: [{{contains: done}}]{more}}}
"""
SHELL = {"commands": ["ls", "-l"], "timeout_ms": None, "max_output_length": None}
LOCAL = {"type": "exec", "command": ["ls"], "env": {}}
PATCH = {"type": "create_file", "path": "a.txt", "diff": "+hi"}
REST = {"pending_safety_checks": [], "status": "completed"}
CLICK = {"type": "click", "x": 1, "y": 2, "button": "left"}
LOOK = {"type": "screenshot"}
# What is written, the calls of one reply, and what they did.
KINDS: dict[str, tuple[str, list[dict[str, Any]], list[str]]] = {
    "shell": (
        "{hosted: shell, executor: './code.py:run_shell'}",
        [{"type": "shell_call", "status": "completed", "action": SHELL}],
        ["['ls', '-l']"],
    ),
    "broken-shell": (
        "{hosted: shell, executor: './code.py:break_shell'}",
        [{"type": "shell_call", "status": "completed", "action": SHELL}],
        ["broken"],
    ),
    "local-shell": (
        "{hosted: local_shell, executor: './code.py:run_local'}",
        [{"type": "local_shell_call", "status": "completed", "action": LOCAL}],
        ["['ls']"],
    ),
    "custom": (
        "{hosted: custom, name: calc, description: Calculates., "
        "on_invoke_tool: './code.py:calculate'}",
        [{"type": "custom_tool_call", "name": "calc", "input": "6*7"}],
        ["6*7"],
    ),
    "patches": (
        "{hosted: apply_patch, editor: './code.py:Editor'}",
        [
            {"type": "apply_patch_call", "status": "completed", "operation": PATCH},
            {
                "type": "apply_patch_call",
                "status": "completed",
                "operation": {"type": "delete_file", "path": "b.txt"},
            },
        ],
        ["a.txt", "b.txt"],
    ),
    "computer": (
        "{hosted: computer, computer: './code.py:Screen'}",
        [
            {"type": "computer_call", "actions": [LOOK, CLICK], **REST},
            {"type": "computer_call", "actions": [CLICK, LOOK], **REST},
        ],
        ["screenshot", "click", "screenshot", "click", "screenshot"],
    ),
    "browser": (
        "{hosted: computer, computer: './code.py:browser'}",
        [{"type": "computer_call", "action": CLICK, **REST}],
        ["launched", "click", "screenshot", "closed Screen"],
    ),
}
EACH = pytest.mark.parametrize(("tool", "calls", "did"), KINDS.values(), ids=KINDS)


@pytest.fixture
def openai() -> Iterator[ResponsesServer]:
    server = ResponsesServer()
    with server:
        yield server


@pytest.fixture
def run(cli: Cli, write: Write, openai: ResponsesServer, tmp_path: Path) -> Run:
    """Run a command on a team with one tool, whose model asks for some calls and is done."""

    def call(command: str, tool: str, *options: str, calls: Any = (), more: str = "") -> Result:
        write("code.py", CODE)
        write("team.yaml", TEAM.format(url=openai.base_url, tool=tool, more=more))
        ids = ({"id": f"i_{n}", "call_id": f"call_{n}"} for n in range(len(calls)))
        items = tuple({**item, **id_} for item, id_ in zip(calls, ids, strict=True))
        openai.behave(Items(items), Text("done"))
        return cli(command, "team.yaml", *options, cwd=tmp_path)

    return call


def done(folder: Path) -> list[str]:
    """Take away what was done, and give it."""
    path = folder / "done.txt"
    text = path.read_text() if path.exists() else ""
    path.unlink(missing_ok=True)
    return text.splitlines()


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
@EACH
def test_a_replay_gives_what_was_recorded_and_carries_out_nothing(
    run: Run,
    openai: ResponsesServer,
    tmp_path: Path,
    *,
    tool: str,
    calls: Any,
    did: Any,
    stream: str,
) -> None:
    recorded = run("test", tool, "--record", "-v", stream, calls=calls)
    assert (recorded.code, done(tmp_path)) == (0, did), recorded.stdout
    before = len(openai.requests)
    replayed = run("test", tool, "-v", stream)
    assert (replayed.code, done(tmp_path), len(openai.requests)) == (0, [], before)
    told = [result.stdout.partition("transcript")[2] for result in (recorded, replayed)]
    assert told[0] == told[1] != ""


@EACH
def test_a_call_without_a_recording_is_a_miss(
    run: Run, tmp_path: Path, tool: str, calls: Any, did: Any
) -> None:
    run("test", tool, "--record", calls=calls)
    done(tmp_path)
    [path] = tmp_path.rglob("n.yaml")
    data = yaml.safe_load(path.read_text())
    del data["exchanges"][0]["tools"]
    path.write_text(json.dumps(data))
    result = run("test", tool)
    assert (result.code, done(tmp_path)) == (8, [])
    assert "exchange 1 of cassettes/team/n.yaml has no result of " in result.stdout


@EACH
def test_stubs_carry_out_nothing(run: Run, tmp_path: Path, tool: str, calls: Any, did: Any) -> None:
    result = run("test", tool, "--record", "--tools", "stub", calls=calls)
    assert (result.code, done(tmp_path)) == (0, []), result.stdout


@pytest.mark.parametrize(
    "options", [("run", "hello", "--offline"), ("smoke",)], ids=["run", "smoke"]
)
@EACH
def test_offline_nothing_is_carried_out(
    run: Run, tmp_path: Path, *, tool: str, calls: Any, did: Any, options: tuple[str, ...]
) -> None:
    command, *rest = options
    result = run(command, tool, *rest)
    assert (result.code, done(tmp_path)) == (0, []), result.stderr


def test_live_tools_are_carried_out_in_a_replay(run: Run, tmp_path: Path) -> None:
    tool, calls, did = KINDS["custom"]
    run("test", tool, "--record", calls=calls)
    done(tmp_path)
    result = run("test", tool, "--tools", "live")
    assert (result.code, done(tmp_path)) == (0, did), result.stdout


def test_what_they_gave_is_kept_without_secrets(run: Run, tmp_path: Path) -> None:
    tool, calls, _ = KINDS["shell"]
    run("test", tool, "--record", calls=calls)
    text = next(tmp_path.rglob("n.yaml")).read_text()
    assert ("two files, key <redacted>" in text, "sk-abcdef" in text) == (True, False)
