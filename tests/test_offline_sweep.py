"""The offline model's sweep policy through the SDK's runner."""

from typing import Any

import pytest
from agents import (
    Agent,
    Tool,
    function_tool,
    handoff,
)
from agents.extensions.handoff_filters import remove_all_tools

from tests.offline_team import Report, agent, ask, calls, get_weather, team
from yamlagents.sdk.offline import OfflineModel
from yamlagents.sdk.offline.schema import NoSampleFits

SWEEP = OfflineModel("sweep")


def make(*tools: Tool, **fields: Any) -> Agent[Any]:
    return agent(*tools, **{"model": SWEEP, **fields})


def test_sweep_calls_tools_then_hands_off_once_each_way() -> None:
    weather, _ = team(SWEEP)
    result = ask(weather, "go")
    names = [name for name, _ in calls(result)]
    assert names == ["get_weather", "transfer_to_billing", "convert_money", "transfer_to_weather"]
    assert result.final_output == (
        "Offline model: called get_weather, convert_money; handed off to billing, weather."
    )


def test_sweep_takes_another_handoff_on_the_next_turn() -> None:
    ends = [make(name=name) for name in ("one", "two")]
    desk = make(name="desk", handoffs=ends)
    first = ask(desk, "go")
    second = ask(desk, [*first.to_input_list(), {"role": "user", "content": "go"}])
    assert [first.last_agent.name, second.last_agent.name] == ["one", "two"]


def test_sweep_leaves_out_skipped_handoffs() -> None:
    ends = [make(name=name) for name in ("one", "two")]
    model = OfflineModel("sweep", skip_handoffs=frozenset({"transfer_to_one"}))
    assert ask(make(name="desk", model=model, handoffs=ends), "go").last_agent is ends[1]


def test_sweep_gives_the_smallest_structured_answer() -> None:
    result = ask(make(get_weather, output_type=Report), "go")
    assert result.final_output == Report(city="", summary="", alarm=False)
    assert calls(result) == [("get_weather", {"city": "sample"})]


def test_sweep_names_the_tool_and_parameter_that_has_no_sample() -> None:
    odd = function_tool(lambda word: word, name_override="odd", strict_mode=False)
    odd.params_json_schema = {
        "properties": {"word": {"type": "string", "pattern": "(?=a)b"}},
        "required": ["word"],
    }
    with pytest.raises(NoSampleFits, match=r"tool 'odd': no sample fits parameter 'word'"):
        ask(make(odd), "go")


def test_sweep_tells_agents_apart_when_a_handoff_drops_the_history() -> None:
    end = make(get_weather, name="end", instructions="Be the end.")
    desk = make(get_weather, name="desk", handoffs=[handoff(end, input_filter=remove_all_tools)])
    result = ask(desk, "go")
    assert result.last_agent is end
    assert [name for name, _ in calls(result)] == ["get_weather", "get_weather"]
    assert len(result.raw_responses) == 4
