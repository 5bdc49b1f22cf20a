"""Calls decided on beforehand, by --approve and --deny, and by whoever is at the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import mcp_project
from tests.approval_project import (
    Write,
    ask,
    done,
    outputs,
    project,
)
from tests.conftest import Cli

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
        ("--approve", "pay:to=a,amount=5,to=b", 18, "'to' has another value already"),
        ("--deny", 'pay:to=a*,to="b"', 10, "write two patterns"),
    ],
    ids=[
        "tool",
        "glob",
        "argument",
        "second argument",
        "malformed",
        "control character",
        "two",
        "never",
    ],
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
