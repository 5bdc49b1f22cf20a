"""Functions that give in a run what they should not are told, at the lines that name them."""

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
    assert f"it has to give a {kind}GuardrailFunctionOutput of the SDK" in result.stderr


OTHERS = {
    "instructions": ("instructions: {use: ./guards.py:seven}", "", "a.yaml:3", "a text, or None"),
    "async instructions": (
        "instructions: {use: ./guards.py:later}",
        *("", "a.yaml:3", "a text, or None"),
    ),
    "history mapper": (
        "handoffs: [{agent: other, nest_handoff_history: true}]",
        "  other: {instructions: Go on., model: offline/match}\n"
        "run: {handoff_history_mapper: ./guards.py:seven}\n",
        *("a.yaml:6", "a list of items"),
    ),
}


@pytest.mark.parametrize(("keys", "rest", "place", "wanted"), OTHERS.values(), ids=OTHERS)
def test_other_code_that_gives_something_else_has_failed(
    cli: Cli, write: Write, keys: str, rest: str, place: str, wanted: str
) -> None:
    more = "\n\nasync def later(context, agent):\n    return True\n"
    write("guards.py", GUARDS + more + "\n\ndef seven(context, agent=None):\n    return 7\n")
    agent = f"agents:\n  desk:\n    {keys}\n    model: offline/match\n{rest}"
    folder = write("a.yaml", agent).parent
    result = cli("run", "a.yaml", "transfer to other", cwd=folder)
    assert result.code == 4, result.stdout + result.stderr
    assert f"({place}) gave a " in result.stderr
    assert f"it has to give {wanted}" in result.stderr
