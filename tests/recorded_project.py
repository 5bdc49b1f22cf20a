"""A project whose tests are recorded against a local server: tools, handoffs, turns, repeats."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Cli, Result
from tests.openai_server import OpenAIServer, Reply, Request, answer, say
from tests.recording import FIRST, SECOND, Write

Record = Callable[..., Result]

FILE = f"""\
{FIRST}    tools: [./tools.py:get_weather]
{SECOND}    handoffs: [weather]
tests:
  - name: tokyo
    input: What's the weather in Tokyo?
    expect: [{{tool_called: get_weather, arguments: {{city: Tokyo}}}}, {{contains: Tokyo}}]
  - name: two cities
    input: And in both?
    expect: [{{tool_count: 2}}, {{contains: Rome}}]
  - name: handed on
    agent: plain
    input: Hand me on to them in Bonn
    expect: [{{handoffs: [weather]}}, {{last_agent: weather}}]
  - name: talk
    turns: [What's the weather in Oslo?, And then in Rome?]
    expect: [{{requests: 4}}, {{tool_count: 2}}]
  - name: again
    input: What's the weather in Bern?
    repeat: 3
    expect: [{{contains: Bern}}]
"""
TOOLS = '''\
def get_weather(city: str) -> str:
    """Get the weather in a city."""
    return f"Sunny in {city}."
'''


def reply(request: Request) -> Reply:
    """Call two tools at once, hand off, or do as usual."""
    said = str(request.body["messages"][-1]["content"])
    if "both" in said:
        return calling(request, "get_weather", {"city": "Oslo"}, {"city": "Rome"})
    if "Hand me" in said:
        return calling(request, "transfer_to_weather", {})
    return answer(request)


def calling(request: Request, name: str, *calls: dict[str, str]) -> Reply:
    """Call a tool once with each of some arguments."""
    functions = [{"name": name, "arguments": json.dumps(arguments)} for arguments in calls]
    made = [
        {"id": f"id-{number}", "type": "function", "function": function}
        for number, function in enumerate(functions)
    ]
    return say(request, {"tool_calls": made}, "tool_calls")


def write_project(write: Write) -> Path:
    """Write the project, and give its folder."""
    write("tools.py", TOOLS)
    return write("team.yaml", FILE).parent


def recorder(cli: Cli, folder: Path, server: OpenAIServer) -> Record:
    """Give a call of the tests with a key and a server."""
    server.behave(reply)

    def run(*argv: str) -> Result:
        env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
        return cli("test", "team.yaml", *argv, cwd=folder, env=env)

    return run


def cassettes(folder: Path) -> dict[str, str]:
    """Give the texts of the cassettes by their names."""
    paths = (folder / "cassettes").rglob("*")
    return {path.name: path.read_text() for path in paths if path.is_file()}
