"""What is wrong with `run.session` is told before a run, and its keys are the SDK's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Cli
from yamlagents.spec.loader import check

AGENT = "agents: {weather: {model: openai/gpt-4.1}}\n"
PG = "type: sqlalchemy, url: "
WRONG = {
    "kind": ("{type: mongo}", 23, "bad-value", "'type' must be one of sqlite, async_sqlite, adv"),
    "word": ("redis", 16, "bad-value", "'session' must be one of sqlite, async_sqlite, advanced"),
    "path": ("{path: a.db}", 17, "unknown-key", "'path' is not a key of a session in SQLite; did"),
    "id": ("{id: ' ada'}", 21, "bad-value", "' ada' is not a session name"),
    "number": ("{id: 7}", 21, "wrong-type", "'id' must be text, not 7"),
    "table": ("{messages_table: a-b}", 33, "bad-value", "'a-b' is not a table name"),
    "no-url": ("{type: redis}", 7, "required-key", "a session in Redis needs the key 'url'"),
    "http": (
        "{type: redis, url: 'http://h'}",
        35,
        "bad-value",
        "'http://h' is not a Redis address",
    ),
    "bare": (f"{{{PG}'postgresql://h/d'}}", 40, "bad-value", "is not a database address with a dr"),
    "sync": (
        f"{{{PG}'postgresql+psycopg2://h/d'}}",
        40,
        "bad-value",
        "'psycopg2' is a driver that",
    ),
    "key": ("{type: encrypted}", 7, "required-key", "an encrypted session needs the key 'encry"),
    "secret": ("{type: encrypted, encryption_key: a7Gq20xvYw}", 50, "literal-secret", "in plain"),
    "password": (
        f"{{{PG}'postgresql+asyncpg://ada:a7Gq20@h/d'}}",
        *(40, "literal-secret", "the address in 'url' holds a secret in plain sight"),
    ),
    "code": ("./store.py:Nothing", 16, "missing-file", "there is no file './store.py'"),
    "below-code": (
        "{type: encrypted, encryption_key: '${K:-x}', underlying_session: ./store.py:Nothing}",
        *(81, "missing-file", "there is no file './store.py'"),
    ),
    "below-id": (
        "{type: encrypted, encryption_key: '${K:-x}', underlying_session: {id: ada}}",
        *(82, "conflicting-keys", "has the name of the one around it"),
    ),
    "litellm": (
        "{type: compaction}",
        23,
        "needs-responses",
        "does nothing for the agent 'weather'",
    ),
    "session_id": (
        "{use: './agents.py:f', with: {session_id: a}}",
        *(46, "conflicting-keys", "'session_id' is given to the code by itself"),
    ),
}


@pytest.mark.parametrize(("session", "column", "code", "said"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_told_at_its_place(
    session: str, column: int, code: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "agents.py").write_text("def f(session_id):\n    pass\n")
    file = tmp_path / "a.yaml"
    file.write_text(f"{AGENT}run: {{session: {session}}}\n")
    problems = [one for one in check(file).problems if one.severity == "error"]
    assert [(one.place.line, one.place.column, one.code) for one in problems] == [(2, column, code)]
    assert said in problems[0].message


RESPONSES = """\
models: {m: {model: openai/gpt-4.1, provider: openai_responses}}
agents: {weather: {model: m}}
"""


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ("session: {type: compaction}", []),
        ("session: {type: compaction, model: claude-haiku-4-5}", ["bad-value"]),
        ("session: {type: compaction, should_trigger_compaction: ./x.py:f}", ["missing-file"]),
        ("session: sqlite\n  conversation_id: conv_1", ["conflicting-keys"]),
    ],
    ids=["right", "model", "code", "conversation"],
)
def test_compaction_is_for_models_of_the_responses_api(
    more: str, codes: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"{RESPONSES}run:\n  {more}\n")
    assert [one.code for one in check(file).problems if one.severity == "error"] == codes


def test_a_workflow_goes_on_with_no_session(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    workflow = "workflow: {sequence: [{agent: weather}]}\n"
    file.write_text(f"{AGENT}{workflow}run: {{session: {{id: ada}}}}\n")
    found = [(one.place.line, one.place.column, one.code) for one in check(file).problems]
    assert found == [(3, 17, "conflicting-keys")]


def test_the_nearest_file_says_where_sessions_are_kept(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "base.yaml").write_text("run: {session: {type: redis, url: '${URL}', id: bo}}\n")
    agent = "include: [base.yaml]\nagents: {weather: {model: offline/match}}\n"
    (tmp_path / "a.yaml").write_text(f"{agent}run: {{session: {{db_path: a.db}}}}\n")
    assert cli("run", "a.yaml", "hello", "--session", "ada", cwd=tmp_path).code == 0
    assert (tmp_path / "a.db").is_file()


def test_an_overlay_may_name_another_kind(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    overlays = "overlays: {ci: {run: {session: {type: encrypted, encryption_key: '${K:-x}'}}}}\n"
    file.write_text(f"{AGENT}run: {{session: {{db_path: a.db, id: ada}}}}\n{overlays}")
    checked = check(file, overlays=["ci"])
    assert [one.code for one in checked.problems if one.severity == "error"] == []
    assert checked.spec is not None
    session = checked.spec.run.session
    assert session is not None
    assert [layer.kind for layer in session.layers] == ["encrypted", "sqlite"]
    assert (session.id, dict(session.store.options)) == (None, {})
