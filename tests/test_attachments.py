"""Images, PDFs and texts beside a message: what is sent, shown and recorded."""

import json
from pathlib import Path

import pytest
import yaml

import yamlagents
from tests.attached_project import (
    FILES,
    IMAGE_URL,
    NOTES,
    PDF_DATA,
    PNG,
    TEAM,
    Run,
    Write,
    attach,
    said,
)
from tests.attached_project import attached_run as attached_run
from tests.conftest import Cli
from tests.openai_server import OpenAIServer, Text
from tests.responses_server import ResponsesServer


@pytest.fixture
def team(run: Run, tmp_path: Path) -> yamlagents.Team:
    """Assemble the team offline."""
    return yamlagents.assemble(yamlagents.load(tmp_path / "team.yaml"), models=yamlagents.offline)


@pytest.fixture
def recorded(run: Run) -> Run:
    """Record the test of the team, and give the call for more."""
    assert run("test", "--record").code == 0
    return run


def test_a_chat_completion_holds_what_openai_documents(run: Run, server: OpenAIServer) -> None:
    address = "https://example.com/cat.jpg?size=big"
    result = run("run", "What is it?", *attach(*FILES, address))
    assert (result.code, result.stderr) == (0, "")
    assert said(server)[1] == [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": IMAGE_URL},
        {"type": "file", "file": PDF_DATA},
        {"type": "text", "text": NOTES},
        {"type": "image_url", "image_url": {"url": address, "detail": "auto"}},
    ]


def test_a_response_holds_what_openai_documents(run: Run, write: Write) -> None:
    with ResponsesServer() as server:
        reached = (
            f"{{model: openai/gpt-4.1, provider: openai_responses, base_url: {server.base_url}}}"
        )
        write("team.yaml", f"models: {{a: {reached}}}\nagents: {{clerk: {{model: a}}}}\n")
        assert run("run", "What is it?", *attach("photo.png", "report.pdf")).code == 0
        assert server.requests[0].body["input"][0]["content"] == [
            {"type": "input_text", "text": "What is it?"},
            {"type": "input_image", "image_url": IMAGE_URL["url"], "detail": "auto"},
            {"type": "input_file", **PDF_DATA},
        ]


def test_events_show_names_and_no_contents(run: Run) -> None:
    result = run("run", "What is it?", "--events", *attach(*FILES))
    assert json.loads(result.stdout.splitlines()[0])["attachments"] == list(FILES)
    assert "base64" not in result.stdout
    assert "Paid" not in result.stdout


def test_a_session_holds_them_and_shows_their_names(
    run: Run, cli: Cli, server: OpenAIServer, tmp_path: Path
) -> None:
    run("run", "What is it?", *attach(*FILES), "--session", "ada")
    run("run", "Really?", "--session", "ada")
    assert [type(content) for content in said(server)[1:]] == [list, str, str]
    shown = cli("sessions", "show", "team.yaml", "ada", cwd=tmp_path).stdout
    files = "(input_image) (input_file report.pdf) (file notes.md)"
    assert shown.splitlines()[0] == f"user: What is it? {files}"


def test_python_takes_paths_and_addresses(team: yamlagents.Team, tmp_path: Path) -> None:
    result = yamlagents.run_sync(
        team,
        "",
        attachments=[tmp_path / "photo.png", str(tmp_path / "notes.md"), "https://example.com/cat"],
    )
    content = result.history[0]["content"]
    assert [part["type"] for part in content] == ["input_image", "input_text", "input_image"]


def test_python_is_told_what_cannot_be_attached(team: yamlagents.Team, tmp_path: Path) -> None:
    with pytest.raises(yamlagents.SpecError) as caught:
        yamlagents.run_sync(team, "Hi", attachments=[tmp_path / "photo.pgn", tmp_path])
    codes = [problem.code for problem in caught.value.problems]
    assert codes == ["missing-file", "missing-file"]
    assert "photo.pgn'" in str(caught.value)


def test_a_recording_holds_digests(recorded: Run, server: OpenAIServer, tmp_path: Path) -> None:
    text = (tmp_path / "cassettes/team/receipt.yaml").read_text()
    assert ("base64" in text, "Paid" in text) == (False, False)
    first = yaml.safe_load(text)["exchanges"][0]["input"][0]["content"]
    assert first[1]["image_url"].startswith("data:image/png;sha256,")
    assert first[2]["file_data"].startswith("data:application/pdf;sha256,")
    assert first[3]["text"].startswith('<file name="notes.md">\nsha256:')
    # They went with the first turn, and stayed in the conversation of the second.
    assert [type(content) for content in said(server)[1:]] == [list, str, str]
    assert (recorded("test").code, len(server.requests)) == (0, 2)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_makes_a_recording_stale(recorded: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name] + b"more")
    result = recorded("test")
    assert result.code == 8
    assert f"the attachment {name} changed: recorded was " in result.stdout


@pytest.mark.parametrize(
    ("listed", "change"),
    [
        ("photo.png, report.pdf", "the attachment notes.md is gone: it was notes.md (sha256:"),
        ("photo.png, report.pdf, notes.md, other.png", "the attachment other.png is new"),
    ],
    ids=["fewer", "more"],
)
def test_another_list_makes_a_recording_stale(
    recorded: Run, write: Write, tmp_path: Path, listed: str, change: str
) -> None:
    (tmp_path / "other.png").write_bytes(PNG)
    write("team.yaml", TEAM.replace("photo.png, report.pdf, notes.md", listed))
    result = recorded("test")
    assert (result.code, change in result.stdout) == (8, True)


def test_a_failed_test_shows_what_was_attached(run: Run, write: Write) -> None:
    script = "script: [{text: One.}, {text: Two.}]\n    expect: [{contains: Three}]"
    write("team.yaml", TEAM.replace("expect: [{contains: server}]", script))
    result = run("test")
    assert result.code == 1
    assert "What is it? [attached: photo.png, report.pdf, notes.md]" in result.stdout
    assert result.stdout.count("[attached") == 1


WORKFLOW = """\
agents:
  reader: {model: openai/gpt-4.1}
  judge: {model: openai/gpt-4.1}
workflow:
  sequence:
    - agent: reader
    - agent: judge
    - {agent: judge, name: again, input: [input, judge]}
"""


def test_a_workflow_attaches_them_where_its_input_goes(
    run: Run, write: Write, server: OpenAIServer
) -> None:
    write("team.yaml", WORKFLOW)
    result = run("run", "Hi", "--events", *attach("photo.png"))
    contents = [request.body["messages"][-1]["content"] for request in server.requests]
    assert [type(content) for content in contents] == [list, str, list]
    assert contents[2][1]["image_url"] == IMAGE_URL
    assert json.loads(result.stdout.splitlines()[0])["attachments"] == ["photo.png"]


def test_a_judge_is_told_that_there_was_more(run: Run, write: Write, server: OpenAIServer) -> None:
    server.behave(Text("A cat."), Text("Yes."), Text("PASS. It is."))
    write("team.yaml", TEAM.replace("contains: server", "rubric: It is polite."))
    assert run("test", "--live").code == 0
    assert "[attached, and not shown here: photo.png, report.pdf, notes.md]" in said(server)[1]
