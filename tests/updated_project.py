"""A project whose one case has assertions for `--update`: what is written, and what is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.conftest import Cli, Result
from tests.tested_project import TOOLS, Write

HEAD = """\
# The team.
agents:
  solo: {instructions: Be brief., model: offline/match, tools: [./tools.py:get_weather]}
  other: {instructions: "Be \\"brief\\".", model: offline/match}
"""
CASE = """\
{head}tests:
  - name: one
    input: Weather in Tokyo?
    expect:
{expect}      # the end
"""
SUNNY = "The weather in Tokyo is sunny."

Updated = Callable[..., Result]


def write_file(write: Write) -> Path:
    """Write the project, as yet without a case, and give the path of the agent file."""
    write("agents.d/tools.py", TOOLS)
    return write("agents.d/solo.yaml", HEAD)


def updating(cli: Cli, path: Path) -> Updated:
    """Give what puts assertions into the file, and has them updated."""

    def run(expect: str, *argv: str) -> Result:
        lines = "".join(f"      {line}\n" for line in expect.splitlines())
        path.write_text(CASE.format(head=HEAD, expect=lines))
        return cli("test", "--update", *argv, cwd=path.parent.parent)

    return run


def expectation(path: Path) -> str:
    """Give the lines below `expect` as they are now, and see to it that the others are the same."""
    head, tail = CASE.format(head=HEAD, expect="@").split("@")
    text = path.read_text()
    assert text.startswith(head)
    assert text.endswith(tail)
    lines = text.removeprefix(head).removesuffix(tail).splitlines()
    return "\n".join(line.removeprefix("      ") for line in lines)
