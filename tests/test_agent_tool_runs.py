"""Runs of agents as tools: what they remember, how they go, and conversations that OpenAI keeps."""

from __future__ import annotations

from typing import Any

import pytest
from agents.testing import ScriptedModel, assistant_message, function_call

import yamlagents
from tests.conftest import Cli
from tests.openai_server import OpenAIServer
from tests.tested_project import Write
from yamlagents.sdk.offline import OfflineModel

FILE = """\
agents:
  boss: {instructions: Ask., model: MODEL, tools: [{agent: clerk, OPTIONS}]}
  clerk: {instructions: Count., model: MODEL, tools: [./code.py:count], handoffs: [other]}
  other: {instructions: Rest., model: MODEL}
"""
CODE = '''\
def count(item: str) -> str:
    """Count an item."""
    return f"7 {item}"


def merged(history, new):
    print("merging", len(history), len(new))
    return history + new


def shout(data):
    print("filtering", data.agent.name)
    return data.model_data


def store(session_id):
    raise SystemExit("this store is not for tests")
'''
TESTS = """\
tests:
  - name: asks twice
    input: Go.
    script:
      - tool_calls: [{name: clerk, arguments: {input: One.}}]
      - text: Counted.
      - tool_calls: [{name: clerk, arguments: {input: Two.}}]
      - text: Counted again.
      - text: Done.
    expect: [{equals: Done.}]
"""


def written(write: Write, options: str, tests: str = TESTS, model: str = "offline/match") -> Any:
    write("code.py", CODE)
    text = FILE.replace("OPTIONS", options).replace("MODEL", model)
    return write("a.yaml", text + tests)


MERGED = "run_config: {session_input_callback: ./code.py:merged}"


def test_each_call_goes_on_with_the_session(cli: Cli, write: Write) -> None:
    folder = written(write, f"session: {{id: desk}}, {MERGED}", tests="").parent
    for number in (0, 2):
        ran = cli("run", "a.yaml", "clerk: input hello", cwd=folder)
        assert (ran.code, f"merging {number} 1" in ran.stderr) == (0, True), ran.stderr
    assert cli("sessions", "list", "a.yaml", cwd=folder).stdout.splitlines()[1].split()[0] == "desk"
    assert (folder / ".yamlagents" / "sessions.db").is_file()


@pytest.mark.parametrize(
    "session",
    ["{id: desk}", "{use: './code.py:store', id: desk}", "{type: redis, url: '${NO}', id: desk}"],
    ids=["file", "code", "unset"],
)
def test_a_test_leaves_the_store_alone_and_remembers(session: str, cli: Cli, write: Write) -> None:
    folder = written(write, f"session: {session}, {MERGED}").parent
    ran = cli("test", "a.yaml", cwd=folder)
    assert ran.code == 0, ran.stdout
    said = [line for line in ran.stderr.splitlines() if line.startswith("merging")]
    assert said == ["merging 0 1", "merging 2 1"]
    assert cli("smoke", "a.yaml", cwd=folder).code == 0
    assert not (folder / ".yamlagents").exists()


def test_a_limit_of_the_session_holds(cli: Cli, write: Write) -> None:
    options = f"session: {{id: desk, session_settings: {{limit: 1}}}}, {MERGED}"
    ran = cli("test", written(write, options))
    assert "merging 1 1" in ran.stderr


def test_what_a_session_says_is_recorded_and_replayed(
    cli: Cli, write: Write, server: OpenAIServer
) -> None:
    tests = "tests: [{name: t, input: Go., expect: [{contains: i}]}]\n"
    file = written(write, "session: {id: desk}", tests, "openai/gpt-4.1")
    access = {"OPENAI_API_KEY": "sk-of-a-test", "OPENAI_BASE_URL": server.base_url}
    assert cli("test", file, "--record", env=access).code == 0
    asked = len(server.requests)
    assert cli("test", file, env={"OPENAI_BASE_URL": "http://127.0.0.1:1"}).code == 0
    assert len(server.requests) == asked > 2


def test_a_session_is_kept_once_by_a_call_that_waited(cli: Cli, write: Write) -> None:
    file = written(write, "session: {id: desk}", tests="")
    asks = "tools: [{function: './code.py:count', needs_approval: true}]"
    file.write_text(file.read_text().replace("tools: [./code.py:count]", asks))
    assert cli("run", file, "clerk: input 'count item tea'").code == 7
    (state,) = (file.parent / ".yamlagents" / "state").glob("*.json")
    assert cli("resume", state, "--approve", "*").code == 0
    said = cli("sessions", "show", file, "desk").stdout.splitlines()
    assert [line.split()[0] for line in said] == ["user:", "calls", "returns", "assistant:"]


REDIS = "{type: redis, url: '${STORE}', id: desk}"


def test_a_store_that_cannot_be_reached_is_told(cli: Cli, write: Write) -> None:
    file = written(write, f"session: {REDIS}", tests="")
    ran = cli("run", file, "clerk: input hello")
    assert (ran.code, "a.yaml:2:103: error[unset-variable]" in ran.stderr) == (2, True), ran.stderr
    address = {"STORE": "redis://u:canary-of-a-store@127.0.0.1:1/0"}
    ran = cli("run", file, "clerk: input hello", env=address)
    assert (ran.code, "the session 'desk' (" in ran.stderr) == (4, True), ran.stderr
    assert "canary-of-a-store" not in ran.stderr + ran.stdout


def test_the_run_inside_goes_as_the_file_says(cli: Cli, write: Write) -> None:
    options = "run_config: {call_model_input_filter: ./code.py:shout}"
    ran = cli("test", written(write, options))
    said = [line for line in ran.stderr.splitlines() if line.startswith("filtering")]
    assert (ran.code, said) == (0, ["filtering clerk"] * 2)


@pytest.mark.parametrize(
    ("behavior", "error"),
    [("raise_error", "Tool nothing not found in agent clerk"), ("return_error_to_model", None)],
)
def test_only_the_run_inside_has_its_config(write: Write, behavior: str, error: str | None) -> None:
    file = written(write, f"run_config: {{tool_not_found_behavior: {behavior}}}", tests="")
    asked = [("nothing", {}), ("clerk", {"input": "Go."}), ("nothing", {})]
    calls: list[Any] = [[function_call(*call, call_id=f"c{n}")] for n, call in enumerate(asked)]
    model = ScriptedModel([*calls, [assistant_message("Done.")], [assistant_message("Done.")]])
    team = yamlagents.assemble(yamlagents.load(file), models=lambda _: model)
    result = yamlagents.run_sync(team, "Go.")
    assert result.final_output == "Done."
    (call,) = [call for call in result.tool_calls if call.name == "clerk"]
    assert (error is None) == (call.error is None)
    assert error is None or error in str(call.error)


MISTAKES = {
    "another API": ("conversation_id: conv_1", "openai/gpt-4.1", "needs-responses", "'clerk'"),
    "two conversations": (
        "conversation_id: conv_1, previous_response_id: resp_1",
        "offline/match",
        "conflicting-keys",
        "exclude each other",
    ),
    "session beside": (
        "conversation_id: conv_1, session: {id: desk}",
        "offline/match",
        "conflicting-keys",
        "both keep the conversation",
    ),
    "session without a name": ("session: sqlite", "offline/match", "required-key", "needs a name"),
    "compaction": (
        "session: {type: compaction, id: desk}",
        "offline/match",
        "bad-value",
        "is not shortened",
    ),
    "blocking driver": (
        "session: {type: sqlalchemy, id: desk, url: 'postgresql+psycopg2://h/d'}",
        "offline/match",
        "bad-value",
        "asyncpg",
    ),
    "code": (
        "run_config: {handoff_input_filter: './code.py:nobody'}",
        "offline/match",
        "missing-name",
        "nobody",
    ),
    "trimmed tool": (
        "run_config: {call_model_input_filter: {tool_output_trimmer: {trimmable_tools: [wipe]}}}",
        "offline/match",
        "no-effect",
        "no agent has a tool 'wipe'",
    ),
    "field of the agent": ("run_config: {model: a/b}", "offline/match", "unknown-key", "'model'"),
}


@pytest.mark.parametrize(("options", "model", "code", "said"), MISTAKES.values(), ids=MISTAKES)
def test_what_a_run_inside_cannot_have_is_told(
    cli: Cli, write: Write, options: str, model: str, code: str, said: str
) -> None:
    ran = cli("validate", written(write, options, tests="", model=model))
    assert f"[{code}]" in ran.stdout
    assert said in ran.stdout


def test_an_agent_that_is_handed_to_has_to_keep_the_conversation_too(
    cli: Cli, write: Write
) -> None:
    models = "models: {m: {model: openai/gpt-4.1, provider: openai_responses}}\n"
    file = written(write, "conversation_id: conv_1", tests=models, model="m")
    assert cli("validate", file).code == 0
    file.write_text(file.read_text().replace("Rest., model: m", "Rest., model: openai/gpt-4.1"))
    assert "does nothing for the agent 'other'" in cli("validate", file).stdout


class _Asked(OfflineModel):
    """An offline model that goes by another name, and keeps what it is asked."""

    def __init__(self, asked: list[Any]) -> None:
        super().__init__("match")
        self.model = "openai/gpt-4.1"
        self.asked = asked

    async def get_response(self, *args: Any, **options: Any) -> Any:
        self.asked.append((options["conversation_id"], options["previous_response_id"]))
        return await super().get_response(*args, **options)


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ("conversation_id: conv_1", ("conv_1", None)),
        ("previous_response_id: resp_1", (None, "resp_1")),
    ],
)
def test_a_conversation_of_the_tool_goes_on_at_openai(
    write: Write, options: str, sent: tuple[str | None, str | None]
) -> None:
    models = "models: {m: {model: openai/gpt-4.1, provider: openai_responses}}\n"
    spec = yamlagents.load(written(write, options, tests=models, model="m"))
    asked: list[Any] = []
    team = yamlagents.assemble(spec, models=lambda _: _Asked(asked))
    yamlagents.run_sync(team, "clerk: input hello")
    assert asked[:2] == [(None, None), sent]
    # What stands in for OpenAI has nothing but what it is sent.
    team = yamlagents.assemble(spec, models=yamlagents.offline)
    assert yamlagents.run_sync(team, "clerk: input hello").tool_calls[0].error is None
