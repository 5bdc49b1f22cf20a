"""Workflows that wait, from Python: side by side, in rounds, for each, in conversations."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from agents.testing import ScriptedModel

import yamlagents
from tests.approval_project import PAY, Write, done
from tests.workflow_project import AGENTS, amounts, flow, scripted
from yamlagents import Approval, Later, RunError, SavedRun

LOOP = """\
workflow:
  loop:
    - {agent: clerk, input: input}
    - {agent: tell, input: clerk}
  until: {equals: stop}
"""


def yes(asked: Approval) -> bool:
    return True


def waits(team: yamlagents.Team, input: str | SavedRun = "go", **options: Any) -> RunError:
    """Run a team that waits."""
    with pytest.raises(RunError) as failed:
        yamlagents.run_sync(team, input, **options)
    assert failed.value.code == "needs-approval", failed.value
    return failed.value


def saved(error: RunError) -> SavedRun:
    """Give the run of an error as it comes back from text."""
    assert error.state is not None, error.hint
    return SavedRun.parse(error.state.text)


def only(amount: int) -> Any:
    return lambda asked: True if amounts([asked]) == [amount] else Later.LATER


def told(team: yamlagents.Team, agent: str) -> Any:
    """Give the items that an agent's model was last told."""
    model = team.agents[agent].model
    assert isinstance(model, ScriptedModel)
    return model.calls[-1].input


def test_what_is_beside_a_step_that_waits_comes_to_its_end(write: Write) -> None:
    steps = "{parallel: [{agent: clerk}, {agent: chief}, {sequence: [{agent: till}]}]}"
    file = flow(write, f"workflow: {{sequence: [{steps}, {{agent: tell}}]}}\n")
    error = waits(scripted(file, {"clerk": [[1]], "chief": [[2]], "till": [[3], "third"]}))
    assert (amounts(error.approvals), done(file)) == ([1, 2], ["paid 3 to ada"])
    some = waits(scripted(file, {"chief": ["second"]}), saved(error), approve=only(2))
    assert (amounts(some.approvals), len(done(file))) == ([1], 2)
    team = scripted(file, {"clerk": ["first"], "tell": ["all"]})
    result = yamlagents.run_sync(team, saved(some), approve=yes)
    assert told(team, "tell")[-1]["content"] == "first\n\nsecond\n\nthird"
    assert (result.final_output, result.usage.requests, result.turns) == ("all", 7, 7)
    assert sorted(call.output or "" for call in result.tool_calls) == sorted(done(file))


def test_a_loop_goes_on_in_its_round(write: Write) -> None:
    file = flow(write, LOOP)
    first = waits(scripted(file, {"clerk": [[1]]}))
    team = scripted(file, {"clerk": ["one", [2]], "tell": ["on"]})
    second = waits(team, saved(first), approve=only(1))
    state = saved(second)
    rounds = [(one["visit"]["step"], one["visit"]["rounds"]) for one in state.workflow["done"]]
    assert rounds == [("clerk", [0]), ("tell", [0])]
    assert state.workflow["waiting"][0]["visit"]["rounds"] == [1]
    result = yamlagents.run_sync(
        scripted(file, {"clerk": ["two"], "tell": ["stop"]}), state, approve=yes
    )
    assert (result.final_output, done(file)) == ("stop", ["paid 1 to ada", "paid 2 to ada"])


def test_loops_in_loops_keep_their_rounds(write: Write) -> None:
    inner = "{loop: [{agent: clerk, input: input}], max_rounds: 2}"
    file = flow(write, f"workflow: {{loop: [{inner}], max_rounds: 2}}\n")
    team = scripted(file, {"clerk": ["a", "b", [3]]})
    state = saved(waits(team))
    assert [one["visit"]["rounds"] for one in state.workflow["done"]] == [[0, 0], [0, 1]]
    assert state.workflow["waiting"][0]["visit"]["rounds"] == [1, 0]
    result = yamlagents.run_sync(scripted(file, {"clerk": ["c", "d"]}), state, approve=yes)
    assert (result.final_output, result.turns) == ("d", 5)


def test_each_item_goes_on_by_itself(write: Write) -> None:
    output = "output_type: {type: object, properties: {sums: {type: array}}}"
    agents = AGENTS.replace("Tell.,", f"Tell., {output},")
    steps = "[{agent: tell}, {agent: clerk, each: tell.sums}]"
    file = flow(write, f"workflow: {{sequence: {steps}}}\n", agents=agents)
    plan = '{"sums": ["one", "two", "three"]}'
    error = waits(scripted(file, {"tell": [plan], "clerk": [[1], [2], "no"]}))
    assert amounts(error.approvals) == [1, 2]
    state = saved(error)
    assert [one["visit"]["item"] for one in state.workflow["waiting"]] == [0, 1]
    result = yamlagents.run_sync(scripted(file, {"clerk": ["a", "b"]}), state, approve=yes)
    # Their tools run in threads: either may be the first to ask again.
    assert sorted(result.output[:2]) == ["a", "b"]
    assert result.output[2] == "no"


def test_conversations_go_on(write: Write) -> None:
    steps = "[{agent: till}, {agent: clerk}, {agent: tell, conversation: till}]"
    file = flow(write, f"workflow: {{sequence: {steps}}}\n")
    error = waits(scripted(file, {"till": ["hello"], "clerk": [[1]]}))
    team = scripted(file, {"clerk": ["paid"], "tell": ["bye"]})
    assert yamlagents.run_sync(team, saved(error), approve=yes).final_output == "bye"
    assert [item["role"] for item in told(team, "tell")] == ["user", "assistant"]
    histories = {one["visit"]["step"]: len(one["history"]) for one in saved(error).workflow["done"]}
    assert histories == {"till": 2}


def test_an_own_conversation_goes_on_in_a_loop(write: Write) -> None:
    loop = LOOP.replace("input: input}", "conversation: clerk}")
    file = flow(write, loop)
    error = waits(scripted(file, {"clerk": ["hello", [1]], "tell": ["on"]}))
    team = scripted(file, {"clerk": ["paid"], "tell": ["stop"]})
    yamlagents.run_sync(team, saved(error), approve=yes)
    said = [item.get("content") for item in told(team, "clerk") if item.get("role") == "user"]
    assert said == ["go", "on"]


def test_a_failure_beside_a_step_that_waits_fails(write: Write) -> None:
    steps = "workflow: {parallel: [{agent: clerk}, {agent: till}]}\n"
    file = flow(write, steps, "run: {max_turns: 1}\n")
    with pytest.raises(RunError) as failed:
        yamlagents.run_sync(scripted(file, {"clerk": [[1]], "till": [[2]]}), "go")
    assert (failed.value.code, failed.value.approvals) == ("max-turns", ())
    assert failed.value.result is not None
    assert failed.value.result.usage.requests == 2


def test_attachments_go_to_steps_after_it(write: Write) -> None:
    steps = "[{agent: clerk}, {agent: tell, input: input}]"
    file = flow(write, f"workflow: {{sequence: {steps}}}\n")
    note = write("note.txt", "A note.")
    error = waits(scripted(file, {"clerk": [[1]]}), attachments=[note])
    note.unlink()
    team = scripted(file, {"clerk": ["paid"], "tell": ["bye"]})
    yamlagents.run_sync(team, saved(error), approve=yes)
    assert "A note." in str(told(team, "tell"))


CONTEXT = """

def visit(context: RunContextWrapper, amount: int) -> str:
    context.context["seen"] = context.context.get("seen", 0) + amount
    return f"{context.context['seen']} {len(context.context['token'])}"
"""


def test_steps_share_the_context_that_goes_on(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "very-secret")
    visit = "{function: ./tools.py:visit, name_override: pay, needs_approval: true}"
    agents = AGENTS.replace(PAY, visit)
    steps = "workflow: {sequence: [{agent: clerk}, {agent: chief}]}\n"
    file = flow(write, steps, "run: {context: {token: '${TOKEN}'}}\n", agents)
    write("tools.py", f"from agents import RunContextWrapper\n{CONTEXT}")
    file.write_text(file.read_text().replace("./tools.py:pay", "./tools.py:visit"))
    first = waits(scripted(file, {"clerk": [[1]]}))
    second = waits(scripted(file, {"clerk": ["ok"], "chief": [[2]]}), saved(first), approve=only(1))
    assert "very-secret" not in saved(second).text
    team = scripted(file, {"chief": ["ok"]})
    result = yamlagents.run_sync(team, saved(second), approve=yes)
    assert [call.output for call in result.tool_calls] == ["1 11", "3 11"]


def test_streams_tell_it_alike(write: Write) -> None:
    file = flow(write)

    async def kinds(team: yamlagents.Team, input: str | SavedRun) -> list[Any]:
        return [event async for event in yamlagents.stream(team, input, approve=only(1))]

    first = asyncio.run(kinds(scripted(file, {"till": ["a"], "clerk": [[2]]}), "go"))
    assert type(first[-1]).__name__ == "RunFailed"
    team = scripted(file, {"clerk": ["paid"], "tell": ["bye"]})
    result = yamlagents.run_sync(team, saved(first[-1].error), approve=yes)
    assert result.final_output == "bye"


def test_what_steps_side_by_side_gave_is_known_after_all_ended(write: Write) -> None:
    branch = "{sequence: [{agent: clerk, input: input}, {agent: chief, input: [till, clerk]}]}"
    loop = f"{{loop: [{{parallel: [{{agent: till, input: input}}, {branch}]}}], max_rounds: 2}}"
    file = flow(write, f"workflow: {loop}\n")
    team = scripted(file, {"till": ["t1", "t2"], "clerk": ["c1", "c2"], "chief": ["x", "y"]})
    yamlagents.run_sync(team, "go")
    assert told(team, "chief")[-1]["content"] == "t1\n\nc2"
