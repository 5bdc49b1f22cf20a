"""What changed since a recording is said in words, with its place."""

import pytest

from tests.openai_server import OpenAIServer
from tests.recording import QUESTION, TOOLS, Recorder, Write, error, result


@pytest.fixture
def recorder(write: Write, server: OpenAIServer) -> Recorder:
    recorder = Recorder(write, server)
    recorder.play("all", agent="plain")
    return recorder


CITY = "def get_weather(city: str)"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(
            "Say it plainly",
            "Say it simply",
            "instructions of `plain` changed at {file}:14\n  -Say it plainly.\n  +Say it simply.",
            id="instructions",
        ),
        pytest.param(
            "temperature: 0.2",
            "temperature: 0.3",
            "temperature of `plain` changed from 0.2 to 0.3 at {file}:4",
            id="setting",
        ),
        pytest.param(
            "{temperature: 0.2}",
            "{temperature: 0.2, max_tokens: 5}",
            "max_tokens of `plain` was added at {file}:4: 5",
            id="setting added",
        ),
        pytest.param(
            "settings: {temperature: 0.2}",
            "settings: {}",
            "temperature of `plain` was removed at {file}:13: it was 0.2",
            id="setting removed",
        ),
        pytest.param(
            "openai/gpt-4.1",
            "openai/gpt-4.1-mini",
            "model of `plain` changed from openai/gpt-4.1 to openai/gpt-4.1-mini at {file}:3",
            id="model",
        ),
        pytest.param(
            "    tools: [./tools.py:get_weather]\n",
            "",
            "tool get_weather was removed from `plain` at {file}:13",
            id="tool removed",
        ),
        pytest.param(
            "tools: [./tools.py:get_weather]",
            "tools: [./tools.py:get_weather, {function: ./tools.py:get_weather, name_override: b}]",
            "tool b was added to `plain` at {file}:16",
            id="tool added",
        ),
        pytest.param(
            "    handoffs: [weather]\n",
            "",
            "handoff of `plain` to 'weather' was removed at {file}:13",
            id="handoff removed",
        ),
    ],
)
def test_a_change_of_the_file_is_named(recorder: Recorder, old: str, new: str, said: str) -> None:
    recorder.edit(old, new)
    failure = error(recorder.play("none", agent="plain", case="tokyo"))
    assert (failure.code, failure.exit) == ("cassette-stale", 8)
    changes = failure.message.partition("tokyo.yaml is stale: ")[2]
    assert changes == said.format(file=recorder.file)
    assert failure.message.startswith("the case 'tokyo': exchange 1 of ")
    hint = f'record it anew: yamlagents test {recorder.file} -k "tokyo" --record'
    assert failure.hint == hint


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param(CITY, CITY[:-1] + ', unit: str = "C")', "gained `unit`", id="gained"),
        pytest.param(CITY, "def get_weather()", "lost `city`", id="lost"),
        pytest.param(CITY, CITY.replace("str", "int"), "changed `city`: type from", id="type"),
    ],
)
def test_a_change_of_a_tools_schema_is_named(
    recorder: Recorder, old: str, new: str, said: str
) -> None:
    recorder.retool(TOOLS.replace(old, new))
    failure = error(recorder.play("none", agent="plain"))
    assert failure.code == "cassette-stale"
    assert f"is stale: schema of tool get_weather {said}" in failure.message
    assert failure.message.endswith(f" at {recorder.file}:16")


def test_a_change_of_a_tools_description_is_shown(recorder: Recorder) -> None:
    recorder.retool(TOOLS.replace("in a city", "of a city"))
    message = error(recorder.play("none", agent="plain")).message
    head = f"description of tool get_weather changed at {recorder.file}:16"
    assert f"{head}\n  -Get the weather in a city.\n  +Get the weather of a city." in message


def test_several_changes_are_all_named(recorder: Recorder) -> None:
    recorder.edit("temperature: 0.2", "temperature: 0.3")
    recorder.edit("Say it plainly", "Say it simply")
    message = error(recorder.play("none", agent="plain")).message
    assert "instructions of `plain` changed" in message
    assert "temperature of `plain` changed" in message


def test_a_changed_input_is_shown(recorder: Recorder) -> None:
    failure = error(recorder.play("none", "What's the weather in Oslo?", agent="plain"))
    assert (failure.code, failure.exit) == ("cassette-stale", 8)
    before, now = ({"user": f"What's the weather in {city}?"} for city in ("Tokyo", "Oslo"))
    said = f"item 1 of the input of `plain` differs: recorded was {before}, now it is {now}"
    assert failure.message.endswith(said.replace("{'user'", '{"user"').replace("'}", '"}'))


def test_a_tool_that_is_called_and_says_something_else_is_found(recorder: Recorder) -> None:
    recorder.retool(TOOLS.replace("Sunny in", "Rain in"))
    assert result(recorder.play("none", agent="plain")).final_output.endswith("Sunny in Tokyo.")
    failure = error(recorder.play("none", agent="plain", tools="live"))
    assert "exchange 2 of" in failure.message
    said = 'item 3 of the input of `plain` differs: recorded was {"result": "Sunny in'
    assert said in failure.message


def test_an_agent_that_was_never_asked_is_a_miss(recorder: Recorder) -> None:
    failure = error(recorder.play("none", agent="weather"))
    assert (failure.code, failure.exit) == ("cassette-miss", 8)
    assert "no exchange of `weather` is recorded in" in failure.message


@pytest.mark.parametrize(
    "setting",
    ["retry: {max_retries: 3}", "timeout: 30", "include_usage: true"],
    ids=["retry", "timeout", "usage"],
)
def test_how_a_request_is_made_changes_nothing(recorder: Recorder, setting: str) -> None:
    recorder.edit("temperature: 0.2", f"temperature: 0.2, {setting}")
    assert result(recorder.play("none", agent="plain")).turns == 2


def test_new_records_what_changed(recorder: Recorder, server: OpenAIServer) -> None:
    recorder.edit("temperature: 0.2", "temperature: 0.3")
    before = len(server.requests)
    recorded = recorder.play("new", QUESTION, agent="plain")
    assert len(server.requests) - before == 2
    assert recorder.play("none", agent="plain") == recorded
