"""Fields of an agent that name code or other agents: what each of them does in a run."""

import json

import pytest

from tests.conftest import Cli
from tests.openai_server import OpenAIServer
from tests.tested_project import Write

CODE = '''\
from dataclasses import dataclass

from agents import AgentHooks, ToolsToFinalOutputResult, function_tool
from pydantic import BaseModel

LOG = []


class Forecast(BaseModel):
    """A forecast."""

    city: str
    celsius: float


@dataclass
class Question:
    topic: str
    depth: int


class Journal(AgentHooks):
    def __init__(self, word="start"):
        self.word = word

    async def on_start(self, context, agent):
        print(self.word, agent.name)


def instructions(context, agent):
    return f"You are {agent.name}, and the user is {(context.context or {}).get('user')}."


def only_last(data):
    return data.clone(input_history=data.input_history[-1:])


def on_handoff(context):
    print("handed off")


async def shorten(result):
    return str(result.final_output)[:5]


def closed(context, agent):
    return False


def get_weather(city: str) -> str:
    """Give the weather."""
    return f"sun in {city}"


def fails(city: str) -> str:
    raise ValueError(city)


def explain(context, error):
    return f"sorry: {error}"


def first_result(context, results):
    return ToolsToFinalOutputResult(is_final_output=True, final_output=results[0].output + "!")


def shop(currency):
    @function_tool
    def price(item: str) -> str:
        """Give the price."""
        return f"{item}: 3 {currency}"

    return [price]


TOOLS = [get_weather, fails]


def broken(): raise RuntimeError("no luck")
'''


def outcome(cli: Cli, write: Write, text: str) -> str:
    """Test a file whose cases all pass, and give what was printed."""
    write("code.py".replace("code", "bits"), CODE)
    result = cli("test", "a.yaml", "-v", cwd=write("a.yaml", text).parent)
    assert result.code == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def desk(fields: str, script: str, expect: str) -> str:
    """Write a file with one agent and one case; `fields` are indented by four."""
    return f"""\
agents:
  desk:
    instructions: Be brief.
    model: openai/gpt-4.1
{fields}
tests:
  - name: the case
    input: Weather in Oslo?
    script: {script}
    expect: [{expect}]
"""


CALL = "{tool_calls: [{name: get_weather, arguments: {city: Oslo}}]}"
TOOL = "    tools: [./bits.py:get_weather]\n"


def test_structured_output_of_a_type(cli: Cli, write: Write) -> None:
    fields = "    output_type: ./bits.py:Forecast"
    script = "[{output: {city: Oslo, celsius: 3.5}}]"
    outcome(cli, write, desk(fields, script, "equals: {city: Oslo, celsius: 3.5}"))


def test_structured_output_of_an_inline_schema(cli: Cli, write: Write) -> None:
    fields = "    output_type: {type: object, properties: {city: {type: string}}}"
    script = "[{output: {city: Oslo}}]"
    outcome(cli, write, desk(fields, script, "field: {path: city, equals: Oslo}"))


def test_structured_output_is_printed_as_json(cli: Cli, write: Write) -> None:
    text = desk(
        "    output_type: {type: object, properties: {city: {type: string}}}", "[]", "equals: 1"
    )
    file = write("a.yaml", text.partition("tests:")[0])
    result = cli("run", "a.yaml", "Oslo", "--offline", cwd=file.parent)
    assert result.code == 0, result.stderr
    assert list(json.loads(result.stdout)) == ["city"]


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("{city: 3}", "city: 3 is not of type 'string'"),
        ("{}", "'city' is a required property"),
    ],
    ids=["type", "required"],
)
def test_output_that_does_not_fit_fails_the_run(
    cli: Cli, write: Write, output: str, said: str
) -> None:
    fields = "    output_type: {type: object, properties: {city: {type: string}}}"
    file = write("a.yaml", desk(fields, f"[{{output: {output}}}]", "equals: 1"))
    result = cli("test", "a.yaml", cwd=file.parent)
    assert result.code == 1
    assert said in result.stdout


@pytest.mark.parametrize(
    ("behavior", "final"),
    [
        ("stop_on_first_tool", "sun in Oslo"),
        ("{stop_at_tool_names: [get_weather]}", "sun in Oslo"),
        ("./bits.py:first_result", "sun in Oslo!"),
    ],
    ids=["first", "named", "code"],
)
def test_a_tool_result_is_the_final_output(
    cli: Cli, write: Write, behavior: str, final: str
) -> None:
    fields = f"{TOOL}    tool_use_behavior: {behavior}"
    outcome(cli, write, desk(fields, f"[{CALL}]", f"equals: '{final}'"))


@pytest.mark.parametrize(
    ("hooks", "said"),
    [
        ("./bits.py:Journal", "start desk"),
        ("{use: ./bits.py:Journal, with: {word: begin}}", "begin desk"),
    ],
    ids=["class", "arguments"],
)
def test_hooks_are_told(cli: Cli, write: Write, hooks: str, said: str) -> None:
    assert said in outcome(cli, write, desk(f"    hooks: {hooks}", "[{text: hi}]", "equals: hi"))


def test_instructions_by_a_function(cli: Cli, write: Write, server: OpenAIServer) -> None:
    write("bits.py", CODE)
    text = desk("", "[]", "").partition("tests:")[0]
    file = write("a.yaml", text.replace("Be brief.", "{use: ./bits.py:instructions}"))
    options = ("--base-url", server.base_url, "--api-key", "dummy")
    result = cli("run", "a.yaml", "hello", *options, cwd=file.parent)
    assert result.code == 0, result.stderr
    told = server.requests[0].body["messages"][0]["content"]
    assert told == "You are desk, and the user is None."


TWO = """\
agents:
  desk:
    instructions: Be brief.
    model: openai/gpt-4.1
    {equipment}
  expert:
    instructions: Know it all.
    handoff_description: Knows facts.
    model: openai/gpt-4.1
tests:
  - name: the case
    input: Ask the expert.
    script: {script}
    expect: [{expect}]
"""


def test_an_agent_as_a_tool_gives_control_back(cli: Cli, write: Write) -> None:
    script = (
        "[{tool_calls: [{name: ask, arguments: {input: why}}]}, {agent: expert, text: because},"
        " {agent: desk, text: done}]"
    )
    equipment = "tools: [{agent: expert, tool_name: ask}]"
    expect = "{tool_called: ask}, {last_agent: desk}, {handoffs: []}, {turns: 2}, {requests: 3}"
    outcome(cli, write, TWO.format(equipment=equipment, script=script, expect=expect))


def test_events_of_an_inner_run_have_its_agents_name(cli: Cli, write: Write) -> None:
    text = TWO.format(equipment="tools: [{agent: expert}]", script="[]", expect="")
    file = write("a.yaml", text.partition("tests:")[0])
    result = cli("run", "a.yaml", "expert please", "--events", "--offline", cwd=file.parent)
    events = [json.loads(line) for line in (result.stdout + result.stderr).splitlines()]
    started = [(e["agent"], e["nested"]) for e in events if e["event"] == "agent_started"]
    assert started == [("desk", False), ("expert", True)]
    assert [e["last_agent"] for e in events if e["event"] == "run_finished"] == ["desk"]


def test_the_result_of_an_agent_as_a_tool_can_be_made(cli: Cli, write: Write) -> None:
    script = (
        "[{tool_calls: [{name: expert, arguments: {input: why}}]}, {text: because of it},"
        " {text: done}]"
    )
    equipment = "tools: [{agent: expert, custom_output_extractor: ./bits.py:shorten}]"
    text = TWO.format(equipment=equipment, script=script, expect="contains: done")
    assert "becau\n" in outcome(cli, write, text)


def test_an_agent_as_a_tool_takes_parameters(cli: Cli, write: Write) -> None:
    script = (
        "[{tool_calls: [{name: expert, arguments: {topic: rain, depth: 2}}]}, {text: wet},"
        " {text: done}]"
    )
    equipment = "tools: [{agent: expert, parameters: './bits.py:Question'}]"
    expect = "{tool_called: expert, arguments: {topic: rain, depth: 2}}"
    outcome(cli, write, TWO.format(equipment=equipment, script=script, expect=expect))


def test_a_failure_in_an_inner_run_is_told_and_the_run_goes_on(cli: Cli, write: Write) -> None:
    script = (
        "[{tool_calls: [{name: expert, arguments: {input: why}}]}, {error: overloaded},"
        " {text: no idea}]"
    )
    text = TWO.format(equipment="tools: [{agent: expert}]", script=script, expect="contains: idea")
    said = outcome(cli, write, text)
    assert "overloaded" in said


@pytest.mark.parametrize(
    ("options", "expect"),
    [
        ("tool_name_override: escalate", "{handoffs: [expert]}, {last_agent: expert}"),
        ("input_filter: remove_all_tools", "handoffs: [expert]"),
        ("input_filter: './bits.py:only_last'", "handoffs: [expert]"),
        ("on_handoff: './bits.py:on_handoff'", "handoffs: [expert]"),
        ("nest_handoff_history: true", "handoffs: [expert]"),
    ],
    ids=["name", "preset", "filter", "told", "nested"],
)
def test_handoff_options(cli: Cli, write: Write, options: str, expect: str) -> None:
    equipment = f"handoffs: [{{agent: expert, {options}}}]"
    script = "[{handoff: expert}, {agent: expert, text: yes}]"
    said = outcome(cli, write, TWO.format(equipment=equipment, script=script, expect=expect))
    assert ("handed off" in said) == ("on_handoff" in options)


def test_a_handoff_that_is_switched_off_is_not_there(cli: Cli, write: Write) -> None:
    equipment = "handoffs: [{agent: expert, is_enabled: './bits.py:closed'}]"
    write("bits.py", CODE)
    text = TWO.format(equipment=equipment, script="[{handoff: expert}]", expect="equals: x")
    result = cli("test", "a.yaml", cwd=write("a.yaml", text).parent)
    assert result.code == 1
    assert "hands off to nobody" in result.stdout


def test_groups_of_tools_are_shared(cli: Cli, write: Write) -> None:
    fields = "    tools: [town]"
    text = desk(fields, f"[{CALL}, {{text: sunny}}]", "tool_called: get_weather")
    outcome(cli, write, f"tools:\n  town: ['./bits.py:get_weather']\n{text}")


def test_tools_that_code_makes(cli: Cli, write: Write) -> None:
    fields = "    tools: [{use: './bits.py:shop', with: {currency: EUR}}]"
    script = "[{tool_calls: [{name: price, arguments: {item: tea}}]}, {text: three}]"
    assert "tea: 3 EUR" in outcome(cli, write, desk(fields, script, "tool_called: price"))


def test_a_list_of_tools(cli: Cli, write: Write) -> None:
    fields = "    tools: ['./bits.py:TOOLS']"
    outcome(cli, write, desk(fields, f"[{CALL}, {{text: ok}}]", "tool_called: get_weather"))


def test_a_tool_says_its_failure_in_its_own_words(cli: Cli, write: Write) -> None:
    fields = (
        "    tools: [{function: './bits.py:fails', failure_error_function: './bits.py:explain'}]"
    )
    script = "[{tool_calls: [{name: fails, arguments: {city: Oslo}}]}, {text: oh}]"
    assert "sorry: Oslo" in outcome(cli, write, desk(fields, script, "equals: oh"))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("    tools: [{use: './bits.py:broken', with: {}}]", "call-failed"),
        ("    hooks: {use: './bits.py:Journal', with: {nope: 1}}", "call-failed"),
        ("    hooks: ./bits.py:Forecast", "call-failed"),
        ("    hooks: {use: './bits.py:Question', with: {topic: a, depth: 1}}", "wrong-kind"),
        ("    tool_use_behavior: ./bits.py:NOTHING", "wrong-kind"),
        ("    output_type: ./bits.py:LOG", "wrong-kind"),
        (
            "    output_type: {type: object, additionalProperties: {type: string}}",
            "bad-output-type",
        ),
    ],
    ids=["tools", "hooks", "made-hooks", "other-hooks", "behavior", "type", "strict"],
)
def test_what_only_assembling_shows_is_told_at_its_place(
    cli: Cli, write: Write, fields: str, code: str
) -> None:
    write("bits.py", f"{CODE}\n\nNOTHING = object()\n")
    file = write("a.yaml", desk(fields, "[{text: a}]", "equals: a"))
    result = cli("run", "a.yaml", "hello", "--offline", cwd=file.parent)
    assert result.code == 2
    assert f"error[{code}]" in result.stderr
    assert "a.yaml:5:" in result.stderr


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("    hooks: ./bits.py:Journl", "did you mean 'Journal'?"),
        ("    output_type: ./bits.py:get_weather", "is a function, not a type"),
        ("    tools: [town]", "there is no 'town' under tools"),
        ("    tools: [{agent: experts}]", "there is no agent 'experts'"),
        ("    tool_use_behavior: stop_at_first", "is not a tool_use_behavior"),
        ("    tool_use_behavior: {stop_at_tools: [a]}", "did you mean 'stop_at_tool_names'?"),
        ("    strict_json_schema: false", "does nothing without 'output_type'"),
        ("    handoffs: [{agent: desk, input_type: './bits.py:Question'}]", "needs 'on_handoff'"),
        ("    handoffs: [{agent: desk, is_enabld: true}]", "did you mean 'is_enabled'?"),
    ],
    ids=["hooks", "type", "group", "agent", "word", "key", "strict", "input", "option"],
)
def test_mistakes_are_told_without_running_anything(
    cli: Cli, write: Write, fields: str, said: str
) -> None:
    write("bits.py", CODE)
    file = write("a.yaml", desk(fields, "[{text: a}]", "equals: a"))
    result = cli("validate", "a.yaml", cwd=file.parent)
    assert result.code == 2
    assert "a.yaml:5:" in result.stdout
    assert said in result.stdout
