"""One context for all that belongs together: the messages of a talk, the turns of a case."""

from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.openai_server import Behaviour, OpenAIServer, Text, ToolCall
from tests.tested_project import Write

KEY = {"OPENAI_API_KEY": "test-key-0123456789"}
TEAM = """\
agents:
  a: {instructions: Count., model: openai/gpt-4.1, tools: [./code.py:count]}
run:
  context: CONTEXT
"""
# A file counts how often the context is made.
CODE = """\
from pathlib import Path
from agents import RunContextWrapper

MADE = Path(__file__).with_name("made.txt")

async def make():
    made = len(MADE.read_text()) if MADE.exists() else 0
    MADE.write_text("x" * (made + 1))
    if FIRST_FAILS and made == 0:
        raise LookupError("not yet")
    return {"seen": []}

def count(context: RunContextWrapper) -> str:
    '''Count the calls.'''
    context.context["seen"].append(1)
    return f"seen {len(context.context['seen'])}"
"""


@pytest.fixture(params=["{seen: []}", "./code.py:make"], ids=["values", "factory"])
def project(request: pytest.FixtureRequest, write: Write, server: OpenAIServer) -> Path:
    """Write a team whose tool counts in the context."""
    turns: list[Behaviour] = []
    for _ in range(4):
        turns += [ToolCall("count"), Text("Counted.")]
    server.behave(*turns)
    write("code.py", CODE.replace("FIRST_FAILS", "False"))
    return write("team.yaml", TEAM.replace("CONTEXT", request.param)).parent


def seen(server: OpenAIServer) -> list[str]:
    """Give the number of calls that each tool call has seen in its context."""
    last = [request.body["messages"][-1] for request in server.requests]
    return [message["content"].split()[1] for message in last if message["role"] == "tool"]


def chat(cli: Cli, project: Path, server: OpenAIServer, *lines: str) -> int:
    text = "".join(f"{line}\n" for line in lines)
    options = ("--base-url", server.base_url)
    return cli("chat", "team.yaml", *options, input=text, env=KEY, cwd=project).code


def test_a_talk_has_one(cli: Cli, project: Path, server: OpenAIServer) -> None:
    assert chat(cli, project, server, "one", "two", "three") == 0
    assert seen(server) == ["1", "2", "3"]
    made = project / "made.txt"
    assert not made.exists() or made.read_text() == "x"


def test_a_reset_begins_another(cli: Cli, project: Path, server: OpenAIServer) -> None:
    assert chat(cli, project, server, "one", "two", "/reset", "three") == 0
    assert seen(server) == ["1", "2", "1"]


def test_each_run_has_its_own(cli: Cli, project: Path, server: OpenAIServer) -> None:
    for _ in range(2):
        options = ("--base-url", server.base_url)
        assert cli("run", "team.yaml", "one", *options, env=KEY, cwd=project).code == 0
    assert seen(server) == ["1", "1"]


def test_one_that_could_not_be_made_is_made_with_the_next_message(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    server.behave(ToolCall("count"), Text("Counted."))
    write("code.py", CODE.replace("FIRST_FAILS", "True"))
    folder = write("team.yaml", TEAM.replace("CONTEXT", "./code.py:make")).parent
    assert chat(cli, folder, server, "one", "two") == 0
    assert seen(server) == ["1"]


CASES = """\
tests:
  - name: turns
    turns: [one, two]
    repeat: 2
    require: 2
    OWN
    script:
      - {tool_calls: [{name: count}]}
      - {text: Counted.}
      - {tool_calls: [{name: count}]}
      - {text: Counted.}
    expect: [{python: ./checks.py:is_one}]
"""
CHECK = """\
def is_one(run):
    outputs = [call.output for call in run.result.tool_calls]
    return outputs == ["seen 1", "seen 2"], str(outputs)
"""


@pytest.mark.parametrize("own", ["context: {seen: []}", "x-none: 1"], ids=["own", "of-file"])
def test_the_turns_of_a_case_have_one(cli: Cli, write: Write, project: Path, own: str) -> None:
    write("checks.py", CHECK)
    write("team.yaml", (project / "team.yaml").read_text() + CASES.replace("OWN", own))
    result = cli("test", "team.yaml", cwd=project)
    assert result.code == 0, result.stdout


APPROVED = """\
agents:
  a:
    instructions: Count.
    model: openai/gpt-4.1
    tools: [{function: ./code.py:count, needs_approval: true}]
run:
  context: ./code.py:make
tests:
  - name: counts
    input: Count.
    approve: count
    script: [{tool_calls: [{name: count, arguments: {}}]}, {text: Counted.}]
    expect: [{contains: Counted}]
"""


def test_a_context_that_fails_fails_the_case_that_approves(write: Write, cli: Cli) -> None:
    write("code.py", CODE.replace("FIRST_FAILS", "True"))
    path = write("team.yaml", APPROVED)
    result = cli("test", path.name, cwd=path.parent)
    assert result.code == 1
    assert "error[code-failed]: the run failed: the project's own code failed" in result.stdout
    assert "LookupError: not yet" in result.stdout
