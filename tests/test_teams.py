"""Teams of one file: what they share, and what each has of its own."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from agents import FunctionTool
from agents.tool_context import ToolContext

from yamlagents import Spec, Team, assemble, load, offline, run_sync
from yamlagents.sdk import code
from yamlagents.spec.code.records import EntryPoint
from yamlagents.spec.tools.records import ToolSpec
from yamlagents.testing.outcomes import TestOptions
from yamlagents.testing.selection import plan
from yamlagents.testing.suite import run_cases

Write = Callable[[str, str], Path]

FILE = """\
agents:
  solo:
    instructions: Be brief.
    model: offline/match
    tools:
      - {function: ./tools.py:forecast, strict_mode: STRICT}
      - {function: ./tools.py:forecast, name_override: later, strict_mode: STRICT}
  other:
    instructions: Be brief.
    model: offline/match
    tools: [{function: ./tools.py:forecast, strict_mode: STRICT, timeout: 5}]
"""
TOOLS = '''\
def forecast(city: str) -> str:
    """Forecast the weather."""
    return f"Sunny in {city}."


def revised(city: str) -> str:
    """Forecast the weather anew."""
    return f"Rainy in {city}."
'''


@pytest.fixture(params=["true", "false"], ids=["strict", "not-strict"])
def spec(write: Write, request: pytest.FixtureRequest) -> Spec:
    write("tools.py", TOOLS)
    return load(write("team.yaml", FILE.replace("STRICT", request.param)))


def tool(team: Team, agent: str = "solo", number: int = 0) -> FunctionTool:
    found = team.agents[agent].tools[number]
    assert isinstance(found, FunctionTool)
    return found


def test_what_is_done_to_a_tool_stays_in_its_team(spec: Spec) -> None:
    changed = tool(assemble(spec, offline))
    schema = dict(changed.params_json_schema["properties"])
    changed.description = "Changed."
    changed.params_json_schema["properties"].clear()

    async def nothing(context: ToolContext[None], arguments: str) -> str:
        return "nothing"

    changed.on_invoke_tool = nothing
    team = assemble(spec, offline)
    assert tool(team).description == "Forecast the weather."
    assert tool(team).params_json_schema["properties"] == schema
    assert "Sunny in Oslo." in run_sync(team, "What's the forecast for Oslo?").final_output


def test_tools_of_one_function_have_their_own_options(spec: Spec) -> None:
    team = assemble(spec, offline)
    assert (tool(team).name, tool(team, number=1).name) == ("forecast", "later")
    assert (tool(team).timeout_seconds, tool(team, "other").timeout_seconds) == (None, 5)
    tool(team).params_json_schema["properties"].clear()
    assert tool(team, "other").params_json_schema["properties"]


def first_function(spec: Spec) -> EntryPoint:
    """Give the entry point of the first tool."""
    item = spec.agents["solo"].tools[0]
    assert isinstance(item, ToolSpec)
    return item.function


def test_a_function_that_was_replaced_is_not_used_any_more(
    spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = first_function(spec)
    first = code.attribute(function, spec.root)
    assert (
        "Sunny in Oslo." in run_sync(assemble(spec, offline), "A forecast for Oslo?").final_output
    )
    monkeypatch.setitem(first.__globals__, "forecast", first.__globals__["revised"])
    team = assemble(spec, offline)
    assert tool(team, number=1).description == "Forecast the weather anew."


def test_a_module_that_was_dropped_is_loaded_again(
    spec: Spec, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assert tool(assemble(spec, offline)).description == "Forecast the weather."
    function = first_function(spec)
    monkeypatch.delitem(sys.modules, code.attribute(function, spec.root).__module__)
    write("tools.py", TOOLS.replace("Forecast the weather.", "Forecast it once more."))
    assert tool(assemble(spec, offline)).description == "Forecast it once more."


CASES = """\
tests:
  - {name: stand-in, input: A forecast for Oslo?, tools: stub, expect: [{contains: sample}]}
  - {name: real, input: A forecast for Oslo?, tools: live, expect: [{contains: Sunny in Oslo.}]}
  - {name: another, input: A forecast for Oslo?, tools: stub, expect: [{contains: sample}]}
"""


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_case_sees_nothing_of_the_tools_of_the_one_before(write: Write, jobs: int) -> None:
    write("tools.py", TOOLS)
    spec = load(write("team.yaml", FILE.replace("STRICT", "true") + CASES))
    results = asyncio.run(run_cases(plan([spec]), TestOptions(), jobs=jobs))
    assert [(result.outcome, result.failures) for result in results] == [("passed", ())] * 3
