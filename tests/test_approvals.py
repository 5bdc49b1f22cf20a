"""Calls decided on beforehand, by --approve and --deny, and by whoever is at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import mcp_project
from tests.approval_project import (
    PAY,
    QUESTION,
    Write,
    ask,
    done,
    nested,
    outputs,
    project,
    scripted,
)
from tests.conftest import Cli
from yamlagents.cli.approvals import approver, enforce
from yamlagents.events import RunError
from yamlagents.runtime.approvals import Rules
from yamlagents.runtime.patterns import pattern
from yamlagents.runtime.runner import run_sync


def rules(*, approve: tuple[str, ...] = (), deny: tuple[str, ...] = ()) -> Rules:
    return Rules(tuple(map(pattern, approve)), tuple(map(pattern, deny)))


SUM = "Add a 2 and b 3"


def with_servers(write: Write, **servers: str) -> Path:
    """Write a project whose agent has these MCP servers; give its file."""
    listed = ", ".join(f"{name}: {server}" for name, server in servers.items())
    names = ", ".join(servers)
    agents = f"agents: {{clerk: {{model: offline/match, mcp_servers: [{names}]}}}}"
    return write("shop.yaml", f"mcp_servers: {{{listed}}}\n{agents}\n")


@pytest.mark.parametrize(
    ("options", "code", "paid"),
    [
        ((), 7, False),
        (("--approve", "pay"), 0, True),
        (("--approve", "pay:amount=5"), 0, True),
        (("--approve", "pay:amount=6"), 7, False),
        (("--approve", "pay:amount=6", "--approve", "p*"), 0, True),
        (("--deny", "pay"), 0, False),
        (("--deny", "pay:amount=5", "--approve", "pay"), 0, False),
        (("--deny", "pay:amount=6", "--approve", "pay"), 0, True),
        (("--deny", "pay:to=eve", "--approve", "pay:amount=5"), 0, True),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_call_is_decided_by_patterns(
    cli: Cli, write: Write, options: tuple[str, ...], code: int, paid: bool
) -> None:
    file = project(write)
    result = ask(cli, file, *options)
    assert (result.code, done(file)) == (code, ["paid 5 to ada"] if paid else [])


def test_chat_takes_patterns_as_well(cli: Cli, write: Write) -> None:
    file = project(write)
    argv = ("chat", file.name, "--approve", "pay:amount=5")
    result = cli(*argv, cwd=file.parent, input="Pay an amount of 5\nPay an amount of 6\n")
    assert (result.code, done(file)) == (7, ["paid 5 to ada"])
    assert "yamlagents resume .yamlagents/state/" in result.stderr


@pytest.mark.parametrize(
    "tool",
    [
        "./tools.py:pay",
        "{function: ./tools.py:pay, needs_approval: false}",
        "{function: ./tools.py:pay, needs_approval: ./tools.py:is_large}",
    ],
    ids=["silent", "false", "code"],
)
@pytest.mark.parametrize("deny", ["pay", "p*", "pay:amount=5"])
def test_a_denial_holds_for_a_tool_that_needs_no_approval(
    cli: Cli, write: Write, tool: str, deny: str
) -> None:
    file = project(write, tool)
    assert (ask(cli, file, "--deny", deny).code, done(file)) == (0, [])
    assert (ask(cli, file, "--deny", "pay:amount=6").code, len(done(file))) == (0, 1)


def test_code_that_decides_goes_on_deciding_beside_denials(cli: Cli, write: Write) -> None:
    file = project(write, "{function: ./tools.py:pay, needs_approval: ./tools.py:is_large}")
    assert ask(cli, file, "--deny", "pay:amount=6").code == 0
    large = ask(cli, file, "--deny", "pay:amount=6", question="Pay an amount of 500")
    assert (large.code, done(file)) == (7, ["paid 5 to ada"])


@pytest.mark.parametrize(
    ("options", "code", "added"),
    [
        ((), 7, False),
        (("--approve", "add:a=2"), 0, True),
        (("--approve", "mcp_near__add"), 7, False),
        (("--approve", "add", "--deny", "add:b=3"), 0, False),
        (("--deny", "divide"), 7, False),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_tool_of_an_mcp_server_is_decided_by_patterns(
    cli: Cli, write: Write, tmp_path: Path, options: tuple[str, ...], code: int, added: bool
) -> None:
    server = mcp_project.server(tmp_path, require_approval={"add": "always"})
    result = ask(cli, with_servers(write, near=server), *options, question=SUM)
    assert (result.code, outputs(result)) == (code, ["5"] if added else [])


@pytest.mark.parametrize(
    ("deny", "added"),
    [("add", False), ("add:a=2", False), ("*", False), ("add:a=4", True), ("divide", True)],
)
def test_a_denial_holds_for_mcp_tools_that_need_no_approval(
    cli: Cli, write: Write, tmp_path: Path, deny: str, added: bool
) -> None:
    file = with_servers(write, near=mcp_project.server(tmp_path))
    result = ask(cli, file, "--deny", deny, question=SUM)
    assert (result.code, outputs(result)) == (0, ["5"] if added else [])


def test_a_denial_holds_for_names_with_that_of_the_server(
    cli: Cli, write: Write, tmp_path: Path
) -> None:
    server = mcp_project.server(tmp_path)
    file = with_servers(write, near=server, far=server)
    denied = ask(cli, file, "--deny", "mcp_*__add:a=2", question=SUM)
    assert (denied.code, outputs(denied)) == (0, [])


@pytest.mark.parametrize(
    ("option", "text", "at", "reason"),
    [
        ("--deny", "pya", 0, "there is no such tool; did you mean 'pay'?"),
        ("--approve", "x*", 0, "no tool is called 'x*'"),
        ("--approve", "pay:amuont=5", 4, "no argument 'amuont'; did you mean 'amount'?"),
        ("--deny", "pay:amount=5,whom=x", 13, "no argument 'whom'"),
        ("--deny", "pay:amount", 10, "comes '='"),
        ("--approve", "pay:to=a\x1b,b", 11, "comes '='"),
    ],
    ids=["tool", "glob", "argument", "second argument", "malformed", "control character"],
)
def test_a_pattern_about_nothing_is_refused_at_its_place(
    cli: Cli, write: Write, option: str, text: str, at: int, reason: str
) -> None:
    result = ask(cli, project(write), option, text)
    *_, said, shown, caret = result.stderr.splitlines()
    visible = text.replace("\x1b", "\\x1b")
    place = at + len(visible) - len(text)
    assert (result.code, shown, caret) == (2, f"  {visible}", f"  {' ' * place}^")
    assert f"'{option}'" in said
    assert reason in said


HOSTED = """\
models: {m: {model: openai/gpt-4.1, provider: openai_responses}}
agents:
  clerk: {model: m, tools: [{hosted: TOOL}]}
"""


@pytest.mark.parametrize(
    ("tool", "reason"),
    [
        ("web_search", "nobody is asked about calls of 'web_search'"),
        (
            "hosted_mcp, tool_config: {server_label: far, server_url: 'https://x.invalid/mcp'}",
            "hosted MCP server 'far' may not be asked about",
        ),
    ],
    ids=["hosted tool", "hosted server"],
)
def test_what_others_carry_out_cannot_be_denied(
    cli: Cli, write: Write, tool: str, reason: str
) -> None:
    result = ask(
        cli,
        write("shop.yaml", HOSTED.replace("TOOL", tool)),
        "--deny",
        "*",
        env={"OPENAI_API_KEY": "x"},
    )
    assert result.code == 2
    assert reason in result.stderr


def test_the_model_is_told_the_reason(cli: Cli, write: Write) -> None:
    file = project(write)
    told = ask(cli, file, "--deny", "pay", "--reason", "The till is empty.")
    plain = ask(cli, file, "--deny", "pay")
    assert "The till is empty." in json.loads(told.stdout)["final_output"]
    assert "not approved" in json.loads(plain.stdout)["final_output"]


def test_a_denied_call_is_told_of(cli: Cli, write: Write) -> None:
    file = project(write)
    argv = ("run", file.name, QUESTION, "--deny", "pay", "--events")
    events = map(json.loads, cli(*argv, cwd=file.parent).stdout.splitlines())
    notices = [event for event in events if event["event"] == "noticed"]
    assert [notice["code"] for notice in notices] == ["call-denied"]
    assert notices[0]["message"] == """'clerk' may not call pay({"amount":5,"to":"ada"})"""


@pytest.mark.parametrize(("answer", "paid"), [("y", True), ("n", False), ("", False)])
def test_on_a_terminal_the_rest_is_asked(cli: Cli, write: Write, answer: str, paid: bool) -> None:
    file = project(write)
    options = ("--approve", "pay:amount=6")
    result = ask(cli, file, *options, input=f"{answer}\n", tty=True)
    assert (result.code, bool(done(file))) == (0, paid)
    assert 'clerk wants to call pay({"amount":5,"to":"ada"}). Allow it? [y/N]' in result.stderr


def test_what_patterns_decide_is_not_asked(cli: Cli, write: Write) -> None:
    result = ask(cli, project(write), "--deny", "pay", tty=True)
    assert (result.code, "Allow it?" in result.stderr) == (0, False)


@pytest.mark.parametrize(
    ("hidden", "seen"),
    [("\u200b", "\\u200b"), ("\u202e", "\\u202e"), ("\x1b[2K", "\\u001b"), ("\n", "\\n")],
    ids=["no width", "other direction", "escape", "new line"],
)
def test_the_question_hides_nothing(cli: Cli, write: Write, hidden: str, seen: str) -> None:
    file = project(write, "{function: ./tools.py:look, needs_approval: true}")
    result = ask(cli, file, question=f'Look up what is "a{hidden}b"', input="n\n", tty=True)
    asked = next(line for line in result.stderr.splitlines() if "Allow it?" in line)
    assert (seen in asked, hidden in asked) == (True, False)


def test_a_nested_agent_asks_by_its_own_name(write: Write) -> None:
    team = scripted(
        nested(write), [("ask", {"input": "x"})], [("pay", {"amount": 5})], "inner", "outer"
    )
    result = run_sync(team, "go", approve=lambda call: call.agent == "The Clerk")
    assert result.final_output == "outer"
    assert [call.output for call in result.tool_calls if call.name == "pay"] == ["paid 5 to ada"]


@pytest.mark.parametrize(
    ("deny", "left"), [("ask", []), ("pay:to=eve", ["paid 5 to ada"]), ("pay", [])]
)
def test_a_denial_holds_inside_agents_as_tools(
    write: Write, monkeypatch: pytest.MonkeyPatch, deny: str, left: list[str]
) -> None:
    file = nested(write)
    monkeypatch.chdir(file.parent)
    calls = [("pay", {"amount": 5, "to": "ada"}), ("pay", {"amount": 7, "to": "Eve"})]
    inner = (calls, "inner") if deny != "ask" else ()
    team = scripted(file, [("ask", {"input": "x"})], *inner, "outer")
    denial = rules(approve=("*",), deny=(deny,))
    enforce(denial, team)
    assert run_sync(team, "go", approve=approver(denial)).final_output == "outer"
    assert done(file) == left


def test_what_is_decided_goes_on_while_the_rest_waits(write: Write) -> None:
    file = project(write, f"{PAY}, {{function: ./tools.py:look, needs_approval: true}}")
    team = scripted(file, [("look", {"what": "x"}), ("pay", {"amount": 5})], "done")
    some = approver(rules(approve=("look",)))
    with pytest.raises(RunError, match="'pay' waits") as waits:
        run_sync(team, "go", approve=some)
    error = waits.value
    assert error.result is not None
    assert [call.output for call in error.result.tool_calls] == ["saw x"]
