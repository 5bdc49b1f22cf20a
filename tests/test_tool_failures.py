"""Tools that raise, hang, end the program or print: what the model, stderr and stdout get."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Cli
from tests.toolbox import ask, ask_fresh, the_call

Write = Callable[[str, str], Path]

SAFE = "An error occurred while running the tool. Please try again."
SLOW = ["slow", "slow_later", "slow_built"]


@pytest.mark.parametrize("name", SLOW)
def test_a_timeout_is_told_to_the_model_and_on_stderr(cli: Cli, write: Write, name: str) -> None:
    result = ask(cli, write, f"{{function: './tools/weather.py:{name}', timeout: 0.1}}", "--json")
    call = the_call(result)
    assert call["output"] == f"Tool '{name}' timed out after 0.1 seconds."
    assert call["error"] == "timed out after 0.1 seconds"
    assert result.stderr == f"ERROR: tool '{name}' did not return within 0.1 seconds\n"
    assert result.code == 0


@pytest.mark.parametrize("name", SLOW)
def test_a_timeout_may_end_the_run(cli: Cli, write: Write, name: str) -> None:
    options = "timeout: 0.1, timeout_behavior: raise_exception"
    result = ask(cli, write, f"{{function: './tools/weather.py:{name}', {options}}}")
    said = f"error[tool-failed]: the tool '{name}' did not return within 0.1 seconds"
    assert (result.code, result.stdout) == (4, "")
    assert result.stderr.startswith(said)


def test_a_tool_within_its_timeout_returns(cli: Cli, write: Write) -> None:
    result = ask(cli, write, "{function: './tools/weather.py:plain', timeout: 30}")
    assert (result.code, result.stdout) == (0, "It is plain in Oslo.\n")


def test_a_tool_that_does_not_return_does_not_hold_up_the_end(write: Write) -> None:
    # The process would be killed after a minute.
    done = ask_fresh(write, "{function: './tools/weather.py:stuck', timeout: 0.1}")
    assert (done.returncode, done.stdout) == (0, "Tool 'stuck' timed out after 0.1 seconds.\n")


@pytest.mark.parametrize(
    ("name", "error", "line"),
    [
        pytest.param("broken", "RuntimeError: wet fuse", "raise RuntimeError", id="raise"),
        pytest.param("leaving", "RuntimeError: SystemExit: 0", "sys.exit(0)", id="exit"),
        pytest.param("exhausted", "RuntimeError: StopIteration: ", "next(iter(()))", id="stop"),
    ],
)
def test_what_a_tool_raises_is_logged_and_kept_from_the_model(
    cli: Cli, write: Write, name: str, error: str, line: str
) -> None:
    result = ask(cli, write, f"./tools/weather.py:{name}", "--json")
    call = the_call(result)
    first, *trace = result.stderr.splitlines()
    assert (result.code, call["output"], call["error"]) == (0, SAFE, error)
    assert first == f"ERROR: tool '{name}' raised RuntimeError"
    assert "weather.py" in trace[1]
    assert line in trace[2]


def test_a_failing_tool_may_end_the_run(cli: Cli, write: Write) -> None:
    tool = "{function: './tools/weather.py:broken', failure_error_function: null}"
    result = ask(cli, write, tool, "--json")
    error = json.loads(result.stdout)["error"]
    assert (result.code, error["code"], error["exit"]) == (4, "tool-failed", 4)
    assert error["message"].startswith("the tool 'broken' failed: RuntimeError: wet fuse")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_what_the_model_is_told_in_the_files_words_is_logged_all_the_same(
    cli: Cli, write: Write, kind: str
) -> None:
    write("words.py", f"{kind} explain(context, error):\n    return 'Try later.'\n")
    explained = "failure_error_function: './words.py:explain'"
    tool = f"{{function: './tools/weather.py:broken', {explained}}}"
    result = ask(cli, write, tool, "--json")
    call = the_call(result)
    told = (call["output"], call["error"])
    assert (result.code, *told) == (0, "Try later.", "RuntimeError: wet fuse")
    assert result.stderr.startswith("ERROR: tool 'broken' raised RuntimeError\n")


def test_an_async_tool_cannot_end_the_program(write: Write) -> None:
    done = ask_fresh(write, "./tools/weather.py:leaving_later")
    assert (done.returncode, done.stdout) == (0, f"{SAFE}\n")
    assert "ERROR: tool 'leaving_later' raised RuntimeError" in done.stderr


@pytest.mark.parametrize(
    "form", [[], ["--json"], ["--events"], ["--stream"]], ids=["text", "json", "events", "stream"]
)
def test_what_a_tool_prints_goes_to_stderr(cli: Cli, write: Write, form: list[str]) -> None:
    result = ask(cli, write, "./tools/weather.py:loud", *form)
    assert (result.code, result.stderr) == (0, "printed\n")
    assert "printed" not in result.stdout
    assert "It is loud in Oslo." in result.stdout


def test_what_a_tools_module_and_processes_print_goes_to_stderr(write: Write) -> None:
    write("loud.py", "print('at import')\nfrom tools.weather import loud\nwith_noise = loud\n")
    done = ask_fresh(write, "./loud.py:with_noise")
    assert (done.returncode, done.stdout) == (0, "It is loud in Oslo.\n")
    assert sorted(done.stderr.splitlines()) == ["at import", "echoed", "printed"]
