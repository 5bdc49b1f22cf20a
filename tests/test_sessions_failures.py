"""Sessions that cannot be opened, read or written."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from agents.extensions import memory

import yamlagents
from tests.conftest import Cli
from tests.session_project import Write, project, roles

pytestmark = pytest.mark.usefixtures("key")

RUN = ("run", "a", "hello", "--session", "ada")


def test_a_failure_is_in_the_document_too(cli: Cli, write: Write) -> None:
    folder = project(write, "../store.py:refusing")
    ran = cli(*RUN, "--json", cwd=folder)
    error = json.loads(ran.stdout)["error"]
    assert (ran.code, error["code"], error["exit"]) == (4, "session-failed", 4)
    assert error["message"].endswith(
        "the session 'ada' (agents.d/a.yaml:2) failed: PermissionError: nobody may open this"
    )


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ("../store.py:Forgetful", "TypeError: what was made is no session: it has no get_items"),
        ("../store.py:Broken", "KeyError: 'full'"),
        ("{use: '../store.py:Notebook', with: {colour: red}}", "unexpected keyword argument"),
    ],
    ids=["no-session", "raises-later", "other-arguments"],
)
def test_own_code_that_fails_is_told(session: str, said: str, cli: Cli, write: Write) -> None:
    ran = cli(*RUN, cwd=project(write, session))
    assert ran.code == 4
    assert "error[session-failed]: the session 'ada' (agents.d/a.yaml:2) failed: " in ran.stderr
    assert said in ran.stderr


def test_what_cannot_be_called_is_told_at_its_place(cli: Cli, write: Write) -> None:
    folder = project(write, "../made.py:NOTEBOOK")
    write("made.py", "def _make():\n    return object()\n\n\nNOTEBOOK = _make()\n")
    ran = cli(*RUN, cwd=folder)
    assert ran.code == 2
    assert "agents.d/a.yaml:2:16: error[wrong-kind]: '../made.py:NOTEBOOK' makes no" in ran.stderr


def test_a_file_that_is_no_database_is_told(cli: Cli, write: Write) -> None:
    folder = project(write, "{db_path: ../notes.txt}")
    write("notes.txt", "these are my notes, all of them in my own words\n" * 40)
    for command in (RUN, ("sessions", "list", "a")):
        ran = cli(*command, cwd=folder)
        assert ran.code == 4
        assert "notes.txt: DatabaseError: file is not a database" in ran.stderr
    assert (folder / "notes.txt").read_text().startswith("these")


def test_no_folder_is_made_outside_the_project(cli: Cli, write: Write, tmp_path: Path) -> None:
    folder = project(write, "{db_path: '${ELSEWHERE}/kept/talks.db'}")
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    ran = cli(*RUN, cwd=folder, env={"ELSEWHERE": os.fspath(elsewhere)})
    assert ran.code == 4
    assert "No such file or directory" in ran.stderr
    assert not elsewhere.exists()


def test_another_key_does_not_look_like_an_empty_session(cli: Cli, write: Write) -> None:
    pytest.importorskip("cryptography")
    folder = project(write, "{type: encrypted, encryption_key: '${KEY}'}")
    assert cli(*RUN, cwd=folder).code == 0
    database = (folder / ".yamlagents" / "sessions.db").read_bytes()
    assert b"__enc__" in database
    assert b"hello" not in database
    ran = cli(*RUN, cwd=folder, env={"KEY": "another-key"})
    assert ran.code == 4
    assert "ValueError: what it holds was encrypted with another key" in ran.stderr
    assert "another-key" not in ran.stderr.replace("with another key", "")


def test_what_is_not_encrypted_is_not_passed_over(cli: Cli, write: Write) -> None:
    pytest.importorskip("cryptography")
    assert cli(*RUN, cwd=project(write, "sqlite")).code == 0
    folder = project(write, "{type: encrypted, encryption_key: '${KEY}'}")
    ran = cli(*RUN, cwd=folder)
    assert ran.code == 4
    assert "what it holds was kept without encryption" in ran.stderr


def test_what_has_expired_is_counted(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    fernet = pytest.importorskip("cryptography.fernet")
    folder = project(write, "{type: encrypted, encryption_key: '${KEY}', ttl: 60}")
    assert cli(*RUN, cwd=folder).code == 0
    now = fernet.time.time()
    monkeypatch.setattr(fernet.time, "time", lambda: now + 3600)
    shown = cli("sessions", "show", "a", "ada", cwd=folder)
    assert shown.stdout == ""
    assert shown.stderr.startswith("2 items cannot be read any more: older than the ttl")


MISSING = {
    "redis": ("url: 'redis://localhost'", "redis", "RedisSession", "redis"),
    "async_sqlite": ("id: bo", "aiosqlite", "AsyncSQLiteSession", "async-sqlite"),
    "encrypted": ("encryption_key: '${KEY}'", "cryptography", "EncryptedSession", "encrypt"),
}


@pytest.mark.parametrize("kind", MISSING)
def test_a_package_that_is_missing_is_named_with_its_extra(
    kind: str, cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    option, module, name, extra = MISSING[kind]
    folder = project(write, f"{{type: {kind}, {option}}}")
    home = memory.__name__
    monkeypatch.delitem(vars(memory), name, raising=False)
    for loaded in [one for one in sys.modules if one.startswith((f"{module}.", f"{home}."))]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    noted = cli("validate", "agents.d/a.yaml", cwd=folder)
    assert (noted.code, "note[missing-package]" in noted.stdout) == (0, True)
    ran = cli(*RUN, cwd=folder)
    assert ran.code == 2
    assert f"error[missing-package]: sessions of type '{kind}' need" in ran.stderr
    assert f"pip install 'yamlagents[{extra}]'" in ran.stderr


def test_a_driver_that_is_missing_is_named(cli: Cli, write: Write) -> None:
    pytest.importorskip("sqlalchemy")
    folder = project(write, "{type: sqlalchemy, url: 'mysql+asyncmy://localhost/x'}")
    ran = cli(*RUN, cwd=folder)
    assert ran.code == 4
    assert "failed: the driver asyncmy is not installed\n  hint: pip install asyncmy" in ran.stderr


def test_variables_are_only_asked_for_by_what_opens_a_session(cli: Cli, write: Write) -> None:
    folder = project(write, "{type: redis, url: '${STORE_URL}'}")
    assert cli("run", "a", "hello", cwd=folder).code == 0
    assert cli("smoke", "agents.d/a.yaml", "-q", cwd=folder).code == 0
    for command in (RUN, ("sessions", "list", "a")):
        ran = cli(*command, cwd=folder)
        assert (ran.code, ran.stderr.count("error[unset-variable]: STORE_URL is not set")) == (2, 1)


@pytest.mark.parametrize("name", ["", " a", "a\n", "a\x1b[2J", "x" * 201], ids=ascii)
def test_a_name_is_plain(name: str, cli: Cli, write: Write) -> None:
    folder = project(write, None)
    ran = cli("run", "a", "hello", "--session", name, cwd=folder)
    assert ran.code == 2
    assert "Invalid value for --session: this cannot name a session" in ran.stderr
    team = yamlagents.assemble(yamlagents.load(folder / "agents.d" / "a.yaml"))
    with pytest.raises(ValueError, match="this cannot name a session"):
        yamlagents.run_sync(team, "hello", session=name)


def test_a_workflow_has_no_session(cli: Cli, write: Write) -> None:
    folder = project(write, None, "workflow: {sequence: [{agent: weather}]}\n")
    ran = cli(*RUN, cwd=folder)
    assert (ran.code, "name an agent with --agent" in ran.stderr) == (2, True)
    assert cli(*RUN, "--agent", "weather", cwd=folder).code == 0
    assert roles(cli, folder) == ["user:", "assistant:"]


@pytest.mark.parametrize("command", ["show", "rm"])
def test_a_session_that_there_is_not_is_told(command: str, cli: Cli, write: Write) -> None:
    folder = project(write, None)
    cli(*RUN, cwd=folder)
    ran = cli("sessions", command, "a", "adda", cwd=folder)
    assert (ran.code, "There is no session 'adda'; did you mean 'ada'?" in ran.stderr) == (2, True)
    ran = cli("sessions", command, "a", cwd=folder)
    assert (ran.code, "Name a session; `yamlagents sessions list`" in ran.stderr) == (2, True)


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 130)], ids=["yes", "no"])
def test_removing_asks_on_a_terminal(answer: str, code: int, cli: Cli, write: Write) -> None:
    folder = project(write, None)
    cli(*RUN, cwd=folder)
    assert cli("sessions", "rm", "a", "ada", cwd=folder).code == 2
    ran = cli("sessions", "rm", "a", "ada", cwd=folder, tty=True, input=answer)
    assert (ran.code, "Remove 'ada'? [y/N]" in ran.stderr) == (code, True)
    left = json.loads(cli("sessions", "list", "a", "--json", cwd=folder).stdout)
    assert len(left) == (0 if code == 0 else 1)
