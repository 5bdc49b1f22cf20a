"""A project with agents in sandboxes of this machine, and what is left of these."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Cli
from tests.openai_server import OpenAIServer, Reply, Request, Text, ToolCall

Write = Callable[[str, str], Path]

FILE = """\
agents:
  clerk:
    instructions: Work in the sandbox.
    model: openai/gpt-4.1
    sandbox:
      capabilities: [shell]
      default_manifest:
        environment: {GREETING: hello}
        entries:
          notes/todo.md: {type: file, content: "- buy ropes\\n"}
          room: {type: local_dir, src: room}
run:
  sandbox: {client: unix_local}
tests:
  - name: looks
    input: Look into the room.
    expect: [{tool_called: exec_command}]
"""


def project(write: Write, text: str = FILE) -> Path:
    """Write the project; give its file."""
    write("room/costs.txt", "The yard cost 21 million.\n")
    write("room/deep/sales.txt", "46 million\n")
    return write("office.yaml", text)


def scripted(*commands: str, **changes: str) -> str:
    """Give the file with a test in which these commands are run, one after the other."""
    text = FILE.partition("tests:")[0]
    for old, new in changes.items():
        text = text.replace(old, new)
    calls = [
        f"      - tool_calls: [{{name: exec_command, arguments: {{cmd: {one!r}}}}}]"
        for one in commands
    ]
    steps = "\n".join([*calls, "      - {text: done}"])
    return (
        f"{text}tests:\n  - name: runs\n    input: Go.\n    script:\n{steps}\n"
        "    expect: [{tool_called: exec_command}]\n"
    )


def calling(*commands: str) -> Callable[[Request], Reply]:
    """Give a server's behaviour: it has these commands run, one after the other, and says done."""

    def behave(request: Request) -> Reply:
        asked = sum(message["role"] == "tool" for message in request.body["messages"])
        if asked == len(commands):
            return Text("done")(request)
        return ToolCall("exec_command", {"cmd": commands[asked]})(request)

    return behave


def leftovers() -> set[str]:
    """Give the folders of sandboxes that there are."""
    names = os.listdir(tempfile.gettempdir())
    return {name for name in names if name.startswith(("sandbox-local-", "yamlagents-sandbox-"))}


def run(cli: Cli, file: Path, server: OpenAIServer, *argv: str, **env: str) -> dict[str, object]:
    """Run the file; give the document, with the exit code and what was told."""
    where = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "dummy", **env}
    result = cli("run", file, "Go.", "--json", *argv, cwd=file.parent, env=where)
    found: dict[str, object] = json.loads(result.stdout)
    return {**found, "exit": result.code, "stderr": result.stderr}


def outputs(found: dict[str, object]) -> list[str]:
    """Give what the tools returned."""
    calls = found["tool_calls"]
    assert isinstance(calls, list)
    return [str(call["output"]) for call in calls]
