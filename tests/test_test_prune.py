"""`yamlagents test --prune`: what no test uses goes, and everything else stays."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli, Result
from tests.openai_server import OpenAIServer, Text

Write = Callable[[str, str], Path]

AGENT = "agents:\n  solo: {instructions: Be brief., model: openai/gpt-4.1}\ntests:\n"
HELLO = "  - {name: Says hello!, input: Hello, expect: [{contains: Hello}]}\n"
BYE = "  - {name: says bye, input: Bye, repeat: 2, expect: [{contains: server}]}\n"
Tested = Callable[..., Result]


@pytest.fixture
def path(write: Write) -> Path:
    return write("agents.d/solo.yaml", AGENT + HELLO + BYE)


@pytest.fixture
def folder(path: Path) -> Path:
    return path.with_name("cassettes")


@pytest.fixture
def tested(cli: Cli, path: Path, server: OpenAIServer) -> Tested:
    """Run the tests, after they were recorded once."""
    env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
    root = path.parent.parent
    assert cli("test", "--record", cwd=root, env=env).code == 0

    def run(*argv: str) -> Result:
        return cli("test", *argv, cwd=root, env=env if "--record" in " ".join(argv) else {})

    return run


def cassettes(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in paths}


def told(result: Result) -> list[str]:
    return [line for line in result.stderr.splitlines() if line.startswith(("removed", "would"))]


def test_nothing_is_pruned_of_what_is_used(tested: Tested, folder: Path) -> None:
    before = cassettes(folder)
    result = tested("--prune")
    assert (result.code, cassettes(folder)) == (0, before)
    assert "nothing to prune" in result.stderr


def test_an_exchange_that_nobody_asks_for_goes(tested: Tested, folder: Path, path: Path) -> None:
    hello = cassettes(folder)["solo/says-hello.yaml"]
    path.write_text(AGENT + HELLO + BYE.replace("repeat: 2", "repeat: 1"))
    result = tested("--prune")
    assert result.code == 0
    assert told(result) == ["removed exchange 2 (solo) of agents.d/cassettes/solo/says-bye.yaml"]
    after = cassettes(folder)
    assert after["solo/says-bye.yaml"].count("- exchange:") == 1
    assert after["solo/says-hello.yaml"] == hello
    assert tested().code == 0


def test_what_a_new_recording_made_unused_goes_with_it(
    tested: Tested, folder: Path, path: Path, server: OpenAIServer
) -> None:
    path.write_text(AGENT + HELLO.replace("input: Hello", "input: Hello you") + BYE)
    server.behave(Text("Hello again."))
    result = tested("--record-mode", "new", "--prune")
    assert told(result) == ["removed exchange 1 (solo) of agents.d/cassettes/solo/says-hello.yaml"]
    assert "Hello again." in cassettes(folder)["solo/says-hello.yaml"]
    assert tested().code == 0


def test_the_cassette_of_a_test_that_is_gone_goes(tested: Tested, folder: Path, path: Path) -> None:
    path.write_text(AGENT + HELLO)
    result = tested("--prune")
    assert told(result) == ["removed agents.d/cassettes/solo/says-bye.yaml"]
    assert list(cassettes(folder)) == ["solo/says-hello.yaml"]


@pytest.mark.parametrize("change", ["script: [{text: Hello}]", "model: offline/match"])
def test_the_cassette_of_a_test_that_needs_none_goes(
    tested: Tested, folder: Path, path: Path, change: str
) -> None:
    hello = HELLO.replace("contains: Hello", "turns: 1")
    path.write_text(AGENT + hello.replace("input: Hello", f"input: Hello, {change}") + BYE)
    assert told(tested("--prune")) == ["removed agents.d/cassettes/solo/says-hello.yaml"]
    assert list(cassettes(folder)) == ["solo/says-bye.yaml"]


def test_folders_left_empty_go(tested: Tested, folder: Path, path: Path, write: Write) -> None:
    path.write_text(AGENT.removesuffix("tests:\n"))
    write("agents.d/other.yaml", AGENT + HELLO.replace("input", "script: [{text: Hello}], input"))
    assert told(tested("--prune")) == [
        "removed agents.d/cassettes/solo/says-bye.yaml",
        "removed agents.d/cassettes/solo/says-hello.yaml",
        "removed agents.d/cassettes/solo/",
        "removed agents.d/cassettes/",
    ]
    assert not folder.exists()


@pytest.mark.parametrize(("argv", "gone"), [((), True), (("agents.d/other.yaml",), False)])
def test_cassettes_of_a_file_that_is_gone_go_with_the_whole_folder_alone(
    tested: Tested, folder: Path, path: Path, write: Write, argv: tuple[str, ...], gone: bool
) -> None:
    path.unlink()
    write("agents.d/other.yaml", AGENT + HELLO.replace("input", "script: [{text: Hello}], input"))
    assert tested("--prune", *argv).code == 0
    assert (not folder.exists()) is gone


def test_a_dry_run_tells_all_and_removes_nothing(tested: Tested, folder: Path, path: Path) -> None:
    path.write_text(AGENT + BYE.replace("repeat: 2", "repeat: 1"))
    before = cassettes(folder)
    assert told(tested("--prune", "--dry-run")) == [
        "would remove exchange 2 (solo) of agents.d/cassettes/solo/says-bye.yaml",
        "would remove agents.d/cassettes/solo/says-hello.yaml",
    ]
    assert cassettes(folder) == before


FAILING = [
    (BYE.replace("server", "nothing"), 1),
    (BYE.replace("Bye", "Farewell"), 8),
    (BYE.replace("repeat: 2", "repeat: 3, require: 2"), 8),
]


@pytest.mark.parametrize(("bye", "code"), FAILING, ids=["fails", "misses", "flaky"])
def test_nothing_of_a_file_goes_unless_all_its_tests_pass(
    tested: Tested, folder: Path, path: Path, bye: str, code: int
) -> None:
    path.write_text(AGENT + bye + HELLO.replace("Says hello!", "Greets"))
    (folder / "solo" / "says-hello.yaml").rename(folder / "solo" / "greets.yaml")
    (folder / "solo" / "old.yaml").write_text((folder / "solo" / "greets.yaml").read_text())
    before = cassettes(folder)
    result = tested("--prune")
    assert (result.code, cassettes(folder)) == (code, before)
    assert "not pruned: the cassettes of agents.d/solo.yaml: not every" in result.stderr
    assert "run of 'says bye' passed" in result.stderr
    assert "nothing to prune" not in result.stderr


def test_only_what_can_be_read_as_a_cassette_goes(
    tested: Tested, folder: Path, path: Path, tmp_path: Path
) -> None:
    solo = folder / "solo"
    (solo / "notes.yaml").write_text("version: 1\nagents: {a: {model: x}}\n")
    (solo / "notes.txt").write_text("mine")
    (solo / ".hidden.yaml").write_text((solo / "says-bye.yaml").read_text())
    outside = tmp_path / "outside.yaml"
    outside.write_text((solo / "says-bye.yaml").read_text())
    os.symlink(outside, solo / "link.yaml")
    os.symlink(tmp_path, folder / "elsewhere")
    path.write_text(AGENT + HELLO)
    result = tested("--prune")
    assert told(result) == ["removed agents.d/cassettes/solo/says-bye.yaml"]
    assert "agents.d/cassettes/solo/notes.yaml: it cannot be read as a cassette" in result.stderr
    left = {".hidden.yaml", "link.yaml", "notes.txt", "notes.yaml", "says-hello.yaml"}
    assert set(os.listdir(solo)) == left
    assert outside.exists()


def test_cassettes_of_the_models_of_a_matrix_stay(tested: Tested, folder: Path, path: Path) -> None:
    models = "model=openai/gpt-4.1,openai/gpt-4.1-mini"
    assert tested("--record", "--matrix", models).code == 0
    before = cassettes(folder)
    assert len(before) == 6
    assert tested("--prune").code == tested("--prune", "--matrix", models).code == 0
    assert cassettes(folder) == before
    path.write_text(AGENT + BYE)
    tested("--prune")
    assert all(name.startswith("solo/says-bye") for name in cassettes(folder))


def test_files_that_share_a_folder_of_cassettes_keep_each_others(
    tested: Tested, folder: Path, path: Path, write: Write
) -> None:
    path.write_text(AGENT + HELLO)
    write("agents.d/solo.yml", AGENT + BYE)
    result = tested("--prune")
    assert "two agent files share the folder" in result.stderr
    assert set(cassettes(folder)) == {"solo/says-bye.yaml", "solo/says-hello.yaml"}


@pytest.mark.parametrize(
    "argv", [("-k", "hello"), ("--tag", "x"), ("--last-failed",), ("--live",)], ids=" ".join
)
def test_part_of_the_tests_does_not_show_what_is_unused(
    cli: Cli, path: Path, argv: tuple[str, ...]
) -> None:
    result = cli("test", "--prune", *argv, cwd=path.parent.parent)
    assert result.code == 2
    assert f"--prune does not go with {argv[0]}" in result.stderr


def test_a_dry_run_of_nothing_is_refused(cli: Cli, path: Path) -> None:
    result = cli("test", "--dry-run", cwd=path.parent.parent)
    assert result.code == 2
    assert "--dry-run is about --update and --prune" in result.stderr
