"""`yamlagents tools`: every tool that agents really have, and where each comes from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import Cli
from tests.mcp_project import left, server

Write = Callable[[str, str], Path]

TEAM = """\
mcp_servers:
  calc: {server}
agents:
  weather:
    model: openai/gpt-4.1
    tools:
      - ./tools.py:get_weather
      - {{agent: helper, tool_name: help, is_enabled: ./tools.py:is_open}}
    handoffs: [helper]
    mcp_servers: [calc]
  helper: {{model: openai/gpt-4.1}}
"""
CODE = '''\
from typing import Literal


def get_weather(city: str, days: list[int], unit: Literal["C", "F"] = "C") -> str:
    """Get the weather.

    More of it.
    """
    return "sunny"


def is_open(context, agent) -> bool:
    return True
'''
SHOWN = """\
weather
  get_weather(city: string, days: integer[], unit: C|F)
      Get the weather.
      function, agents.yaml:7
  help(input: string)
      agent, agents.yaml:8, if its is_enabled says so
  transfer_to_helper()
      Handoff to the helper agent to handle the request.
      handoff, agents.yaml:9
  add(a: integer, b: integer)
      Add two numbers.
      MCP server 'calc', agents.yaml:2
helper (no tools)
"""


def project(write: Write, mark: Path, **keys: Any) -> str:
    write("tools.py", CODE)
    given = server(mark, tool_filter={"allowed_tool_names": ["add"]}, **keys)
    return write("agents.yaml", TEAM.format(server=given)).name


def test_all_are_listed_with_their_places(write: Write, tmp_path: Path, cli: Cli) -> None:
    result = cli("tools", project(write, tmp_path), cwd=tmp_path)
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout == SHOWN
    assert left(tmp_path) == []


def test_json_has_their_schemas(write: Write, tmp_path: Path, cli: Cli) -> None:
    result = cli("tools", project(write, tmp_path), "--format", "json", cwd=tmp_path)
    document = json.loads(result.stdout)
    assert document["file"] == "agents.yaml"
    tools = {tool["name"]: tool for tool in document["agents"][0]["tools"]}
    assert tools["add"]["parameters"]["required"] == ["a", "b"]
    assert (tools["add"]["server"], tools["add"]["kind"], tools["add"]["line"]) == (
        *("calc", "mcp"),
        2,
    )
    assert tools["help"]["enabled"] is None
    assert tools["get_weather"]["description"].startswith("Get the weather.")


def test_without_mcp_nothing_is_started(write: Write, tmp_path: Path, cli: Cli) -> None:
    name = project(write, tmp_path, env={"TOKEN": "${NO_SUCH}"})
    result = cli("tools", name, "--no-mcp", cwd=tmp_path)
    assert result.code == 0
    assert "add(" not in result.stdout
    said = "  the tools of the MCP server 'calc' (agents.yaml:2) were not asked for\n"
    assert said in result.stdout
    document = json.loads(cli("tools", name, "--no-mcp", "--format", "json", cwd=tmp_path).stdout)
    assert document["servers_not_asked"] == ["calc"]


def test_a_server_that_does_not_start_is_a_failure_or_a_warning(
    write: Write, tmp_path: Path, cli: Cli
) -> None:
    for required, code, word in ((True, 4, "error"), (False, 0, "warning")):
        given = json.dumps({"command": "no-such-program", "required": required})
        write("tools.py", CODE)
        name = write("agents.yaml", TEAM.format(server=given)).name
        result = cli("tools", name, cwd=tmp_path)
        assert result.code == code
        assert f"{word}[mcp-failed]: the MCP server 'calc' (agents.yaml:2: " in result.stderr


def test_problems_of_the_file_are_told_first(write: Write, cli: Cli) -> None:
    path = write("agents.yaml", "agents: {a: {model: gpt}}\n")
    result = cli("tools", path.name, cwd=path.parent)
    assert (result.code, result.stdout) == (2, "")
    assert "unknown-model" in result.stderr
