"""A file that is no saved run, or is one no more, is told to be none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.approval_project import Write, done, project, resumed, waiting
from tests.conftest import Cli
from yamlagents.waiting import SavedRun, seal


@pytest.fixture
def file(write: Write) -> Path:
    return project(write)


def sealed(data: dict[str, Any]) -> str:
    """Give a file that is as it was saved, as far as its digest tells."""
    kept = {key: value for key, value in data.items() if key not in ("yamlagents_state", "sha256")}
    return json.dumps({**data, "sha256": seal(kept)})


def without(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda data: data.pop(name)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda data: data.update(yamlagents_state=2), "another version of yamlagents saved it"),
        (without("yamlagents_state"), "it is no saved run"),
        (without("agents"), "'agents' is missing or is not what it should be"),
        (lambda data: data.update(run=[]), "'run' is missing or is not what it should be"),
        (lambda data: data.update(waiting=[1]), "'waiting' is not a list of calls"),
        (lambda data: data["so_far"].pop("usage"), "'so_far.usage' is missing"),
        (lambda data: data["so_far"]["usage"].update(requests="x"), "'so_far.usage.requests'"),
        (lambda data: data["command"].update(model=5), "its command has no 'model' like this"),
        (lambda data: data["command"].update(allow=[5]), "its command has no 'allow' like this"),
        (lambda data: data["command"].update(more=5), "its command has no 'more' like this"),
        (lambda data: data["command"].update(deny=["x y"]), "'x y' is no pattern"),
        (lambda data: data["run"].update({"$schemaVersion": "9.0"}), "the SDK does not take it"),
        (lambda data: data["run"].pop("current_agent"), "the SDK does not take it"),
        (lambda data: data["run"].update(context=5), "the SDK does not take it"),
    ],
)
def test_a_file_that_was_spoiled_is_refused(
    cli: Cli, file: Path, spoil: Callable[[Any], object], reason: str
) -> None:
    state = file.parent / waiting(cli, file)
    data = json.loads(state.read_text())
    spoil(data)
    state.write_text(sealed(data))
    result = resumed(cli, file, str(state), "--approve", "pay")
    error = json.loads(result.stdout)["error"]
    assert (result.code, error["code"], done(file)) == (2, "bad-state", [])
    assert reason in error["message"]
    assert state.read_text() == sealed(data)


PARTS = ["file", "definition", "agent", "input", "waiting", "agents", "so_far", "command"]
OTHERS: st.SearchStrategy[Any] = st.sampled_from(
    [None, 5, -1, 1e400, True, "x", [], {}, [5], {"x": 5}, [[]], {"x": {}}]
)


def spots(data: Any, keys: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give where anything is, however deep."""
    yield keys
    if isinstance(data, dict | list):
        for key in data if isinstance(data, dict) else range(len(data)):
            yield from spots(data[key], (*keys, key))


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_no_file_is_a_bug(cli: Cli, file: Path, data: st.DataObject) -> None:
    state = file.parent / "x.json"
    if not state.exists():
        waiting(cli, file, "--state", state.name)
    text = state.read_text()
    saved = json.loads(text)
    part = data.draw(st.sampled_from(PARTS))
    *above, last = data.draw(st.sampled_from([(part, *keys) for keys in spots(saved[part])]))
    reduce(getitem, above, saved)[last] = data.draw(OTHERS)
    state.write_text(sealed(saved))
    result = resumed(cli, file, "x.json", "--deny", "pay")
    state.write_text(text)
    assert result.code in (0, 2), result.stderr


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b"\xff", b"agents: {}", b"[" * 100_000, b"null"]
)
def test_a_file_of_another_kind_is_refused(cli: Cli, file: Path, content: bytes) -> None:
    (file.parent / "x.json").write_bytes(content)
    result = resumed(cli, file, "x.json")
    assert (result.code, json.loads(result.stdout)["error"]["code"]) == (2, "bad-state")


def test_a_folder_is_refused_like_any_other_file(cli: Cli, file: Path) -> None:
    (file.parent / "d").mkdir()
    result = cli("resume", "d", cwd=file.parent)
    assert result.code == 2
    assert "error[bad-state]: d cannot be used: is a directory" in result.stderr


def test_a_file_that_was_changed_anywhere_is_refused(cli: Cli, file: Path) -> None:
    text = (file.parent / waiting(cli, file)).read_text()
    changed = text.replace('"amount": {', '"amount ": {', 1)
    assert changed != text
    with pytest.raises(ValueError, match="changed since it was saved"):
        SavedRun.parse(changed)


def test_a_file_that_was_cut_off_anywhere_is_refused(cli: Cli, file: Path) -> None:
    text = (file.parent / waiting(cli, file)).read_text()
    for length in range(0, len(text) - 1, 97):
        with pytest.raises(ValueError, match="not JSON, or was cut off"):
            SavedRun.parse(text[:length])
    assert SavedRun.parse(text).text == text
