"""`yamlagents test` on recordings: without server, key or network, and after a change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Cli, Result
from tests.cut_off import cut_off
from tests.openai_server import OpenAIServer
from tests.recorded_project import FILE, Record, cassettes, recorder, write_project
from tests.recording import Write

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(write: Write) -> Path:
    return write_project(write)


@pytest.fixture
def record(cli: Cli, folder: Path, server: OpenAIServer) -> Record:
    return recorder(cli, folder, server)


def timeless(result: Result) -> list[dict[str, object]]:
    """Give the cases of a report without how long they took."""
    return [{**case, "seconds": 0} for case in json.loads(result.stdout)["cases"]]


@pytest.mark.parametrize("stream", ["--stream", "--no-stream"])
@pytest.mark.parametrize("matrix", [(), ("--matrix", "model=openai/gpt-4.1,openai/gpt-4.1-mini")])
def test_a_recording_is_all_that_a_replay_needs(
    record: Record, server: OpenAIServer, folder: Path, stream: str, matrix: tuple[str, ...]
) -> None:
    options = ("--format", "json", "-j", "4", *matrix)
    recorded = record("--record", stream, *options)
    assert recorded.code == 0
    server.__exit__()
    before = cassettes(folder)
    other = "--no-stream" if stream == "--stream" else "--stream"
    for how in (stream, other):
        replayed = cut_off("test", "team.yaml", how, *options, cwd=folder)
        assert (replayed.code, timeless(replayed)) == (0, timeless(recorded)), replayed.stderr
    assert cassettes(folder) == before


def test_a_network_that_is_cut_off_is_none(folder: Path, server: OpenAIServer) -> None:
    options = ("--base-url", server.base_url, "--api-key", "test-key")
    result = cut_off("run", "team.yaml", "Hello", *options, cwd=folder)
    assert (result.code != 0, server.requests) == (True, [])


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        pytest.param(
            "team.yaml",
            "Be kind.",
            "Be terse.",
            "instructions of `weather` changed at team.yaml:7\n"
            "   You only respond in haikus.\n  -Be kind.\n  +Be terse.",
            id="word",
        ),
        pytest.param(
            "tools.py",
            "(city: str)",
            '(city: str, unit: str = "C")',
            "schema of tool get_weather gained `unit` at team.yaml:11",
            id="parameter added",
        ),
        pytest.param(
            "tools.py",
            "(city: str)",
            "(town: str)",
            "schema of tool get_weather lost `city` at team.yaml:11\n"
            "schema of tool get_weather gained `town` at team.yaml:11",
            id="parameter renamed",
        ),
        pytest.param(
            "team.yaml",
            "temperature: 0.2",
            "temperature: 0.7",
            "temperature of `weather` changed from 0.2 to 0.7 at team.yaml:4",
            id="setting",
        ),
        pytest.param(
            "team.yaml",
            "What's the weather in Tokyo?",
            "What's the weather in Kyoto?",
            "item 1 of the input of `weather` differs: recorded was",
            id="input",
        ),
    ],
)
def test_one_change_is_named_and_nothing_else(
    record: Record, folder: Path, file: str, old: str, new: str, said: str
) -> None:
    assert record("--record").code == 0
    text = (folder / file).read_text()
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new))
    # Tools are imported once in a process, so a change of them is seen by another.
    result = cut_off("test", "team.yaml", "-k", "tokyo", "--format", "json", cwd=folder)
    (failure,) = json.loads(result.stdout)["cases"][0]["failures"]
    head = "the run failed: the case 'tokyo': exchange 1 of cassettes/team/tokyo.yaml is stale: "
    assert (result.code, failure["kind"]) == (8, "cassette-stale")
    assert failure["message"].startswith(head + said)
    assert failure["message"].count(" changed") == int(" changed" in said)
    assert 'record it anew: yamlagents test team.yaml -k "tokyo" --record' in failure["actual"]


def test_a_change_makes_all_stale_that_it_concerns(record: Record, folder: Path) -> None:
    record("--record")
    path = folder / "team.yaml"
    path.write_text(FILE.replace("Say it plainly.", "Say it simply."))
    result = cut_off("test", "team.yaml", "--format", "json", cwd=folder)
    outcomes = {case["name"]: case["outcome"] for case in json.loads(result.stdout)["cases"]}
    assert result.code == 8
    assert [name for name, outcome in outcomes.items() if outcome == "error"] == ["handed on"]
