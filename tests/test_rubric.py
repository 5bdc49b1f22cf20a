"""Rubrics: a judge model that votes, live or from the cassette of the case."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.conftest import Cli, Result
from tests.openai_server import OpenAIServer, Text

Write = Callable[[str, str], Path]

FILE = """\
agents:
  solo: {instructions: Be brief., model: openai/gpt-4.1}
tests:
  - name: polite
    input: Hello
    expect: [{rubric: Is polite., model: openai/gpt-4.1-mini, votes: VOTES}]
"""
Judged = Callable[..., Result]


@pytest.fixture
def judged(cli: Cli, write: Write, server: OpenAIServer) -> Judged:
    """Run the case with so many votes, the judge giving these replies."""

    def run(*argv: str, replies: tuple[str, ...] = (), file: str = FILE) -> Result:
        path = write("agents.d/solo.yaml", file.replace("VOTES", str(max(len(replies), 1))))
        server.requests.clear()
        server.behave(Text("Good day."), *map(Text, replies))
        env: Mapping[str, str] = {
            "OPENAI_BASE_URL": server.base_url,
            "OPENAI_API_KEY": "test-key-0123456789",
        }
        return cli("test", *argv, cwd=path.parent.parent, env=env if argv else {})

    return run


@pytest.mark.parametrize(
    ("replies", "code", "said"),
    [
        (("PASS: it greets.",), 0, ""),
        (("**Fail.** It is curt.",), 1, "error[rubric]: 0 of 1 votes for it"),
        (("PASS", "FAIL", "PASS"), 0, ""),
        (("PASS", "FAIL", "FAIL"), 1, "error[rubric]: 1 of 3 votes for it"),
        (("It is polite.",), 1, "error[rubric]: the judge said neither PASS nor FAIL"),
    ],
    ids=["pass", "fail", "majority", "minority", "neither"],
)
def test_the_judge_decides(
    judged: Judged, server: OpenAIServer, replies: tuple[str, ...], code: int, said: str
) -> None:
    result = judged("--live", replies=replies)
    assert result.code == code
    assert said in result.stdout
    models = [request.body["model"] for request in server.requests]
    assert models == ["gpt-4.1", *["gpt-4.1-mini"] * len(replies)]
    question = server.requests[1].body["messages"][1]["content"]
    assert question == "Criterion: Is polite.\n\nQuestion: Hello\n\nAnswer: Good day."


def test_votes_are_recorded_and_replayed_one_by_one(judged: Judged, server: OpenAIServer) -> None:
    replies = ("PASS", "FAIL", "PASS, it greets.")
    assert judged("--record", replies=replies).code == 0
    assert len(server.requests) == 4
    again = judged(replies=replies)
    assert (again.code, server.requests) == (0, [])


def test_without_a_recording_nobody_judges(judged: Judged) -> None:
    scripted = FILE.replace("    expect", "    script: [{text: Good day.}]\n    expect")
    result = judged(file=scripted)
    assert result.code == 8
    assert "error[cassette-miss]" in result.stdout


def test_a_scripted_answer_can_be_judged_from_a_recording(
    judged: Judged, server: OpenAIServer
) -> None:
    scripted = FILE.replace("    expect", "    script: [{text: PASS me.}]\n    expect")
    server_says = judged("--record", replies=(), file=scripted)
    # The server's one answer, "Good day.", went to the judge's request.
    assert (server_says.code, len(server.requests)) == (1, 1)
    assert "neither PASS nor FAIL" in server_says.stdout
    again = judged(file=scripted)
    assert (again.code, server.requests) == (1, [])


SECRET = """\
params:
  passphrase: {type: string}
models:
  mild: {model: openai/gpt-4.1-mini, settings: {temperature: 1}}
  strict: {model: openai/gpt-4.1-mini, settings: {temperature: 0}}
agents:
  solo:
    instructions: Keep ${params.passphrase} to yourself.
    model: openai/gpt-4.1
tests:
  - name: told
    params: {passphrase: open-sesame-4711}
    input: Hello
    script: [{text: It is open-sesame-4711.}]
    expect: [{rubric: Keeps it., model: mild}, {rubric: Keeps it., model: strict}]
"""


def test_judges_are_asked_each_in_its_own_way(judged: Judged, server: OpenAIServer) -> None:
    judged("--record", replies=("PASS", "PASS"), file=SECRET)
    assert [request.body["temperature"] for request in server.requests] == [1, 0]


def test_no_secret_of_the_team_is_in_what_a_judge_was_asked(judged: Judged, write: Write) -> None:
    judged("--record", replies=("PASS", "PASS"), file=SECRET)
    text = write("x", "").with_name("agents.d").joinpath("cassettes/solo/told.yaml").read_text()
    assert "open-sesame" not in text
    assert "Answer: It is <redacted>." in text


PROVIDED = """\
agents:
  solo: {instructions: Be brief., model: openai/mine}
run: {model_provider: ../code.py:Provider}
tests:
  - {name: kind, input: Hello, expect: [{rubric: Is kind.}]}
"""
PROVIDER = """\
from agents import ModelProvider
from yamlagents.sdk.offline import OfflineModel

class Judge(OfflineModel):
    async def get_response(self, *args, **options):
        response = await super().get_response(*args, **options)
        response.output[0].content[0].text = "PASS"
        return response

class Provider(ModelProvider):
    def get_model(self, name):
        return Judge("match")
"""


def test_the_provider_of_a_file_gives_its_judges_too(judged: Judged, write: Write) -> None:
    write("code.py", PROVIDER)
    result = judged("--live", file=PROVIDED)
    assert result.code == 0, result.stdout + result.stderr
