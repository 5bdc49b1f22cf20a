"""Function tools: the kinds there are, where they may lie, and the options they take."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.test_schema import EXACT, FITS
from tests.toolbox import ask, ask_fresh, the_call

Write = Callable[[str, str], Path]


@pytest.mark.parametrize("name", ["plain", "later", "built"])
def test_a_tool_is_a_function_or_built_in_python(cli: Cli, write: Write, name: str) -> None:
    result = ask(cli, write, f"./tools/weather.py:{name}")
    assert (result.code, result.stdout, result.stderr) == (0, f"It is {name} in Oslo.\n", "")


def test_a_tool_may_lie_in_a_module_of_the_project(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    write("src/oslo_office/__init__.py", "from oslo_office.sibling import forecast\n")
    code = 'def forecast(city: str) -> str:\n    """Get the weather."""\n    return "It rains."\n'
    write("src/oslo_office/sibling.py", code)
    result = ask(cli, write, "oslo_office:forecast")
    assert (result.code, result.stdout) == (0, "It rains.\n")


def test_a_tool_file_imports_its_siblings(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    write("tools/beside_it.py", "WORD = 'It snows.'\n")
    code = 'from beside_it import WORD\ndef now(city: str) -> str:\n    """Get the weather."""\n'
    write("tools/snow.py", f"{code}    return WORD\n")
    result = ask(cli, write, "./tools/snow.py:now")
    assert (result.code, result.stdout) == (0, "It snows.\n")


def test_a_folder_called_agents_does_not_hide_the_sdk(cli: Cli, write: Write) -> None:
    write("agents/__init__.py", "raise RuntimeError('imported')\n")
    code = 'def now(city: str) -> str:\n    """Get the weather."""\n    return "It is hot."\n'
    write("agents/tool.py", code)
    beside = ask_fresh(write, "./agents/tool.py:now")
    module = ask(cli, write, "agents.tool:now")
    assert (beside.returncode, beside.stdout, beside.stderr) == (0, "It is hot.\n", "")
    assert module.code == 2
    assert "error[shadowed-module]" in module.stderr


@pytest.mark.parametrize("name", ["plain", "built"])
def test_options_reach_both_kinds(cli: Cli, write: Write, name: str) -> None:
    tool = f"function: './tools/weather.py:{name}'"
    options = "name_override: forecast, description_override: Get the weather"
    result = ask(cli, write, f"{{{tool}, {options}}}", "--json")
    assert the_call(result)["name"] == "forecast"
    hidden = ask(cli, write, f"{{{tool}, is_enabled: false}}", "--json")
    assert json.loads(hidden.stdout)["tool_calls"] == []


@pytest.mark.parametrize("name", ["plain", "built"])
@pytest.mark.parametrize("timeout", ["", ", timeout: 5"], ids=["", "timeout"])
def test_without_a_terminal_a_tool_waits_for_approval(
    cli: Cli, write: Write, name: str, timeout: str
) -> None:
    tool = f"{{function: './tools/weather.py:{name}', needs_approval: true{timeout}}}"
    result = ask(cli, write, tool, "--json")
    document = json.loads(result.stdout)
    assert (result.code, document["error"]["code"]) == (7, "needs-approval")
    assert document["tool_calls"] == []
    assert f"the tool '{name}' waits for approval" in result.stderr


def test_what_is_built_in_python_takes_no_schema_options(cli: Cli, write: Write) -> None:
    result = ask(cli, write, "{function: './tools/weather.py:built', strict_mode: false}")
    assert result.code == 2
    assert "error[bad-tool]: 'strict_mode' cannot be set here" in result.stderr


def test_a_mapping_needs_a_schema_that_is_not_strict(cli: Cli, write: Write) -> None:
    strict = ask(cli, write, "./tools/weather.py:mapping")
    loose = ask(cli, write, "{function: './tools/weather.py:mapping', strict_mode: false}")
    assert strict.code == 2
    assert strict.stderr.partition(": ")[0].endswith("team.yaml:4:13")
    assert "error[bad-tool]" in strict.stderr
    assert "set it to false" in strict.stderr
    assert loose.code == 0


def test_names_that_collide_only_in_python_are_a_problem(cli: Cli, write: Write) -> None:
    result = ask(cli, write, "./tools/weather.py:plain, ./tools/weather.py:second")
    assert result.code == 2
    assert "error[duplicate-tool]: a second tool called 'plain'" in result.stderr
    assert "give one of them a name_override" in result.stderr


def test_an_object_that_only_an_import_shows_is_not_a_tool(cli: Cli, write: Write) -> None:
    result = ask(cli, write, "./tools/weather.py:nothing")
    assert (result.code, result.stdout) == (2, "")
    assert "error[not-a-tool]" in result.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("import not_installed", "ModuleNotFoundError: No module named", id="missing"),
        pytest.param("1 / 0", "ZeroDivisionError: division by zero (failing.py:1)", id="raise"),
        pytest.param("raise SystemExit(0)", "SystemExit: 0 (failing.py:1)", id="exit"),
        pytest.param("raise SystemExit", "SystemExit (failing.py:1)", id="bare-exit"),
    ],
)
def test_a_failing_import_is_a_problem_at_its_place(
    cli: Cli, write: Write, line: str, said: str
) -> None:
    write("failing.py", f"{line}\ndef tool() -> str:\n    return ''\n")
    result = ask(cli, write, "./failing.py:tool")
    place = "team.yaml:4:13: error[import-failed]: importing './failing.py:tool' failed: "
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{place}{said}")


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("./my tools/k.py:f", True),
        ("my tools.py:f", True),
        (" k.py:f", False),
        ("./my\ttools/k.py:f", False),
        ("./my\ntools/k.py:f", False),
        ("./k.py: f", False),
        ("my tools:f", False),
    ],
)
def test_paths_may_have_spaces(text: str, valid: bool) -> None:
    data = {"agents": {"a": {"tools": [text]}}}
    assert EXACT.is_valid(data) is valid
    assert FITS(data) is valid


def test_a_tool_in_a_path_with_spaces_runs(cli: Cli, write: Write) -> None:
    code = 'def now(city: str) -> str:\n    """Get the weather."""\n    return "It is dry."\n'
    write("my tools/the weather.py", code)
    result = ask(cli, write, "./my tools/the weather.py:now")
    assert (result.code, result.stdout, result.stderr) == (0, "It is dry.\n", "")
