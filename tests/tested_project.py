"""A project with a file of three cases, the second of which fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Write = Callable[[str, str], Path]

AGENT = """\
agents:
  solo:
    instructions: Be brief.
    model: offline/match
    tools: [./tools.py:get_weather]
"""
TOOLS = '''\
def get_weather(city: str) -> str:
    """Give the weather."""
    print("a tool prints")
    return f"The weather in {city} is sunny."
'''
TWO = """\
tests:
  - name: tokyo is sunny
    tags: [weather, quick]
    input: Weather in Tokyo?
    expect: [{tool_called: get_weather, arguments: {city: Tokyo}}, {contains: sunny}]
  - name: oslo is rainy
    tags: [weather]
    input: Weather in Oslo?
    expect:
      - contains: rain
  - name: says hello
    input: Hello
    script: [{text: Hello.}]
    expect: [{equals: Hello.}]
"""


def write_project(write: Write) -> Path:
    """Write the project, and give its folder."""
    write("agents.d/tools.py", TOOLS)
    return write("agents.d/solo.yaml", AGENT + TWO).parent.parent


def only_passing(project: Path) -> None:
    """Mend the case that fails."""
    path = project / "agents.d" / "solo.yaml"
    path.write_text(path.read_text().replace("contains: rain", "contains: sunny"))
