"""`yamlagents smoke`: every tool called with valid arguments, every handoff taken, once."""

import json
from pathlib import Path

import pytest

from tests.conftest import Cli, Result
from tests.smoke_tools import Write, notes, team

GOOD = (
    *("plain", "later", "nothing", "simple", "choices"),
    *("optional", "nested", "bounded", "moments", "counted"),
)


def items(*names: str) -> str:
    return ", ".join(f"./tools.py:{name}" for name in names)


def smoke(cli: Cli, project: Path, *options: str) -> Result:
    return cli("smoke", *options, cwd=project)


def test_every_tool_is_called_once_with_arguments_that_fit_its_schema(
    cli: Cli, write: Write
) -> None:
    project = team(write, items(*GOOD))
    result = smoke(cli, project)
    assert (result.code, result.stdout) == (
        0,
        "agents.d/team.yaml\n  solo  10 of 10 tools, 0 of 0 handoffs\n",
    )
    assert "1 file, 10 of 10 tools, 0 of 0 handoffs: passed" in result.stderr
    assert sorted(note.split()[0] for note in notes(project)) == sorted(GOOD)
    assert {"simple 'sample' C", "bounded 6 2", "nested de"} <= set(notes(project))


def test_an_open_mapping_is_called_too(cli: Cli, write: Write) -> None:
    project = team(write, "{function: ./tools.py:mapping, strict_mode: false}")
    assert smoke(cli, project).code == 0
    assert notes(project) == ["mapping"]


def test_stub_tools_calls_nothing_and_still_covers_all(cli: Cli, write: Write) -> None:
    project = team(write, items(*GOOD, "broken", "leaving_built", "hushed", "raw"))
    result = smoke(cli, project, "--stub-tools")
    assert (result.code, notes(project)) == (0, [])
    assert "14 of 14 tools" in result.stdout


@pytest.mark.parametrize("options", [(), ("--stub-tools",)], ids=["real", "stubs"])
@pytest.mark.parametrize("mode", ["skip", "stub"])
def test_a_tool_is_excused_with_its_reason(
    cli: Cli, write: Write, mode: str, options: tuple[str, ...]
) -> None:
    rule = f"{{function: ./tools.py:broken, smoke: {{{mode}: blows a fuse}}}}"
    project = team(write, f"{items('plain')}, {rule}")
    result = smoke(cli, project, *options)
    assert (result.code, "broken" in notes(project)) == (0, False)
    assert f"  solo  1 of 1 tools, 0 of 0 handoffs\n        broken excused: {mode}: blows" in (
        result.stdout
    )


def test_a_reason_is_printed_on_one_line_and_inert(cli: Cli, write: Write) -> None:
    rule = r'{function: ./tools.py:broken, smoke: {skip: "costs\n::error::\e[31mmoney"}}'
    project = team(write, rule)
    result = smoke(cli, project, "--format", "github")
    assert r"broken excused: skip: costs ::error::\x1b[31mmoney" in result.stdout
    assert result.stdout.startswith("::stop-commands::")


BAD_RULES = {
    "no reason": ("{skip: ''}", "empty-value"),
    "two rules": ("{skip: a, stub: b}", "bad-value"),
    "no mapping": ("skip", "wrong-type"),
    "misspelt": ("{skp: a}", "unknown-key"),
}


@pytest.mark.parametrize(("rule", "code"), BAD_RULES.values(), ids=list(BAD_RULES))
def test_an_excuse_needs_a_reason(cli: Cli, write: Write, rule: str, code: str) -> None:
    project = team(write, f"{{function: ./tools.py:broken, smoke: {rule}}}")
    result = smoke(cli, project)
    assert (result.code, result.stdout, notes(project)) == (2, "", [])
    assert f"error[{code}]" in result.stderr


FAILING = {
    "raises": ("broken", "RuntimeError: wet fuse"),
    "exits": ("leaving", "RuntimeError: SystemExit: 0"),
    "exits, async": ("leaving_later", "RuntimeError: SystemExit: 0"),
    "exits, built": ("leaving_built", "SystemExit: 0"),
    "hushes it up": ("hushed", "RuntimeError: wet fuse"),
    "raises, raw": ("raw", "RuntimeError: wet fuse"),
}


@pytest.mark.parametrize(("tool", "said"), FAILING.values(), ids=list(FAILING))
def test_a_tool_that_fails_is_told_at_its_place_and_holds_up_nothing(
    cli: Cli, write: Write, tool: str, said: str
) -> None:
    more = "    handoffs: [other]\n  other: {model: openai/gpt-4.1}\n"
    project = team(write, items(tool, "plain"), more)
    result = smoke(cli, project)
    assert result.code == 1
    failures = [line for line in result.stdout.splitlines() if "error[" in line]
    assert failures == [
        f"agents.d/team.yaml:4:13: error[smoke-failed]: '{tool}' of 'solo': it failed: {said}"
    ]
    assert "  solo   2 of 2 tools, 1 of 1 handoffs\n" in result.stdout
    # The two run side by side, in threads: either may be the first.
    assert "plain 'sample'" in notes(project)
    assert "Traceback" in result.stderr


STOPPING = {
    "failure": "{function: ./tools.py:broken, failure_error_function: null}",
    "timeout": "{function: ./tools.py:slow, timeout: 0.1, timeout_behavior: raise_exception}",
}


@pytest.mark.parametrize("tool", STOPPING.values(), ids=list(STOPPING))
def test_a_tool_that_is_to_stop_the_run_fails_alone(cli: Cli, write: Write, tool: str) -> None:
    more = "    handoffs: [other]\n  other: {model: openai/gpt-4.1}\n"
    result = smoke(cli, team(write, f"{tool}, {items('plain')}", more))
    assert result.code == 1
    assert result.stdout.count("error[") == 1
    assert "2 of 2 tools, 1 of 1 handoffs: 1 failure" in result.stderr


@pytest.mark.parametrize("tool", ["slow", "slow_later"])
def test_a_tool_that_hangs_has_failed(cli: Cli, write: Write, tool: str) -> None:
    result = smoke(cli, team(write, items(tool)), "--timeout", "0.1")
    assert result.code == 1
    assert f"4:13: error[smoke-failed]: '{tool}' of 'solo': it failed: timed out after 0.1" in (
        result.stdout
    )


def test_a_guardrail_that_stops_the_run_is_told_and_no_other_tool_blamed(
    cli: Cli, write: Write
) -> None:
    result = smoke(cli, team(write, items("guarded", "plain", "later")))
    assert result.code == 1
    assert [line for line in result.stdout.splitlines() if "error[" in line] == [
        "agents.d/team.yaml:2:3: error[smoke-failed]: 'solo': the guardrail 'no_pii' stopped the "
        "run",
        "agents.d/team.yaml:4:13: error[not-covered]: 'guarded' of 'solo' was never called: "
        "the guardrail 'no_pii' stopped the call",
    ]


def test_the_timeout_has_to_be_one(cli: Cli, write: Write) -> None:
    result = smoke(cli, team(write, items("plain")), "--timeout", "0")
    assert (result.code, result.stdout) == (2, "")
    assert "0 is not in the range x>0" in result.stderr


@pytest.mark.parametrize("tool", ["off", "hidden"])
def test_a_tool_that_its_code_disables_is_not_covered(cli: Cli, write: Write, tool: str) -> None:
    result = smoke(cli, team(write, items("plain", tool)))
    assert result.code == 1
    assert "  solo  1 of 2 tools, 0 of 0 handoffs\n" in result.stdout
    assert f"4:31: error[not-covered]: '{tool}' of 'solo' was never called" in result.stdout
    assert "excuse it with smoke: {skip: why}" in result.stdout


def test_a_tool_that_the_file_disables_is_excused(cli: Cli, write: Write) -> None:
    project = team(write, "{function: ./tools.py:plain, is_enabled: false}")
    result = smoke(cli, project)
    assert (result.code, notes(project)) == (0, [])
    assert "plain excused: is_enabled: false" in result.stdout


def test_a_tool_that_needs_approval_gets_it(cli: Cli, write: Write) -> None:
    tool = "{function: ./tools.py:plain, needs_approval: true}"
    project = team(write, f"{tool}, {items('later')}")
    assert smoke(cli, project).code == 0
    assert sorted(notes(project)) == ["later 'sample'", "plain 'sample'"]


def test_what_tools_print_is_not_in_the_report(cli: Cli, write: Write) -> None:
    result = smoke(cli, team(write, items("loud")), "--format", "json")
    assert json.loads(result.stdout)["failures"] == []
    assert "printed" in result.stderr


@pytest.mark.parametrize("tool", ["looking_ahead", "forward"])
def test_a_function_without_a_schema_exits_with_2(cli: Cli, write: Write, tool: str) -> None:
    result = smoke(cli, team(write, items(tool)))
    assert (result.code, result.stdout) == (2, "")
    assert f"4:13: error[bad-tool]: './tools.py:{tool}' cannot be a tool: " in result.stderr


ENDLESS = """\
from pydantic import BaseModel


class Tree(BaseModel):
    up: "Tree"


def grow(city: str) -> Tree:
    raise RuntimeError("never called")
"""


@pytest.mark.parametrize("command", [("smoke", "--stub-tools"), ("test", "--tools", "stub")])
def test_a_stub_whose_type_has_no_sample_answers_with_text(
    cli: Cli, write: Write, command: tuple[str, ...]
) -> None:
    write("bits.py", ENDLESS)
    case = "{name: one, input: grow city Oslo, expect: [{tool_called: grow}, {contains: sample}]}"
    agent = f"agents: {{a: {{model: offline/match, tools: [./bits.py:grow]}}}}\ntests: [{case}]\n"
    result = cli(*command, "a.yaml", cwd=write("a.yaml", agent).parent)
    assert result.code == 0, result.stdout + result.stderr
