"""The SDK's examples of memory against a local server: each run goes on with those before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.approval_project import advised
from tests.conftest import Cli
from tests.openai_server import OpenAIServer, Text, ToolCall
from tests.sdk_examples import copied, program, run


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("copy"))


TALKS = """\
import sys, yamlagents
file, address = sys.argv[1:]
spec = yamlagents.load(file).with_models(base_url=address, api_key="dummy")
team = yamlagents.assemble(spec)
for session, said in (("a", "Town?"), ("b", "Capital?"), ("a", "Country?")):
    print(yamlagents.run_sync(team, said, session=session).final_output)
"""


def test_talks_are_kept_in_mongodb_and_apart(examples: Path, server: OpenAIServer) -> None:
    server.behave(Text("Prague."), Text("Paris."), Text("Czechia."))
    file = examples / "memory" / "mongodb_session_example.yaml"
    said = program(TALKS, str(file), server.base_url, cwd=file.parent)
    assert said.splitlines() == ["Prague.", "Paris.", "Czechia."]
    assert told(server, 1) == ["Capital?"]
    assert told(server, 2) == ["Town?", "Prague.", "Country?"]


def told(server: OpenAIServer, number: int) -> list[str]:
    """Give what a request told of the talk, without instructions."""
    messages = server.requests[number].body["messages"]
    return [m["content"] for m in messages if m["role"] != "system"]


STORES = {"sqlite": "sqlite3", "encrypted": "cryptography", "sqlalchemy": "sqlalchemy"}


@pytest.mark.parametrize("kind", STORES)
def test_runs_go_on_with_a_session(
    cli: Cli, examples: Path, server: OpenAIServer, kind: str, tmp_path: Path
) -> None:
    pytest.importorskip(STORES[kind])
    where = {"SESSION_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
    where["SESSIONS_URL"] = f"sqlite+aiosqlite:///{tmp_path}/talks.db"
    where["SESSIONS_DB"] = f"{kind}.db"
    server.behave(Text("Prague."), Text("Czechia."))
    name = f"memory/{kind}_session_example"
    for question in ("Town?", "Country?"):
        ran = run(cli, examples, server, name, question, "--base-url", server.base_url, **where)
        assert ran.code == 0, ran.stderr
    assert told(server, 1) == ["Town?", "Prague.", "Country?"]
    show = ("sessions", "show", f"{kind}_session_example.yaml", "bridges")
    shown = cli(*show, cwd=examples / "memory", env=where)
    kept = ["user: Town?", "assistant: Prague.", "user: Country?", "assistant: Czechia."]
    assert shown.stdout.splitlines() == kept, shown.stderr
    if kind == "encrypted":
        files = [*(examples / "memory").glob("encrypted.db*")]
        assert files
        assert not any(b"Prague" in path.read_bytes() for path in files)


def test_a_talk_in_a_file_waits_for_an_approval_and_goes_on(
    cli: Cli, examples: Path, server: OpenAIServer, tmp_path: Path
) -> None:
    server.behave(ToolCall("look_up_member"), Text("It is Ada."))
    options = ("Who is it?", "--base-url", server.base_url)
    name, talks = "memory/file_hitl_example", {"TALKS": str(tmp_path)}
    waits = run(cli, examples, server, name, *options, **talks)
    assert waits.code == 7, waits.stderr
    where = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "dummy", **talks}
    ended = cli(*advised(waits), cwd=examples / "memory", env=where)
    assert (ended.code, ended.stdout) == (0, "It is Ada.\n"), ended.stderr
    kept = json.loads((tmp_path / "members.json").read_text(encoding="utf-8"))
    kinds = [item.get("role", item.get("type")) for item in kept]
    assert kinds == ["user", "function_call", "function_call_output", "assistant"]
    assert "Ada likes" in kept[2]["output"]
