"""Guardrails of agents and tools: code and agents that check, and what a trip does."""

from pathlib import Path

import pytest

import yamlagents
from tests.conftest import Cli
from tests.openai_server import OpenAIServer, Text
from tests.tested_project import Write

GUARDS = '''\
from agents import GuardrailFunctionOutput, ToolGuardrailFunctionOutput, input_guardrail


def no_pii(context, agent, data):
    """Trip on a number that looks like a card's."""
    return GuardrailFunctionOutput(output_info="card", tripwire_triggered="4111" in str(data))


async def is_polite(context, agent, output):
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered="idiot" in output)


@input_guardrail(name="decorated")
def decorated(context, agent, data):
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered="4111" in str(data))


def without(words):
    def check(context, agent, data):
        tripped = any(word in str(data) for word in words)
        return GuardrailFunctionOutput(output_info=None, tripwire_triggered=tripped)

    return check


def no_secret_city(data):
    if "Atlantis" in data.context.tool_arguments:
        return ToolGuardrailFunctionOutput.reject_content("that city is a secret")
    return ToolGuardrailFunctionOutput.allow()


def stop_at_rain(data):
    if "rain" in str(data.output):
        return ToolGuardrailFunctionOutput.raise_exception()
    return ToolGuardrailFunctionOutput.allow()


def get_weather(city: str) -> str:
    return "rain" if city == "Bergen" else "sun"


NUMBER = 7
'''

AGENTS = """\
agents:
  desk:
    instructions: Be brief.
    model: openai/gpt-4.1
    {guardrails}
  checker:
    instructions: Is it homework?
    model: openai/gpt-4.1
    output_type:
      type: object
      properties: {{is_homework: {{type: boolean}}, why: {{type: [string, "null"]}}}}
      required: [is_homework, why]
tests:
  - name: the case
    input: {input}
    script: {script}
    expect: [{expect}]
"""
TOOL = "tools: [{{function: ./guards.py:get_weather, {option}: [./guards.py:{guard}]}}]"


def run_case(
    cli: Cli, write: Write, guardrails: str, input: str, script: str, expect: str
) -> tuple[int, str]:
    """Run one scripted case of an agent with these guardrails."""
    write("guards.py", GUARDS)
    text = AGENTS.format(guardrails=guardrails, input=input, script=script, expect=expect)
    result = cli("test", "a.yaml", cwd=write("a.yaml", text).parent)
    return result.code, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("guardrails", "name"),
    [
        ("input_guardrails: [./guards.py:no_pii]", "no_pii"),
        ("input_guardrails: [./guards.py:decorated]", "decorated"),
        ("input_guardrails: [{use: ./guards.py:no_pii, name: cards}]", "cards"),
        ("input_guardrails: [{use: ./guards.py:decorated, name: cards}]", "cards"),
        (
            "input_guardrails: [{use: ./guards.py:without, with: {words: ['4111']}}]",
            "check",
        ),
        (
            "input_guardrails: [{use: ./guards.py:no_pii, run_in_parallel: false}]",
            "no_pii}, {requests: 0",
        ),
    ],
    ids=["function", "decorated", "named", "ready, named", "made", "before"],
)
def test_an_input_guardrail_trips(cli: Cli, write: Write, guardrails: str, name: str) -> None:
    write("guards.py", GUARDS)
    text = AGENTS.format(
        guardrails=guardrails,
        input="my card is 4111",
        script="[]",
        expect=f"{{guardrail: {name}}}",
    ).replace("script: []", "model: offline/match")
    result = cli("test", "a.yaml", cwd=write("a.yaml", text).parent)
    assert result.code == 0, result.stdout + result.stderr


def test_an_input_guardrail_lets_the_rest_pass(cli: Cli, write: Write) -> None:
    guardrails = "input_guardrails: [./guards.py:no_pii]"
    code, said = run_case(cli, write, guardrails, "hello", "[{text: hi}]", "equals: hi")
    assert code == 0, said


def test_an_output_guardrail_trips(cli: Cli, write: Write) -> None:
    guardrails = "output_guardrails: [./guards.py:is_polite]"
    code, said = run_case(
        cli, write, guardrails, "hello", "[{text: you idiot}]", "guardrail: is_polite"
    )
    assert code == 0, said


@pytest.mark.parametrize(
    ("kind", "given"),
    [("input", "model: offline/match"), ("output", "script: [{text: '4111'}]")],
    ids=["input", "output"],
)
def test_a_guardrail_of_runs_can_be_expected(cli: Cli, write: Write, kind: str, given: str) -> None:
    write("guards.py", GUARDS)
    expect = "{guardrail: no_pii}"
    text = AGENTS.format(guardrails="", input="my card is 4111", script="[]", expect=expect)
    run = f"run: {{{kind}_guardrails: [./guards.py:no_pii]}}\n"
    file = write("a.yaml", run + text.replace("script: []", given))
    result = cli("test", "a.yaml", cwd=file.parent)
    assert result.code == 0, result.stdout + result.stderr


@pytest.mark.parametrize("tripped", [True, False])
def test_an_agent_checks_the_input(cli: Cli, write: Write, tripped: bool) -> None:
    answer = str(tripped).lower()
    script = (
        f"[{{agent: checker, output: {{is_homework: {answer}, why: sums}}}},"
        " {agent: desk, text: four}]"
    )
    expect = "guardrail: checker" if tripped else "equals: four"
    guardrails = "input_guardrails: [{agent: checker, tripwire: is_homework}]"
    code, said = run_case(cli, write, guardrails, "what is 2+2", script, expect)
    assert code == 0, said


def test_an_output_without_the_field_of_the_tripwire_is_no_pass(cli: Cli, write: Write) -> None:
    guardrails = "input_guardrails: [{agent: checker, tripwire: why.deep}]"
    script = "[{agent: checker, output: {is_homework: false, why: no}}, {agent: desk, text: four}]"
    code, said = run_case(cli, write, guardrails, "2+2", script, "equals: four")
    assert code == 1
    assert "the guardrail's agent 'checker' gave no field 'why.deep'" in said


def test_a_tripwire_may_lie_in_a_list(cli: Cli, write: Write) -> None:
    guardrails = "input_guardrails: [{agent: checker, tripwire: 'found[0]'}]"
    found = '"null"]}, found: {type: array, items: {type: boolean}}}'
    text = AGENTS.format(guardrails=guardrails, input="a", script="[{text: b}]", expect="equals: b")
    assert cli("validate", write("a.yaml", text.replace('"null"]}}', found))).code == 0


def test_a_tool_guardrail_rejects_a_call(cli: Cli, write: Write) -> None:
    tool = TOOL.format(option="tool_input_guardrails", guard="no_secret_city")
    script = (
        "[{tool_calls: [{name: get_weather, arguments: {city: Atlantis}}]}, {text: I may not say}]"
    )
    code, said = run_case(cli, write, tool, "Atlantis?", script, "contains: may not")
    assert code == 0, said


def test_a_tool_guardrail_stops_the_run(cli: Cli, write: Write) -> None:
    tool = TOOL.format(option="tool_output_guardrails", guard="stop_at_rain")
    script = "[{tool_calls: [{name: get_weather, arguments: {city: Bergen}}]}]"
    code, said = run_case(cli, write, tool, "Bergen?", script, "guardrail: stop_at_rain")
    assert code == 0, said


def test_a_trip_ends_a_run_with_exit_6_and_its_name(cli: Cli, write: Write) -> None:
    write("guards.py", GUARDS)
    file = write(
        "a.yaml",
        "agents:\n  desk:\n    model: offline/match\n    instructions: Hi.\n"
        "    input_guardrails: [./guards.py:no_pii]\n",
    )
    result = cli("run", "a.yaml", "my card is 4111", cwd=file.parent)
    assert result.code == 6
    assert "the guardrail 'no_pii' stopped the run" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("guardrails", "said"),
    [
        ("input_guardrails: [./guards.py:no_pi]", "has no 'no_pi'; did you mean 'no_pii'?"),
        ("input_guardrails: [./guards.py:NUMBER]", "'NUMBER' of guards.py is data, not a function"),
        ("output_guardrails: [{agent: cheker, tripwire: x}]", "did you mean 'checker'?"),
        ("input_guardrails: [{agent: checker}]", "needs the key 'tripwire'"),
        (
            "input_guardrails: [{agent: checker, tripwire: homework}]",
            "what 'checker' gives has no field 'homework'; did you mean 'is_homework'?",
        ),
        (
            "input_guardrails: [{agent: checker, tripwire: is_homework.sure}]",
            "'is_homework' is true or false, which has no field 'sure'",
        ),
        (
            "input_guardrails: [{agent: desk, tripwire: homework}]",
            "the agent 'desk' has no output_type",
        ),
        ("input_guardrails: [{use: './guards.py:no_pii', nam: x}]", "did you mean 'name'?"),
        (
            "tools: [{function: './guards.py:get_weather', "
            "tool_input_guardrails: ['./guards.py:nope']}]",
            "has no 'nope'",
        ),
    ],
    ids=["name", "data", "agent", "tripwire", "field", "below", "text", "key", "of-a-tool"],
)
def test_mistakes_are_told_without_running_anything(
    cli: Cli, write: Write, guardrails: str, said: str
) -> None:
    write("guards.py", GUARDS)
    text = AGENTS.format(guardrails=guardrails, input="x", script="[{text: a}]", expect="equals: a")
    result = cli("validate", "a.yaml", cwd=write("a.yaml", text).parent)
    assert result.code == 2
    assert "a.yaml:5:" in result.stdout
    assert said in result.stdout


def test_a_guardrail_that_is_no_function_is_told_at_its_place(cli: Cli, write: Write) -> None:
    write("guards.py", f"import json\n{GUARDS}\nfound = json.loads('3')\n")
    file = write(
        "a.yaml",
        "agents:\n  desk:\n    model: offline/match\n    instructions: Hi.\n"
        "    input_guardrails:\n      - ./guards.py:found\n",
    )
    result = cli("run", "a.yaml", "hello", cwd=Path(file).parent)
    assert result.code == 2
    assert "a.yaml:6:9: error[wrong-kind]" in result.stderr


@pytest.mark.parametrize("output", ['["Öl", "3"]', '{"it": true}'], ids=["list", "object"])
def test_an_agent_that_checks_data_reads_it_as_json(
    write: Write, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "dummy")
    kind = "array" if output.startswith("[") else "object"
    keys = (
        f"output_type: {{type: {kind}}}\n    strict_json_schema: false\n"
        "    output_guardrails: [{agent: checker, tripwire: is_homework}]"
    )
    text = AGENTS.partition("tests:")[0].format(guardrails=keys)
    model = f"{{model: openai/gpt-4.1, base_url: '{server.base_url}'}}"
    file = write("a.yaml", f"models: {{m: {model}}}\n{text.replace('openai/gpt-4.1', 'm')}")
    server.behave(Text(output), Text('{"is_homework": false, "why": ""}'))
    yamlagents.run_sync(yamlagents.assemble(yamlagents.load(file)), "go")
    assert server.requests[1].body["messages"][-1]["content"] == output


def test_a_guardrail_of_output_cannot_run_beside_anything(cli: Cli, write: Write) -> None:
    write("guards.py", GUARDS)
    guard = "[{use: ./guards.py:is_polite, run_in_parallel: false}]"
    desk = f"desk: {{model: offline/match, output_guardrails: {guard}}}"
    result = cli("validate", write("a.yaml", f"agents: {{{desk}}}\n"))
    assert (result.code, "warning[no-effect]: 'run_in_parallel'" in result.stdout) == (0, True)
