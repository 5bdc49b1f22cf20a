"""Names that tests expect of failures: codes, exit codes and guardrails that there are."""

import re

import pytest

from tests.conftest import Cli
from tests.test_problems_doc import FILES, RUNS, sections
from tests.tested_project import Write
from yamlagents.spec.run.codes import EXITS, UNEXPECTED

_EXIT = re.compile(r"exit code (\d)", re.IGNORECASE)


def test_the_codes_of_runs_are_those_of_the_page() -> None:
    told = {code: _EXIT.search(text) for code, text in sections(FILES + RUNS).items()}
    assert {code: int(found[1]) for code, found in told.items() if found} == dict(EXITS)
    assert EXITS.keys() >= UNEXPECTED


GUARDED = '''\
from agents import ToolGuardrailFunctionOutput, function_tool, tool_input_guardrail


@tool_input_guardrail
def no_pii(data):
    return ToolGuardrailFunctionOutput.raise_exception()


@function_tool(tool_input_guardrails=[no_pii])
def send(text: str) -> str:
    """Send a text."""
    return "sent"
'''
TEAM = """\
agents:
  solo: {{model: offline/sweep, tools: ["./tools.py:send"]}}
tests:
  - name: stops
    input: Send it
    expect:
      - {}
"""


@pytest.mark.parametrize("expected", ["guardrail: no_pii", "error: guardrail", "error: 6"])
def test_a_guardrail_that_stops_the_run_is_expected(cli: Cli, write: Write, expected: str) -> None:
    write("agents.d/tools.py", GUARDED)
    path = write("agents.d/a.yaml", TEAM.format(expected))
    result = cli("test", cwd=path.parent.parent)
    assert result.code == 0, result.stdout


@pytest.mark.parametrize("expected", ["guardrail: no_pi", "not: {guardrail: no_pi}"])
def test_a_guardrail_that_there_is_not_fails_the_test(
    cli: Cli, write: Write, expected: str
) -> None:
    write("agents.d/tools.py", GUARDED)
    text = TEAM.format(f"{{error: guardrail}}\n      - {expected}")
    path = write("agents.d/a.yaml", text)
    result = cli("test", cwd=path.parent.parent)
    assert result.code == 1
    assert re.search(
        r"^agents\.d/a\.yaml:8:\d+: error\[\S+\]: there is no guardrail 'no_pi'; did you mean "
        "'no_pii'",
        result.stdout,
        re.MULTILINE,
    )
