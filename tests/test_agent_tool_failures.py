"""Agents as tools that fail: the model is told in the words of the file, all others the truth."""

import logging

import pytest
from agents.testing import ScriptedModel, assistant_message, function_call

import yamlagents
from tests.tested_project import Write

FILE = """\
agents:
  boss:
    instructions: Ask.
    model: openai/gpt-4.1
    tools: [{agent: clerk, max_turns: 1, failure_error_function: ./words.py:explain}]
  clerk: {instructions: Count., model: openai/gpt-4.1, tools: [./words.py:step]}
"""
CODE = """\
async def explain(context, error):
    return "Try later."


def step() -> str:
    return "done"
"""


def test_a_failure_is_told_beside_the_files_words(
    write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    write("words.py", CODE)
    calls = [("clerk", {"input": "Count."}), ("step", {})]
    asked = [[function_call(*call, call_id=f"c{n}")] for n, call in enumerate(calls)]
    model = ScriptedModel([*asked, [assistant_message("Later, then.")]])
    team = yamlagents.assemble(yamlagents.load(write("a.yaml", FILE)), models=lambda _: model)
    with caplog.at_level(logging.ERROR, "yamlagents.tools"):
        result = yamlagents.run_sync(team, "Go.")
    (call,) = [call for call in result.tool_calls if call.name == "clerk"]
    assert call.output == "Try later."
    assert call.error == "MaxTurnsExceeded: Max turns (1) exceeded"
    assert "tool 'clerk' raised MaxTurnsExceeded" in caplog.text
