"""Guardrails that give what none gives: the project's code is told, at the line that names it."""

import pytest

from tests.conftest import Cli
from tests.tested_project import Write

GUARDS = """\
from agents import input_guardrail


def forgetful(*args):
    pass


async def sloppy(*args):
    return True


@input_guardrail
async def decorated(context, agent, data):
    return True


class Sloppy:
    def __call__(self, *args):
        return True


SLOPPY = Sloppy()


def get_weather(city: str) -> str:
    return "sun"
"""
AGENT = """\
agents:
  desk:
    instructions: Be brief.
    model: offline/match
    {guardrails}
"""
TOOL = "tools: [{{function: ./guards.py:get_weather, {option}: [./guards.py:{guard}]}}]"
GIVES = {
    "input": ("input_guardrails: [./guards.py:forgetful]", "forgetful", "None", ""),
    "decorated": ("input_guardrails: [./guards.py:decorated]", "decorated", "a bool", ""),
    "object": ("output_guardrails: [./guards.py:SLOPPY]", "SLOPPY", "a bool", ""),
    "tool input": (
        TOOL.format(option="tool_input_guardrails", guard="sloppy"),
        *("sloppy", "a bool", "Tool"),
    ),
    "tool output": (
        TOOL.format(option="tool_output_guardrails", guard="forgetful"),
        *("forgetful", "None", "Tool"),
    ),
}


@pytest.mark.parametrize(("guardrails", "name", "gave", "kind"), GIVES.values(), ids=GIVES)
def test_a_guardrail_that_gives_something_else_has_failed(
    cli: Cli, write: Write, guardrails: str, name: str, gave: str, kind: str
) -> None:
    write("guards.py", GUARDS)
    folder = write("a.yaml", AGENT.format(guardrails=guardrails)).parent
    result = cli("run", "a.yaml", "get_weather city Oslo", cwd=folder)
    assert result.code == 4, result.stderr
    assert f"error[code-failed]: './guards.py:{name}' (a.yaml:5) gave {gave}" in result.stderr
    assert f"a guardrail gives a {kind}GuardrailFunctionOutput of the SDK" in result.stderr
