"""Projects to test: teams with tools, and as many cases as wanted."""

from __future__ import annotations

from pathlib import Path

PER_FILE = 50
AGENTS, TOOLS = 5, 4  # of each team that smoke exercises; its first agent hands off to the others

CASES = """\
agents:
  solo:
    instructions: You answer questions of group {number}. Be brief.
    model: {model}
    model_settings: {{temperature: 0.2}}
    tools: [./tools.py:get_weather]
tests:
"""
CASE = """\
  - name: day {day} of group {number}
    input: What's the weather in Oslo on day {day}?
    expect: [{{tool_called: get_weather, arguments: {{city: Oslo}}}}, {{contains: Sunny}}]
"""
SCRIPT = """\
    script:
      - tool_calls: [{name: get_weather, arguments: {city: Oslo}}]
      - text: "It is: Sunny in Oslo."
"""
WEATHER = '''\
def get_weather(city: str) -> str:
    """Get the weather in a city."""
    return f"Sunny in {city}."
'''
AGENT = """\
  agent_{agent}:
    instructions: You are agent {agent} of team {team}.
    model: openai/gpt-4.1
    tools: [{tools}]
    handoffs: [{handoffs}]
"""
TOOL = '''\
def tool_{agent}_{tool}(query: str, limit: int = 3) -> str:
    """Look up what {agent} and {tool} have in common."""
    return query * limit


'''


def write_cases(folder: Path, *, count: int, model: str, scripted: bool = False) -> Path:
    """Write `count` cases in files of 50, each a question, a tool call and an answer."""
    (folder / "agents.d").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    (folder / "agents.d" / "tools.py").write_text(WEATHER, encoding="utf-8")
    for first in range(0, count, PER_FILE):
        number = first // PER_FILE
        days = range(min(PER_FILE, count - first))
        cases = [CASE.format(day=day, number=number) for day in days]
        text = "".join(case + SCRIPT if scripted else case for case in cases)
        path = folder / "agents.d" / f"group-{number:02}.yaml"
        path.write_text(CASES.format(number=number, model=model) + text, encoding="utf-8")
    return folder


def write_teams(folder: Path, *, count: int) -> Path:
    """Write `count` teams of five agents with four tools each, all of them different."""
    tools = folder / "agents.d" / "tools"
    tools.mkdir(parents=True)
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    for team in range(count):
        code = (TOOL.format(agent=a, tool=t) for a in range(AGENTS) for t in range(TOOLS))
        (tools / f"team_{team}.py").write_text("".join(code), encoding="utf-8")
        text = "agents:\n" + "".join(_agent(team, agent) for agent in range(AGENTS))
        (folder / "agents.d" / f"team-{team:02}.yaml").write_text(text, encoding="utf-8")
    return folder


def _agent(team: int, agent: int) -> str:
    tools = ", ".join(f"./tools/team_{team}.py:tool_{agent}_{tool}" for tool in range(TOOLS))
    handoffs = ", ".join(f"agent_{other}" for other in range(1, AGENTS) if agent == 0)
    return AGENT.format(team=team, agent=agent, tools=tools, handoffs=handoffs)
