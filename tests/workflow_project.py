"""Projects whose workflows have steps that wait for approval."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.testing import ScriptedModel, assistant_message, function_call

import yamlagents
from tests.approval_project import PAY, TOOLS, Write

# `till` pays at once, `clerk` and `chief` have to be allowed to.
AGENTS = f"""\
agents:
  till: {{instructions: Pay., model: offline/match, tools: [./tools.py:pay]}}
  clerk: {{instructions: Pay., model: offline/match, tools: [{PAY}]}}
  chief: {{instructions: Pay., model: offline/match, tools: [{PAY}]}}
  tell: {{instructions: Tell., model: offline/match}}
"""
SEQUENCE = """\
workflow:
  sequence:
    - agent: till
    - {agent: clerk, input: input}
    - {agent: tell, input: [till, clerk]}
"""
# What models answer: a text, or calls of `pay`, each with its amount.
Turn = str | list[int]


def flow(write: Write, workflow: str = SEQUENCE, more: str = "", agents: str = AGENTS) -> Path:
    """Write a project with a workflow; give its file."""
    write("tools.py", TOOLS)
    return write("shop.yaml", f"{agents}{workflow}{more}")


def scripted(file: Path, turns: Mapping[str, list[Turn]]) -> yamlagents.Team:
    """Give the team of a file whose agents answer as said by their keys, and nobody else."""
    team = yamlagents.assemble(yamlagents.load(file))
    for key, agent in team.agents.items():
        agent.model = ScriptedModel([_output(turn) for turn in turns.get(key, [])])
    return team


def _output(turn: Turn) -> list[Any]:
    if isinstance(turn, str):
        return [assistant_message(turn)]
    return [
        function_call("pay", {"amount": amount, "to": "ada"}, call_id=f"pay-{amount}")
        for amount in turn
    ]


def amounts(approvals: Any) -> list[int]:
    """Give the amounts that calls of `pay` wait for."""
    return [json.loads(one.arguments)["amount"] for one in approvals]
