"""Cases that answer approvals: `approve` and `deny`, and what can be asserted of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import mcp_project
from tests.approval_project import PAY, TOOLS, Write, done, nested, project
from tests.conftest import Cli, Result
from tests.openai_server import OpenAIServer
from tests.pytest_runs import run_pytest

FIVE = "[{tool_calls: [{name: pay, arguments: {amount: 5}}]}, {text: done}]"
ASKED = "approval: pay, arguments: {amount: 5}"


def cases_of(case: str, name: str = "case") -> str:
    lines = "".join(f"    {line}\n" for line in case.splitlines())
    return f"tests:\n  - name: {name}\n{lines}"


def checked(cli: Cli, file: Path, *options: str, **given: object) -> Result:
    return cli("test", file.name, *options, cwd=file.parent, **given)


@pytest.mark.parametrize(
    ("keys", "expect", "paid"),
    [
        ("approve: pay", f"{{{ASKED}, answer: approved}}, {{tool_called: pay}}", True),
        ("approve: pay:amount=5", f"{{{ASKED}}}, {{contains: done}}", True),
        ("approve: [look, 'p*']", "{not: {approval: pay, answer: denied}}", True),
        ("deny: pay:amount=5", f"{{{ASKED}, answer: denied}}, {{no_tool: pay}}", False),
        ("approve: '*'\ndeny: [pay]", f"{{{ASKED}, answer: denied}}", False),
        ("approve: pay:amount=6", f"{{{ASKED}, answer: waiting}}", False),
        ("{}", "{approval: pay, arguments: {amount: {type: integer}}}, {error: 7}", False),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_patterns_of_a_case_decide(
    cli: Cli, write: Write, keys: str, expect: str, paid: bool
) -> None:
    waits = "waiting" in expect or "error" in expect
    script = FIVE.replace(", {text: done}", "") if waits else FIVE
    keys = "tags: [x]" if keys == "{}" else keys
    case = f"input: Pay\n{keys}\nscript: {script}\nexpect: [{expect}]"
    file = project(write, f"{PAY}, ./tools.py:look", cases_of(case))
    result = checked(cli, file)
    assert (result.code, bool(done(file))) == (0, paid), result.stdout


@pytest.mark.parametrize(
    ("keys", "expect", "said"),
    [
        ("approve: pay", "approval: pay, answer: denied", "'pay' was approved"),
        ("approve: pay", "approval: pay, arguments: {amount: 6}", "asked for with these arguments"),
        ("approve: pay", "approval: look", "no approval of 'look' was asked for"),
        ("approve: pay", "not: {approval: pay}", "this holds: approval: pay"),
        ("approve: pay", "error: needs-approval", "the run did not fail"),
        ("deny: pay", "tool_called: pay", "'pay' was never called"),
    ],
)
def test_an_assertion_about_an_approval_fails(
    cli: Cli, write: Write, keys: str, expect: str, said: str
) -> None:
    case = f"input: Pay\n{keys}\nscript: {FIVE}\nexpect: [{{{expect}}}]"
    result = checked(cli, project(write, f"{PAY}, ./tools.py:look", cases_of(case)))
    assert (result.code, said in result.stdout) == (1, True), result.stdout


def test_an_answer_to_one_call_does_not_excuse_another(cli: Cli, write: Write) -> None:
    script = FIVE.replace("{text: done}", "{tool_calls: [{name: pay, arguments: {amount: 6}}]}")
    case = f"input: Pay\napprove: pay:amount=5\nscript: {script}\nexpect: [{{{ASKED}}}]"
    result = checked(cli, project(write, more=cases_of(case)))
    assert result.code == 1
    assert "the run failed: the tool 'pay' waits for approval of {\"amount\":6}" in result.stdout
    assert "answer it, approve: pay, or expect it: {approval: pay}" in result.stdout


def test_a_denial_holds_for_a_tool_that_needs_no_approval(cli: Cli, write: Write) -> None:
    case = f"input: Pay\ndeny: pay\nscript: {FIVE}\nexpect: [no_tool: pay, {ASKED}]"
    case = case.replace(f"no_tool: pay, {ASKED}", f"{{no_tool: pay}}, {{{ASKED}}}")
    file = project(write, "./tools.py:pay", cases_of(case))
    assert (checked(cli, file).code, done(file)) == (0, [])


def test_all_turns_are_decided_on(cli: Cli, write: Write) -> None:
    pay = "{tool_calls: [{name: pay, arguments: {amount: %s}}]}, {text: done}"
    case = (
        f"turns: [Pay, Pay]\napprove: pay\ndeny: pay:amount=6\nscript: [{pay % 5}, {pay % 6}]\n"
        "expect: [{approval: pay, answer: approved}, {approval: pay, answer: denied}]"
    )
    file = project(write, more=cases_of(case))
    assert (checked(cli, file).code, done(file)) == (0, ["paid 5 to ada"])


def test_the_offline_model_is_answered_each_time(cli: Cli, write: Write) -> None:
    case = "input: Pay an amount of 5\nrepeat: 2\napprove: pay\nexpect: [{contains: paid 5}]"
    file = project(write, more=cases_of(case))
    assert (checked(cli, file).code, len(done(file))) == (0, 2)


def test_what_an_agent_as_a_tool_asks_for_is_decided(cli: Cli, write: Write) -> None:
    script = (
        "[{agent: boss, tool_calls: [{name: ask, arguments: {input: Pay}}]},"
        " {agent: clerk, tool_calls: [{name: pay, arguments: {amount: 5}}]},"
        " {agent: clerk, text: paid}, {agent: boss, text: done}]"
    )
    file = nested(write)
    case = f"input: Pay\napprove: pay:amount=5\nscript: {script}\nexpect: [{{{ASKED}}}]"
    file.write_text(file.read_text() + cases_of(case))
    assert (checked(cli, file).code, done(file)) == (0, ["paid 5 to ada"])


FLOW = "workflow: {sequence: [{agent: desk}, {agent: clerk}]}\n"
AFTER = """\
agents:
  desk: {instructions: Hand on., model: openai/gpt-4.1, handoffs: [clerk]}
  clerk: {instructions: Pay., model: openai/gpt-4.1, tools: [PAY]}
"""


@pytest.mark.parametrize(
    ("more", "script"),
    [
        ("", f"[{{handoff: clerk}}, {FIVE[1:-1]}]"),
        (
            "workflow: {sequence: [{agent: desk}, {agent: clerk}]}\n",
            f"[{{text: pay}}, {FIVE[1:-1]}]",
        ),
    ],
    ids=["handoff", "workflow"],
)
@pytest.mark.parametrize(("key", "paid"), [("approve", True), ("deny", False)])
def test_agents_that_come_later_are_answered(
    cli: Cli, write: Write, more: str, script: str, key: str, paid: bool
) -> None:
    write("tools.py", TOOLS)
    case = f"input: Pay\n{key}: pay\nscript: {script}\nexpect: [{{{ASKED}}}, {{contains: done}}]"
    file = write("shop.yaml", AFTER.replace("PAY", PAY) + more + cases_of(case))
    result = checked(cli, file)
    assert (result.code, bool(done(file))) == (0, paid), result.stdout


ADD = "[{tool_calls: [{name: mcp_near__add, arguments: {a: 2, b: 3}}]}, {text: done}]"


def with_servers(write: Write, mark: Path, keys: str, expect: str) -> Path:
    server = mcp_project.server(mark, require_approval="always")
    case = f"input: Add\n{keys}\nscript: {ADD}\nexpect: [{expect}]"
    return write(
        "shop.yaml",
        f"mcp_servers: {{near: {server}, far: {server}}}\n"
        "agents: {clerk: {model: offline/match, mcp_servers: [near, far]}}\n" + cases_of(case),
    )


@pytest.mark.parametrize(
    ("keys", "expect"),
    [
        ("approve: mcp_near__add", "{tool_called: mcp_near__add}"),
        ("approve: '*'\ndeny: near__add", "{no_tool: mcp_near__add}"),
        ("approve: '*'\ndeny: far__add:a=2", "{tool_called: mcp_near__add}"),
        ("approve: '*'\ndeny: add", "{approval: mcp_near__add, answer: denied}"),
    ],
)
def test_tools_of_mcp_servers_are_decided_on(
    cli: Cli, write: Write, tmp_path: Path, keys: str, expect: str
) -> None:
    result = checked(cli, with_servers(write, tmp_path, keys, expect))
    assert result.code == 0, result.stdout


def test_a_pattern_about_no_tool_of_a_server_is_told_at_its_place(
    cli: Cli, write: Write, tmp_path: Path
) -> None:
    file = with_servers(write, tmp_path, "approve: '*'\ndeny: [far__add, near__ad]", "{turns: 1}")
    result = checked(cli, file)
    assert result.code == 2
    assert "shop.yaml:7:22: error[unknown-tool]: 'near__ad' cannot be meant so" in result.stdout
    assert "did you mean 'near__add'?" in result.stdout


RECORDED = """\
agents:
  clerk: {instructions: Pay., model: openai/gpt-4.1, tools: [PAY]}
tests:
  - name: paid
    input: Pay 5
    KEYS
    expect: [EXPECT]
"""


def recorded(write: Write, keys: str, expect: str = "{approval: pay}") -> Path:
    write("tools.py", TOOLS)
    text = RECORDED.replace("PAY", PAY).replace("KEYS", keys).replace("EXPECT", expect)
    return write("shop.yaml", text)


@pytest.mark.parametrize(("keys", "paid"), [("approve: pay", True), ("deny: pay", False)])
def test_a_recorded_case_replays_its_answers(
    cli: Cli, write: Write, server: OpenAIServer, keys: str, paid: bool
) -> None:
    env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
    word = "approved" if paid else "denied"
    file = recorded(write, keys, f"{{approval: pay, answer: {word}}}, {{requests: 2}}")
    assert checked(cli, file, "--record", env=env).code == 0
    asked, before = len(server.requests), done(file)
    result = checked(cli, file)
    assert result.code == 0, result.stdout
    assert (len(server.requests), done(file), bool(before)) == (asked, before, paid)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("approve: pay", "deny: pay", "Tool execution was not approved"),
        ("deny: pay", "approve: pay", "has no result of pay("),
    ],
)
def test_another_answer_than_the_recorded_is_a_miss(
    cli: Cli, write: Write, server: OpenAIServer, before: str, after: str, said: str
) -> None:
    env = {"OPENAI_BASE_URL": server.base_url, "OPENAI_API_KEY": "test-key-0123456789"}
    assert checked(cli, recorded(write, before), "--record", env=env).code == 0
    result = checked(cli, recorded(write, after))
    assert (result.code, said in result.stdout) == (8, True), result.stdout


def test_every_model_of_a_matrix_is_answered(cli: Cli, write: Write) -> None:
    case = "input: Pay an amount of 5\napprove: pay\nexpect: [{contains: paid 5}]"
    file = project(write, more=cases_of(case))
    result = checked(cli, file, "--matrix", "model=offline/match")
    assert (result.code, set(done(file))) == (0, {"paid 5 to ada"}), result.stdout


def test_pytest_runs_cases_with_approvals(write: Write) -> None:
    case = "input: Pay an amount of 5\napprove: pay:amount=%s\nexpect: [{contains: paid 5}]"
    text = cases_of(case % 5, "right") + cases_of(case % 6, "wrong").removeprefix("tests:\n")
    file = project(write, more=text)
    agents = file.parent / "agents.d"
    agents.mkdir()
    file.rename(agents / "shop.yaml")
    (file.parent / "tools.py").rename(agents / "tools.py")
    result = run_pytest(file.parent, "-q", "agents.d")
    assert "1 failed, 1 passed" in result.stdout, result.stdout
    assert "waits for approval" in result.stdout


def test_update_takes_over_what_an_approved_call_gave(cli: Cli, write: Write) -> None:
    case = (
        "input: Pay an amount of 5\napprove: pay # by hand\ndeny: ['pay:amount=6']\n"
        "expect: [{tool_called: pay, arguments: {amount: 4}}, {approval: pay}]"
    )
    file = project(write, more=cases_of(case))
    result = checked(cli, file, "--update")
    assert result.code == 0, result.stdout
    assert "arguments: {amount: 5}" in file.read_text()
    assert "approve: pay # by hand\n    deny: ['pay:amount=6']" in file.read_text()


def test_what_approval_was_asked_for_is_no_value_to_take_over(cli: Cli, write: Write) -> None:
    case = "input: Pay an amount of 5\napprove: pay\nexpect: [{approval: pay, answer: denied}]"
    file = project(write, more=cases_of(case))
    before = file.read_text()
    result = checked(cli, file, "--update")
    assert (result.code, file.read_text()) == (1, before)
