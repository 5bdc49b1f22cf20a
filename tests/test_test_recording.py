"""`yamlagents test --record`: what is asked, what is written, what is left alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli, Result
from tests.openai_faults import Status
from tests.openai_server import OpenAIServer, Text

Write = Callable[[str, str], Path]

FILE = """\
agents:
  solo: {instructions: Be brief., model: openai/gpt-4.1}
tests:
  - name: Says hello!
    input: Hello
    expect: [{contains: Hello}]
  - name: says bye
    input: Bye
    repeat: 2
    expect: [{contains: server}]
"""
Tested = Callable[..., Result]


@pytest.fixture
def tested(cli: Cli, write: Write, server: OpenAIServer) -> Tested:
    """Run the tests, with a key if anything is to be recorded."""
    path = write("agents.d/solo.yaml", FILE)

    def run(*argv: str) -> Result:
        server.requests.clear()
        env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
        return cli("test", *argv, cwd=path.parent.parent, env=env if argv else {})

    return run


def cassettes(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "agents.d" / "cassettes"
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.yaml")}


def test_each_case_gets_a_cassette_and_replays_from_it(
    tested: Tested, server: OpenAIServer, tmp_path: Path
) -> None:
    assert tested("--record").code == 0
    assert len(server.requests) == 3
    assert set(cassettes(tmp_path)) == {"solo/says-hello.yaml", "solo/says-bye.yaml"}
    again = tested()
    assert (again.code, server.requests) == (0, [])


def test_recording_anew_writes_the_same_again(
    tested: Tested, server: OpenAIServer, tmp_path: Path
) -> None:
    tested("--record")
    before = cassettes(tmp_path)
    assert tested("--record", "-j", "4").code == 0
    assert len(server.requests) == 3
    assert cassettes(tmp_path) == before


@pytest.mark.parametrize(("mode", "asked"), [("once", 0), ("new", 0), ("all", 3)])
def test_modes_say_whether_recordings_are_used(
    tested: Tested, server: OpenAIServer, mode: str, asked: int
) -> None:
    tested("--record")
    assert tested("--record-mode", mode).code == 0
    assert len(server.requests) == asked


@pytest.mark.parametrize(("mode", "code", "asked"), [("once", 8, 0), ("new", 0, 1), ("all", 0, 1)])
def test_modes_say_what_comes_of_a_changed_request(
    tested: Tested, server: OpenAIServer, tmp_path: Path, mode: str, code: int, asked: int
) -> None:
    tested("--record")
    path = tmp_path / "agents.d" / "solo.yaml"
    path.write_text(FILE.replace("input: Hello", "input: Good day"))
    assert tested("--record-mode", mode, "-k", "hello").code == code
    assert len(server.requests) == asked


def test_a_recording_that_fails_leaves_the_old_one(
    tested: Tested, server: OpenAIServer, tmp_path: Path
) -> None:
    tested("--record")
    before = cassettes(tmp_path)
    # The second attempt fails, when the first has been recorded.
    server.behave(Text("The server's other answer."), Status(500))
    assert tested("--record", "-k", "bye").code == 1
    assert cassettes(tmp_path) == before


def test_a_recording_of_an_answer_that_fails_its_test_is_kept(
    tested: Tested, server: OpenAIServer, tmp_path: Path
) -> None:
    server.behave(Text("Good day."))
    assert tested("--record", "-k", "hello").code == 1
    assert "Good day." in cassettes(tmp_path)["solo/says-hello.yaml"]
    again = tested()
    assert "Good day." in again.stdout


def test_attempts_that_were_never_recorded_are_no_flakes(tested: Tested, tmp_path: Path) -> None:
    tested("--record")
    path = tmp_path / "agents.d" / "solo.yaml"
    path.write_text(FILE.replace("repeat: 2", "repeat: 4\n    require: 2"))
    result = tested()
    assert result.code == 8
    assert "2 of 4 attempts passed" in result.stdout


def test_live_reads_and_writes_no_cassette(
    tested: Tested, server: OpenAIServer, tmp_path: Path
) -> None:
    assert tested("--live").code == 0
    assert len(server.requests) == 3
    assert cassettes(tmp_path) == {}


def test_each_model_of_a_matrix_has_its_own_cassette(
    tested: Tested, server: OpenAIServer, tmp_path: Path
) -> None:
    models = "model=openai/gpt-4.1,openai/gpt-4.1-mini"
    assert tested("--record", "--matrix", models, "-k", "hello").code == 0
    asked = [request.body["model"] for request in server.requests]
    assert asked == ["gpt-4.1", "gpt-4.1-mini"]
    assert set(cassettes(tmp_path)) == {
        "solo/says-hello@openai-gpt-4-1.yaml",
        "solo/says-hello@openai-gpt-4-1-mini.yaml",
    }
    server.behave(Status(500))
    assert tested("--matrix", models, "-k", "hello").code == 0


def test_what_changed_is_shown_line_by_line(tested: Tested, tmp_path: Path) -> None:
    tested("--record")
    path = tmp_path / "agents.d" / "solo.yaml"
    path.write_text(FILE.replace("Be brief.", "Be kind."))
    report = tmp_path / "report.md"
    result = tested("-k", "hello", "--output", f"markdown:{report}")
    assert (
        "solo.yaml is stale: instructions of `solo` changed at agents.d/solo.yaml:2\n"
        "    4 |   - name: Says hello!\n"
        "      |           ^^^^^^^^^^^\n"
        "    -Be brief.\n"
        "    +Be kind.\n"
        "  expected:  a run that ends\n"
    ) in result.stdout.replace("says-hello.yaml is", "solo.yaml is")
    assert "      -Be brief.\n      +Be kind.\n    expected: a run" in report.read_text()
