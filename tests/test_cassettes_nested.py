"""Recordings of runs inside runs: agents as tools, guardrails that are agents, workflows."""

import json
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.cut_off import cut_off
from tests.openai_server import OpenAIServer, Reply, Request, say
from tests.tested_project import Write

FILE = """\
agents:
  desk:
    instructions: Ask the experts.
    model: openai/gpt-4.1
    tools: [{agent: expert, tool_name: ask}]
    input_guardrails: [{agent: checker, tripwire: is_rude}]
    handoffs: [{agent: closer, tool_name_override: close}]
  expert: {instructions: Know it all., model: openai/gpt-4.1}
  closer: {instructions: Say goodbye., model: openai/gpt-4.1}
  checker:
    instructions: Is it rude?
    model: openai/gpt-4.1
    output_type: {type: object, properties: {is_rude: {type: boolean}}}
WORKFLOW
tests:
  - name: asked twice
    input: Why, and how?
    expect: [{tool_count: 2, tool: ask}, {contains: why and how}]
  - name: rude
    input: You fool!
    expect: [{guardrail: checker}]
  - name: closed
    input: Bye now.
    expect: [{handoffs: [closer]}]
"""
WORKFLOW = "workflow: {sequence: [{agent: desk}, {agent: expert}]}\n"


def reply(request: Request) -> Reply:
    """Do as the four agents would."""
    first, *others = request.body["messages"]
    said = str(others[-1]["content"])
    if first["content"] == "Is it rude?":
        return say(request, {"content": json.dumps({"is_rude": "fool" in said})})
    if first["content"] == "Know it all.":
        return say(request, {"content": f"because of {said}"})
    if first["content"] == "Say goodbye.":
        return say(request, {"content": "Goodbye."})
    if others[-1]["role"] == "tool":
        return say(request, {"content": "That is why and how."})
    calls = [("ask", {"input": "why"}), ("ask", {"input": "how"})]
    calls = [("close", {})] if "Bye" in said else calls
    made = [
        {
            "index": index,
            "id": f"call_{index}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for index, (name, arguments) in enumerate(calls)
    ]
    return say(request, {"tool_calls": made}, "tool_calls")


@pytest.fixture
def project(cli: Cli, write: Write, server: OpenAIServer) -> Path:
    """A project with recordings; the server is of no more use."""
    server.behave(reply)
    models = f"models: {{m: {{model: openai/gpt-4.1, base_url: '{server.base_url}'}}}}\n"
    file = write(
        "a.yaml",
        models + FILE.replace("model: openai/gpt-4.1", "model: m").replace("WORKFLOW\n", ""),
    )
    recorded = cli("test", "a.yaml", "--record", env={"OPENAI_API_KEY": "dummy"}, cwd=file.parent)
    assert recorded.code == 0, recorded.stdout + recorded.stderr
    return file.parent


def test_inner_runs_are_replayed_without_a_network(project: Path) -> None:
    result = cut_off("test", "a.yaml", cwd=project)
    assert result.code == 0, result.stdout + result.stderr
    assert "3 cases: 3 passed" in result.stderr


def test_a_change_of_an_inner_agent_is_told(cli: Cli, project: Path) -> None:
    file = project / "a.yaml"
    file.write_text(file.read_text().replace("Know it all.", "Know it well."))
    result = cli("test", "a.yaml", "-k", "asked", cwd=project)
    assert result.code == 8
    assert "instructions of `expert` changed at a.yaml:9" in result.stdout


def test_a_workflow_is_replayed(cli: Cli, write: Write, server: OpenAIServer) -> None:
    server.behave(reply)
    models = f"models: {{m: {{model: openai/gpt-4.1, base_url: '{server.base_url}'}}}}\n"
    text = models + FILE.replace("model: openai/gpt-4.1", "model: m")
    text = text.partition("  - name: rude")[0].replace("WORKFLOW\n", WORKFLOW)
    file = write("a.yaml", text.replace("contains: why", "contains: because of That is why"))
    recorded = cli("test", "a.yaml", "--record", env={"OPENAI_API_KEY": "dummy"}, cwd=file.parent)
    assert recorded.code == 0, recorded.stdout + recorded.stderr
    result = cut_off("test", "a.yaml", cwd=file.parent)
    assert result.code == 0, result.stdout + result.stderr
