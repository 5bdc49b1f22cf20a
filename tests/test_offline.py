"""The offline model through the SDK's runner."""

import asyncio
import subprocess
import sys
from typing import Any, Literal

import pytest
from agents import (
    Agent,
    ItemHelpers,
    ModelSettings,
    RunConfig,
    Runner,
    Tool,
    function_tool,
    handoff,
)

from tests.offline_team import Report, agent, ask, calls, convert_money, get_weather, team
from yamlagents.sdk.offline import OfflineModel
from yamlagents.spec.models.providers import OFFLINE_POLICIES

MATCH = OfflineModel("match")


def make(*tools: Tool, **fields: Any) -> Agent[Any]:
    return agent(*tools, **{"model": MATCH, **fields})


@function_tool
def explode(fuse: str) -> str:
    """Blow up."""
    raise RuntimeError("wet fuse")


@function_tool
def research(input: str) -> str:
    """Research a topic."""
    return "done"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param("What's the weather in Tokyo?", ["Tokyo"], id="name"),
        pytest.param("weather in New York please", ["New York"], id="two-words"),
        pytest.param("what is the weather in oslo", ["oslo"], id="lower-case"),
        pytest.param("Paris weather?", ["Paris"], id="name-first"),
        pytest.param("weather in Tokyo, Rio de Janeiro and Oslo", None, id="list"),
        pytest.param("Is the weather in Oslo, Norway nice?", ["Oslo"], id="comma-is-no-list"),
    ],
)
def test_match_calls_a_tool_per_city(message: str, expected: list[str] | None) -> None:
    expected = expected or ["Tokyo", "Rio de Janeiro", "Oslo"]
    result = ask(make(get_weather), message)
    assert calls(result) == [("get_weather", {"city": city}) for city in expected]
    assert result.final_output == " ".join(f"The weather in {c} is sunny." for c in expected)


def test_match_calls_every_tool_that_the_message_names() -> None:
    result = ask(
        make(get_weather, convert_money),
        "Tell me the weather in New York and convert 1,234.5 USD to EUR.",
    )
    money = {"amount": 1234.5, "from_currency": "USD", "to_currency": "EUR"}
    assert calls(result) == [("get_weather", {"city": "New York"}), ("convert_money", money)]
    assert result.context_wrapper.usage.requests == 2


@pytest.mark.parametrize("message", ["hello there", "Tell me about Tokyo", ""])
def test_match_says_so_when_no_tool_matches(message: str) -> None:
    result = ask(make(get_weather, convert_money), message)
    assert calls(result) == []
    assert result.final_output == (
        "Offline model: no tool matches this message; "
        "the agent has tools: get_weather, convert_money."
    )


def test_match_reports_a_tool_error() -> None:
    result = ask(make(explode), "explode the fuse 'long'")
    assert calls(result) == [("explode", {"fuse": "long"})]
    assert "An error occurred while running the tool" in result.final_output


def test_match_gives_the_whole_message_to_an_agent_as_a_tool() -> None:
    message = "research the history of Oslo"
    assert calls(ask(make(research), message)) == [("research", {"input": message})]


@pytest.mark.parametrize("nested", [False, True], ids=["flat", "nested"])
@pytest.mark.parametrize("start", [0, 1])
def test_match_hands_off_in_a_cycle_and_ends(start: int, nested: bool) -> None:
    agents = team(MATCH)
    message = ["I want a refund of 5 USD", "weather in Oslo"][start]
    result = ask(agents[start], message, nest_handoff_history=nested)
    assert result.last_agent is agents[1 - start]
    assert len([name for name, _ in calls(result) if name.startswith("transfer")]) == 1


def test_match_goes_back_at_most_once_each_way() -> None:
    a, b = make(name="refunds"), make(name="desk")
    a.handoffs = [handoff(b, tool_description_override="refund")]
    b.handoffs = [handoff(a, tool_description_override="refund")]
    names = [name for name, _ in calls(ask(a, "refund"))]
    assert names == ["transfer_to_desk", "transfer_to_refunds"]


def test_match_works_on_a_later_turn() -> None:
    agent = make(get_weather)
    first = ask(agent, "What's the weather in Tokyo?")
    content: Any = [{"type": "input_text", "text": "And the weather in Oslo?"}]
    second = ask(agent, [*first.to_input_list(), {"role": "user", "content": content}])
    assert second.final_output == "The weather in Oslo is sunny."
    items: list[Any] = second.to_input_list()
    ids = [item["call_id"] for item in items if item.get("type") == "function_call"]
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    ("choice", "message", "expected"),
    [
        pytest.param("none", "weather in Oslo", [], id="none"),
        pytest.param("required", "hello", ["get_weather"], id="required"),
        pytest.param("convert_money", "hello", ["convert_money"], id="named"),
    ],
)
def test_match_honours_tool_choice(choice: str, message: str, expected: list[str]) -> None:
    settings = ModelSettings(tool_choice=choice)
    result = ask(make(get_weather, convert_money, model_settings=settings), message)
    assert [name for name, _ in calls(result)] == expected


@pytest.mark.parametrize("policy", OFFLINE_POLICIES)
def test_one_call_a_turn_without_parallel_calls(policy: Literal["match", "sweep"]) -> None:
    settings = ModelSettings(parallel_tool_calls=False)
    agent = make(get_weather, convert_money, model=OfflineModel(policy), model_settings=settings)
    result = ask(agent, "weather in Oslo and convert 5 USD to EUR")
    assert [len(response.output) for response in result.raw_responses] == [1, 1, 1]
    assert [name for name, _ in calls(result)] == ["get_weather", "convert_money"]


def test_match_fills_a_structured_answer() -> None:
    result = ask(make(get_weather, output_type=Report), "weather in Oslo")
    assert result.final_output == Report(
        city="Oslo", summary="The weather in Oslo is sunny.", alarm=False
    )


@pytest.mark.parametrize("policy", OFFLINE_POLICIES)
def test_streamed_and_plain_runs_are_equal(policy: Literal["match", "sweep"]) -> None:
    weather, _ = team(OfflineModel(policy))
    message = "Please refund 5 USD to EUR; convert the money."
    plain = ask(weather, message)
    output, usage, deltas = asyncio.run(stream(weather, message))
    assert output == plain.final_output
    assert usage == plain.context_wrapper.usage
    assert "".join(deltas) == ItemHelpers.text_message_outputs(plain.new_items)
    assert len(deltas) > 3


async def stream(agent: Agent[Any], message: str) -> tuple[Any, Any, list[str]]:
    config = RunConfig(tracing_disabled=True)
    result = Runner.run_streamed(agent, message, run_config=config)
    events = [e.data async for e in result.stream_events() if e.type == "raw_response_event"]
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    return result.final_output, result.context_wrapper.usage, deltas


def test_the_same_input_gives_the_same_output() -> None:
    weather, _ = team(MATCH)
    first, second = (ask(weather, "weather in Oslo and Rome") for _ in range(2))
    assert first.to_input_list() == second.to_input_list()
    assert first.context_wrapper.usage == second.context_wrapper.usage


def test_usage_counts_words_and_signs() -> None:
    usage = ask(make(instructions="Be brief."), "hi you").context_wrapper.usage
    answer = "Offline model: the agent has no tools, and without a real model there is no answer."
    words, signs = len(answer.split()), 3
    assert (usage.requests, usage.input_tokens, usage.output_tokens) == (1, 5, words + signs)
    assert usage.total_tokens == 5 + words + signs


def test_litellm_is_not_loaded() -> None:
    code = "import sys, yamlagents.sdk.offline; sys.exit('litellm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_policy_is_refused() -> None:
    policy: Any = "guess"
    with pytest.raises(ValueError, match="no offline policy 'guess'"):
        OfflineModel(policy)
    assert [OfflineModel("match").model, OfflineModel("sweep").model] == [
        "offline/match",
        "offline/sweep",
    ]
