"""Calls of tools that OpenAI's models have of their own, denied where they are carried out."""

from __future__ import annotations

import pytest
from agents import Model
from agents.testing import ScriptedModel, assistant_message
from openai.types.responses import ResponseFunctionShellToolCall
from openai.types.responses.response_function_shell_tool_call import Action

import yamlagents
from tests.approval_project import Write
from yamlagents.cli.approvals import approver, enforce
from yamlagents.runtime.approvals.rules import Rules
from yamlagents.spec.approvals.patterns import pattern

LOCAL = """\
from agents import ShellCommandRequest


def run(request: ShellCommandRequest) -> str:
    return "ran " + " ".join(request.data.action.commands)


async def yes(context, item):
    return {"approve": True}
"""


ACTION = Action(commands=["echo 1", "RM -rf x"])


@pytest.mark.parametrize("tool", ["", ", needs_approval: true, on_approval: ./shell.py:yes"])
@pytest.mark.parametrize(
    ("deny", "ran"), [("shell", False), ("shell:commands=rm*", False), ("shell:commands=ls", True)]
)
def test_a_denial_holds_for_a_shell(write: Write, tool: str, deny: str, ran: bool) -> None:
    write("shell.py", LOCAL)
    model = "models: {m: {model: openai/gpt-4.1, provider: openai_responses}}\n"
    shell = f"{{hosted: shell, executor: ./shell.py:run{tool}}}"
    file = write("shop.yaml", f"{model}agents: {{clerk: {{model: m, tools: [{shell}]}}}}\n")
    call = ResponseFunctionShellToolCall(
        id="c", action=ACTION, call_id="c", status="completed", type="shell_call"
    )
    script: Model = ScriptedModel([[call], [assistant_message("done")]])
    team = yamlagents.assemble(yamlagents.load(file), models=lambda _: script)
    denial = Rules(deny=(pattern(deny),))
    enforce(denial, team)
    result = yamlagents.run_sync(team, "go", approve=approver(denial))
    assert ("ran echo 1" in str(result.history)) is ran
