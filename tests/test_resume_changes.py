"""A run that waits is bound to what its agents were; a file that is none is told to be none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import mcp_project
from tests.approval_project import Write, ask, done, nested, process, project, resumed, waiting
from tests.conftest import Cli

FILE = """\
agents:
  clerk:
    instructions: Pay.
    model: offline/match
    tools: [{function: ./tools.py:pay, needs_approval: true}, ./tools.py:look]
    handoffs: [boss]
  boss:
    instructions: Rule.
    model: offline/match
"""


@pytest.fixture
def file(write: Write) -> Path:
    project(write)
    return write("shop.yaml", FILE)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "Pay.",
            "Pay at once.",
            "instructions of `clerk` changed at shop.yaml:3\n    -Pay.\n    +Pay at once.",
        ),
        (
            "Pay.\n    model: offline/match",
            "Pay.\n    model: offline/sweep",
            "model of `clerk` changed from offline/match to offline/sweep at shop.yaml:4",
        ),
        (", ./tools.py:look]", "]", "tool look was removed from `clerk` at shop.yaml:5"),
        ("tools.py:look]", "tools.py:note]", "tool note was added to `clerk` at shop.yaml:5"),
        (
            "needs_approval: true}",
            "needs_approval: true, name_override: give}",
            "tool pay was removed from `clerk` at shop.yaml:5",
        ),
        (
            "needs_approval: true}",
            "needs_approval: true, description_override: Give.}",
            "description of tool pay changed at shop.yaml:5",
        ),
        (
            "tools.py:pay, needs_approval: true}",
            "tools.py:slow, needs_approval: true, name_override: pay}",
            "tool pay of `clerk` was ./tools.py:pay, now it is ./tools.py:slow at shop.yaml:5",
        ),
        (
            "needs_approval: true}",
            "needs_approval: ./tools.py:is_large}",
            "which calls of tool pay need approval changed at shop.yaml:5",
        ),
        ("handoffs: [boss]", "handoffs: []", "agent `boss` is not reached any more; it was at"),
        (
            "  clerk:\n",
            "  clerk:\n    name: Ann\n",
            "agent `clerk` was called 'clerk', now 'Ann' at shop.yaml:2",
        ),
        ("  boss:\n", "  boss:\n    name: Bo\n", "agent `boss` was called 'boss', now 'Bo'"),
        (
            "Pay.\n",
            "Pay.\n    model_settings: {temperature: 0.5}\n",
            "temperature of `clerk` was added at shop.yaml:4: 0.5",
        ),
    ],
    ids=lambda value: value if "\n" not in value else value.split("\n")[-1].strip(),
)
def test_what_changed_is_told_at_its_place(
    cli: Cli, file: Path, before: str, after: str, told: str
) -> None:
    state = waiting(cli, file)
    assert before in FILE
    file.write_text(FILE.replace(before, after, 1))
    result = resumed(cli, file, state, "--approve", "pay*")
    assert (result.code, done(file)) == (2, [])
    assert told in json.loads(result.stdout)["error"]["message"]
    file.write_text(FILE)
    assert resumed(cli, file, state, "--approve", "pay").code == 0


def test_a_changed_function_is_told_in_a_new_process(cli: Cli, file: Path) -> None:
    state = waiting(cli, file)
    tools = file.parent / "tools.py"
    tools.write_text(tools.read_text().replace("amount: int, to:", "sum: int, to:"))
    after = process(file, "resume", state, "--approve", "pay:amount=5")
    _, told = after.communicate(timeout=60)
    assert (after.returncode, done(file)) == (2, [])
    for part in ("lost `amount`", "gained `sum`"):
        assert f"schema of tool pay {part} at shop.yaml:5" in told


def test_a_changed_tool_of_an_mcp_server_is_told(cli: Cli, write: Write, tmp_path: Path) -> None:
    def text(**keys: Any) -> str:
        server = mcp_project.server(tmp_path, require_approval="always", **keys)
        agents = "agents: {clerk: {model: offline/match, mcp_servers: [near]}}"
        return f"mcp_servers:\n  near: {server}\n{agents}\n"

    file = write("shop.yaml", text())
    state = waiting(cli, file, question="Add a 2 and b 3")
    file.write_text(text(tool_filter={"blocked_tool_names": ["add"]}))
    result = resumed(cli, file, state)
    assert (result.code, "tool add was removed from `clerk`" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("agents:\n", "# What we sell.\nagents:\n\n"),
        ("    tools:", "    metadata: {owner: ada}\n    tools:"),
        (FILE, f"{FILE}\ntests: [{{name: a, input: b, expect: [{{contains: c}}]}}]\n"),
        (FILE, "agents:\n" + "  boss:" + FILE.split("  boss:")[1] + FILE.split("  boss:")[0][8:]),
    ],
    ids=["comment", "metadata", "tests", "order"],
)
def test_what_changes_nothing_goes_on(cli: Cli, file: Path, before: str, after: str) -> None:
    if after.startswith("agents:\n  boss:"):
        file.write_text(f"entry: clerk\n{FILE}")
        after = f"entry: clerk\n{after}"
    state = waiting(cli, file)
    file.write_text(file.read_text().replace(before, after, 1) if before != FILE else after)
    result = resumed(cli, file, state, "--approve", "pay")
    assert (result.code, result.stderr) == (0, "")


def test_what_the_model_does_not_see_is_told_and_goes_on(cli: Cli, file: Path) -> None:
    state = waiting(cli, file)
    file.write_text(f"{FILE}run: {{max_turns: 20}}\n")
    result = cli("resume", state, "--approve", "pay", cwd=file.parent)
    assert (result.code, "warning[definition-changed]" in result.stderr) == (0, True)


def test_changes_can_be_accepted(cli: Cli, file: Path) -> None:
    state = waiting(cli, file)
    file.write_text(FILE.replace("Pay.", "Pay at once."))
    assert "--accept-changes" in resumed(cli, file, state).stderr
    assert resumed(cli, file, state, "--approve", "pay", "--accept-changes").code == 0


def test_the_model_is_told_of_a_tool_that_was_removed(cli: Cli, file: Path) -> None:
    state = waiting(cli, file)
    file.write_text(FILE.replace("{function: ./tools.py:pay, needs_approval: true}, ", ""))
    result = resumed(cli, file, state, "--approve", "pay", "--accept-changes")
    document = json.loads(result.stdout)
    assert (result.code, done(file)) == (0, [])
    assert document["tool_calls"][0]["error"] == "there is no such tool"


def test_an_agent_that_was_removed_cannot_go_on(cli: Cli, file: Path) -> None:
    state = waiting(cli, file)
    file.write_text(FILE.replace("  clerk:\n", "  seller:\n"))
    result = resumed(cli, file, state, "--approve", "pay", "--accept-changes")
    assert (result.code, "the agent 'clerk', which the run began with" in result.stderr) == (
        2,
        True,
    )
    assert (file.parent / state).exists()


def test_a_file_that_is_gone_or_wrong_is_told(cli: Cli, file: Path) -> None:
    state = waiting(cli, file)
    file.write_text(FILE.replace("model:", "modle:"))
    assert "unknown-key" in resumed(cli, file, state).stderr
    file.unlink()
    gone = resumed(cli, file, state)
    assert (gone.code, "There is no file" in gone.stderr) == (2, True)


def test_what_runs_inside_is_bound_as_well(cli: Cli, write: Write) -> None:
    file = nested(write)
    text = file.read_text()
    state = waiting(cli, file, "--offline", question="Ask: Pay an amount of 5")
    file.write_text(text.replace("Pay.", "Take."))
    result = resumed(cli, file, state, "--approve", "pay")
    assert (result.code, "instructions of `clerk` changed" in result.stderr) == (2, True)
    file.write_text(text)
    assert resumed(cli, file, state, "--approve", "pay").code == 0


def test_what_is_refused_tells_what_had_been_spent(cli: Cli, write: Write) -> None:
    file = nested(write)
    text = file.read_text()
    first = ask(cli, file, "--offline", question="Ask: Pay an amount of 5")
    spent = json.loads(first.stdout)
    file.write_text(text.replace("Pay.", "Take."))
    result = cli("resume", spent["state"], "--events", cwd=file.parent)
    *_, failed = map(json.loads, result.stdout.splitlines())
    assert (failed["error"]["code"], failed["usage"]) == ("state-stale", spent["usage"])
    # It waits on.
    assert "tool_returned" not in result.stdout
    file.write_text(text)
    going = json.loads(resumed(cli, file, spent["state"], "--approve", "pay").stdout)
    assert going["usage"]["requests"] == 4
