"""Right files: `validate` has nothing to say, and the spec holds what they say (files/good)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Cli
from yamlagents.spec.loader import load
from yamlagents.spec.records import AgentSpec, Spec
from yamlagents.spec.tools.records import ToolSpec

FILES = Path(__file__).parent / "files"
CASES = sorted(path.parent for path in (FILES / "good").glob("*/agents.yaml"))
SCHEMA = Path(__file__).parents[1] / "schemas" / "agents.schema.json"


def good(case: str, **environ: str) -> Spec:
    return load(FILES / "good" / case / "agents.yaml", environ=environ)


def agent(case: str, key: str = "weather", **environ: str) -> AgentSpec:
    return good(case, **environ).agents[key]


def functions(agent: AgentSpec) -> list[ToolSpec]:
    """The agent's tools, which all are functions."""
    tools = [tool for tool in agent.tools if isinstance(tool, ToolSpec)]
    assert len(tools) == len(agent.tools)
    return tools


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_is_wrong(case: Path, cli: Cli) -> None:
    result = cli("validate", "agents.yaml", cwd=case)
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr == "1 file checked, no problems\n"


def test_a_full_file() -> None:
    spec = good("full")
    weather, billing = spec.agents.values()
    assert (spec.entry, spec.run.max_turns) == ("billing", 8)
    assert (weather.name, billing.name) == ("Weather desk", "Billing desk")
    assert weather.settings == {"max_tokens": 500, "temperature": 0.2}
    assert [tool.function.attribute for tool in functions(weather)] == ["get_weather", "forecast"]
    assert dict(functions(weather)[1].options) == {"timeout": 10, "needs_approval": True}
    assert [handoff.agent for handoff in billing.handoffs] == ["weather"]
    assert dict(billing.metadata) == {"owner": "weather-team", "tags": ["a", "b"]}


def test_included_files_are_merged_below() -> None:
    spec = good("include")
    assert list(spec.agents) == ["weather", "billing"]
    assert (spec.entry, spec.run.max_turns) == ("billing", 3)
    assert spec.agents["billing"].model.base_url == "http://localhost:8000/v1"


def test_paths_start_at_the_file_that_names_them() -> None:
    billing = agent("include", "billing")
    assert billing.instructions == "You settle bills."
    assert functions(billing)[0].function.path == FILES / "good" / "include" / "shared" / "tools.py"


def test_extends_merges_mappings_and_replaces_the_rest() -> None:
    weather, haiku = agent("extends"), agent("extends", "haiku")
    assert dict(weather.model_settings) == {
        "temperature": 0.2,
        "max_tokens": 100,
        "extra_headers": {"X-Team": "weather", "X-Env": "live"},
    }
    assert weather.instructions == "Be brief."
    assert [tool.function.attribute for tool in functions(weather)] == ["get_weather"]
    assert (haiku.name, haiku.tools, haiku.model.model) == ("haiku", (), "openai/gpt-4.1-mini")


def test_own_instructions_stand_over_an_inherited_prompt_file() -> None:
    assert agent("extends", "haiku").instructions == "You only respond in haikus."


def test_of_merged_mappings_the_own_key_and_then_the_first_wins() -> None:
    weather, billing = agent("anchors"), agent("anchors", "billing")
    assert dict(weather.model_settings) == {"top_p": 1, "temperature": 0.1, "max_tokens": 100}
    assert billing.model_settings == weather.model_settings
    assert billing.handoff_description == weather.instructions


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, {"temperature": 0.5, "max_tokens": 100, "include_usage": True}),
        (
            {"GOOD_HEAT": "1", "GOOD_TOKENS": "7", "GOOD_USAGE": "false"},
            {"temperature": 1, "max_tokens": 7, "include_usage": False},
        ),
        (
            {"GOOD_HEAT": "", "GOOD_TOKENS": "", "GOOD_VERSION": "2"},
            {"temperature": 0.5, "max_tokens": 100, "extra_headers": {"X-Version": "2"}},
        ),
    ],
    ids=["defaults", "set", "set-to-nothing"],
)
def test_variables_are_typed_where_they_are_not_quoted(
    environ: dict[str, str], expected: dict[str, Any]
) -> None:
    settings = agent("variables", **environ).model.settings
    assert {key: settings[key] for key in expected} == expected
    assert all(type(settings[key]) is type(value) for key, value in expected.items())


def test_variables_within_text() -> None:
    weather = agent("variables", GOOD_PROVIDER="groq", GOOD_TEAM="us")
    assert weather.model.model == "groq/gpt-4.1-mini"
    assert weather.model.api_key == ""
    assert weather.instructions == "Answer in ${currency}, as in $5, for us."
    assert dict(weather.metadata) == {"plain": "no", "empty": ""}


def test_x_keys_are_never_read_but_may_be_names() -> None:
    spec = good("x-keys")
    assert list(spec.agents) == ["weather", "x-agent"]
    assert dict(functions(spec.agents["weather"])[0].options) == {}


def test_block_scalars() -> None:
    texts = {key: agent.instructions for key, agent in good("block-scalars").agents.items()}
    assert texts == {
        "literal": "Be brief.\n  Be kind: always.\n",
        "folded": "Be brief. Be kind.",
        "several-lines": "Be brief. Be kind.",
        "quoted": "Be brief.\nBe \u2603.",
    }


def test_all_model_settings_are_taken() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    effective = agent("model-settings").model_settings
    dropped = load(FILES / "noted" / "settings-without-effect" / "agents.yaml").agents["weather"]
    known = schema["definitions"]["model_settings"]["properties"]
    assert set(effective) | set(dropped.model_settings) == set(known)
    assert len(known) == 25
    assert effective["reasoning"] == {"effort": "low"}
    assert effective["extra_args"] == {"seed": 7, "stop": ["END"], "drop_params": True}


def test_retry_sugar() -> None:
    retry = agent("retry", "long").model_settings["retry"]
    assert retry["on"] == ["network_error", "provider_suggested", "retry_after", "4xx", "5xx", 429]
    assert agent("retry", "short").model_settings["retry"] == {"max_retries": 0}


def test_tool_options_are_kept_as_they_are() -> None:
    tools = functions(agent("tool-options"))
    assert dict(tools[0].options) == {
        "name_override": "weather_of",
        "description_override": "The weather of a city.",
        "docstring_style": "google",
        "use_docstring_info": False,
        "failure_error_function": None,
        "strict_mode": False,
        "is_enabled": True,
        "needs_approval": True,
        "timeout": 2.5,
        "timeout_behavior": "raise_exception",
    }
    assert [tool.function.text for tool in tools[1:]] == [
        "./tools.py:get_weather",
        "./tools.py:TOOL",
    ]


def test_a_prompt_file_is_taken_as_it_is_but_for_its_last_line_end() -> None:
    instructions = agent("prompt-file").instructions
    assert instructions == "# Weather\n\nYou only respond in haikus: ${NOT_A_VARIABLE}."


def test_module_tools_are_named_and_not_imported() -> None:
    points = [tool.function for tool in functions(agent("module-tools"))]
    assert [point.module for point in points] == [
        "weather_kit.tools",
        "weather_kit",
        "weather_more",
    ]
    assert all(point.path is None for point in points)


def test_allowed_modules() -> None:
    points = [tool.function for tool in functions(agent("allow-list"))]
    assert [point.text for point in points] == ["textwrap:shorten", "json.tool:main"]


def test_display_names() -> None:
    names = {key: agent.name for key, agent in good("display-names").agents.items()}
    assert names == {"weather": "Wetter & Mehr", "billing": "Money", "refunds": "refunds"}


def test_handoffs_may_go_in_circles() -> None:
    spec = good("handoff-cycles")
    handoffs = {
        key: [handoff.agent for handoff in agent.handoffs] for key, agent in spec.agents.items()
    }
    assert handoffs["weather"] == ["billing", "weather"]
    assert handoffs["refunds"] == ["weather", "billing"]
    assert spec.entry == "router"


def test_the_run_gives_a_model_to_agents_that_name_none() -> None:
    spec = good("run")
    assert spec.agents["weather"].model.model == "offline/sweep"
    assert spec.agents["billing"].model.model == "groq/llama-3.3-70b"
    assert spec.run.max_turns is None
