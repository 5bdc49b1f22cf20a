"""Workflows: what steps are told and give, and what is wrong with one before it is run."""

import json

import pytest

from tests.conftest import Cli, Result
from tests.openai_server import OpenAIServer, Text
from tests.tested_project import Write

AGENTS = """\
agents:
  plan:
    instructions: Plan.
    model: openai/gpt-4.1
    output_type:
      type: object
      properties:
        topics: {type: array, items: {type: string}}
        size: {type: string, enum: [small, large]}
        ready: {type: boolean}
  write: {instructions: Write., model: openai/gpt-4.1}
  judge: {instructions: Judge., model: openai/gpt-4.1}
"""
PLAN = "{agent: plan, output: {topics: [tea, milk], size: small, ready: true}}"


def case_of(cli: Cli, write: Write, workflow: str, script: str, expect: str) -> Result:
    """Test one scripted case of a workflow."""
    case = f"tests:\n  - name: it\n    input: drinks\n    script: [{script}]\n"
    text = f"{AGENTS}workflow: {workflow}\n{case}    expect: [{expect}]\n"
    return cli("test", "a.yaml", "--format", "json", cwd=write("a.yaml", text).parent)


def passes(cli: Cli, write: Write, workflow: str, script: str, expect: str) -> None:
    """Test a case that passes."""
    result = case_of(cli, write, workflow, script, expect)
    assert result.code == 0, result.stdout + result.stderr


def told(cli: Cli, write: Write, server: OpenAIServer, workflow: str) -> list[str]:
    """Run a workflow against a server that says `A.`, `B.`, ..., and give what agents are told."""
    server.behave(*(Text(f"{letter}.") for letter in "ABCDE"))
    text = AGENTS.replace("    output_type:", "    x-output:") + f"workflow: {workflow}\n"
    options = ("--base-url", server.base_url, "--api-key", "dummy")
    result = cli("run", "a.yaml", "drinks", *options, cwd=write("a.yaml", text).parent)
    assert result.code == 0, result.stderr
    messages = [request.body["messages"][1:] for request in server.requests]
    return [" | ".join(message["content"] for message in turn) for turn in messages]


@pytest.mark.parametrize(
    ("workflow", "expected"),
    [
        ("{sequence: [{agent: plan}, {agent: write}]}", ["drinks", "A."]),
        ("{sequence: [{agent: plan}, {agent: write, input: input}]}", ["drinks", "drinks"]),
        (
            "{sequence: [{agent: plan}, {agent: write, input: [input, plan]}]}",
            ["drinks", "drinks\n\nA."],
        ),
        (
            "{sequence: [{agent: plan}, {agent: write, input: {Wish: input, Plan: plan}}]}",
            ["drinks", "Wish:\ndrinks\n\nPlan:\nA."],
        ),
        (
            "{sequence: [{agent: plan}, {agent: write, conversation: plan}]}",
            ["drinks", "drinks | A."],
        ),
        (
            "{loop: [{agent: write, conversation: write}, {agent: judge}], max_rounds: 2}",
            ["drinks", "A.", "drinks | A. | B.", "C."],
        ),
        (
            "{sequence: [{name: both, parallel: [{sequence: [{agent: plan}]}]}, {agent: write}]}",
            ["drinks", "A."],
        ),
    ],
    ids=["before", "own", "several", "headed", "conversation", "loop", "parallel"],
)
def test_what_a_step_is_told(
    cli: Cli, write: Write, server: OpenAIServer, workflow: str, expected: list[str]
) -> None:
    assert told(cli, write, server, workflow) == expected


def test_each_item_of_a_list_is_an_input(cli: Cli, write: Write, server: OpenAIServer) -> None:
    plan = {"topics": ["tea", "milk"], "size": "small", "ready": True}
    server.behave(Text(json.dumps(plan)), Text("Drunk."))
    workflow = "{sequence: [{agent: plan}, {agent: write, each: plan.topics}, {agent: judge}]}"
    options = ("--base-url", server.base_url, "--api-key", "dummy")
    file = write("a.yaml", f"{AGENTS}workflow: {workflow}\n")
    assert cli("run", "a.yaml", "drinks", *options, cwd=file.parent).code == 0
    said = [request.body["messages"][-1]["content"] for request in server.requests]
    assert sorted(said[1:3]) == ["milk", "tea"]
    assert said[3] == "Drunk.\n\nDrunk."


@pytest.mark.parametrize(
    ("condition", "requests"),
    [
        ("{field: size, equals: small}", 2),
        ("{field: size, equals: large}", 1),
        ("{step: plan, field: ready, equals: true}", 2),
        ("[{field: size, equals: small}, {field: ready, equals: false}]", 1),
    ],
    ids=["holds", "fails", "named", "both"],
)
def test_a_step_is_taken_when_its_conditions_hold(
    cli: Cli, write: Write, condition: str, requests: int
) -> None:
    workflow = f"{{sequence: [{{agent: plan}}, {{agent: write, when: {condition}}}]}}"
    script = PLAN if requests == 1 else f"{PLAN}, {{agent: write, text: done}}"
    passes(cli, write, workflow, script, f"requests: {requests}")


def test_a_group_gives_what_it_names(cli: Cli, write: Write) -> None:
    workflow = "{sequence: [{agent: write}, {agent: judge}], output: write}"
    passes(cli, write, workflow, "{text: a poem}, {text: good}", "equals: a poem")


def test_the_result_has_what_all_steps_took(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(Text("A."), Text("B."))
    text = f"{AGENTS}workflow: {{sequence: [{{agent: write}}, {{agent: judge}}]}}\n"
    options = ("--base-url", server.base_url, "--api-key", "dummy", "--json")
    result = cli("run", "a.yaml", "drinks", *options, cwd=write("a.yaml", text).parent)
    document = json.loads(result.stdout)
    assert (document["final_output"], document["last_agent"]) == ("B.", "judge")
    assert (document["usage"]["requests"], document["usage"]["total_tokens"]) == (2, 36)


def test_a_failure_in_a_step_ends_the_others_and_says_what_was_spent(
    cli: Cli, write: Write
) -> None:
    workflow = "{sequence: [{agent: write}, {parallel: [{agent: plan}, {agent: judge}]}]}"
    script = "{text: a}, {agent: plan, error: no luck}, {agent: judge, text: b}"
    passes(cli, write, workflow, script, "error: script-error")


def test_a_loop_without_an_end_fails_with_its_place(cli: Cli, write: Write) -> None:
    workflow = "{loop: [{agent: judge}], until: {equals: stop}, max_rounds: 2}"
    text = AGENTS.replace("openai/gpt-4.1", "offline/match") + f"workflow: {workflow}\n"
    result = cli("run", "a.yaml", "drinks", cwd=write("a.yaml", text).parent)
    assert result.code == 5
    assert "the loop at a.yaml:13:11 did not come to its end in 2 rounds" in result.stderr


def test_an_agent_can_be_run_without_the_workflow(cli: Cli, write: Write) -> None:
    text = AGENTS + "workflow: {sequence: [{agent: plan}, {agent: judge}]}\n"
    file = write("a.yaml", text)
    result = cli("run", "a.yaml", "x", "--agent", "write", "--offline", "--json", cwd=file.parent)
    assert json.loads(result.stdout)["last_agent"] == "write"


def test_a_workflow_has_no_conversation(cli: Cli, write: Write) -> None:
    file = write("a.yaml", AGENTS + "workflow: {agent: write}\n")
    result = cli("chat", "a.yaml", "--offline", input="hello\n", cwd=file.parent)
    assert result.code == 2
    assert "--agent" in result.stderr


@pytest.mark.parametrize(
    ("workflow", "code", "said"),
    [
        ("{agent: wrte}", "unknown-agent", "did you mean 'write'?"),
        ("{sequence: []}", "empty-value", "may not be empty"),
        ("{name: x}", "required-key", "one of the keys agent, sequence, parallel, loop"),
        ("{agent: write, loop: [{agent: plan}]}", "conflicting-keys", "two steps"),
        ("{agent: write, until: {equals: 1}}", "conflicting-keys", "belongs to a loop"),
        ("{loop: [{agent: plan}], each: input}", "conflicting-keys", "an agent's step"),
        ("{sequence: [{agent: plan}, {agent: plan}]}", "duplicate-name", "the first is at"),
        ("{agent: plan, name: input}", "duplicate-name", "the input of the workflow"),
        ("{sequence: [{agent: write, input: plan}, {agent: plan}]}", "unknown-step", "before"),
        ("{parallel: [{agent: plan}, {agent: write, input: plan}]}", "unknown-step", "before"),
        (
            "{sequence: [{agent: plan}, {agent: write, input: plan.topic}]}",
            "unknown-field",
            "did you mean 'topics'?",
        ),
        (
            "{sequence: [{agent: plan}, {agent: write, each: plan.size}]}",
            "unknown-field",
            "no list",
        ),
        (
            "{sequence: [{agent: plan}, {agent: write, when: {field: size, equals: big}}]}",
            "bad-value",
            "it is one of small, large",
        ),
        (
            "{sequence: [{agent: plan}, {agent: write, when: {field: ready, equals: 'yes'}}]}",
            "bad-value",
            "true or false, never 'yes'",
        ),
        (
            "{sequence: [{agent: write}, {agent: judge, when: {field: x, equals: 1}}]}",
            "unknown-field",
            "is text, which has no field 'x'",
        ),
        (
            "{sequence: [{agent: plan}, {agent: write, when: {field: topics, equals: tea}}]}",
            "bad-value",
            "the field is a list, never 'tea'",
        ),
        (
            "{sequence: [{agent: plan}, {agent: write, when: {field: size, equals: true}}]}",
            "bad-value",
            "the field is never true: it is one of small, large",
        ),
        ("{agent: write, when: {equals: 1}}", "unknown-field", "no step before"),
        ("{agent: write, wen: {equals: 1}}", "unknown-key", "did you mean 'when'?"),
        ("{sequence: [{agent: plan}], output: pln}", "unknown-step", "did you mean 'plan'?"),
    ],
)
def test_mistakes_are_told_before_anything_runs(
    cli: Cli, write: Write, workflow: str, code: str, said: str
) -> None:
    file = write("a.yaml", f"{AGENTS}workflow: {workflow}\n")
    result = cli("validate", "a.yaml", cwd=file.parent)
    assert result.code == 2, result.stdout
    assert "a.yaml:13:" in result.stdout
    assert f"error[{code}]" in result.stdout
    assert said in result.stdout
    assert result.stdout.count("error[") == 1, result.stdout


def test_a_conversation_with_a_workflow_is_a_problem(cli: Cli, write: Write) -> None:
    case = "tests: [{name: it, turns: [a, b], expect: [{equals: x}]}]\n"
    file = write("a.yaml", f"{AGENTS}workflow: {{agent: write}}\n{case}")
    result = cli("validate", "a.yaml", cwd=file.parent)
    assert "a workflow has one input" in result.stdout
