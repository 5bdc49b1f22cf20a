"""What users and shells do wrong, and what models and tools may say: no crash, no wrong output."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Cli

Write = Callable[[str, str], Path]
AGENT = "agents: {a: {model: offline/match, instructions: Hi.}}\n"
LIVE = "agents: {a: {model: openai/gpt-4.1, instructions: Hi.}}\n"
TOOLED = """\
agents:
  a:
    instructions: Hi.
    model: offline/match
    tools: [{function: ./tools.py:%s, needs_approval: %s}]
"""
TOOLS = r'''
def odd(count: int) -> str:
    """Give odd text."""
    return "\ud800 \u20ac \xe9 \x1b[31m"


def pay(amount: int) -> str:
    """Pay an amount."""
    return "paid"
'''


def shell(line: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash, where `$Y` is the command line and the code is that of its first part."""
    command = f"{sys.executable} -m yamlagents"
    return subprocess.run(
        ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "Y": command, **env},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("$Y run a.yaml hi --events | true", 0, ""),
        ("$Y run a.yaml hi --json | true", 0, ""),
        ("$Y --help | true", 0, ""),
        ("$Y schema >/dev/full", 2, "cannot write: no space left on device\n"),
        ("$Y run a.yaml hi >/dev/full", 2, "cannot write: no space left on device\n"),
        ("$Y schema >&-", 0, ""),
        ("$Y run a.yaml hi 2>&- >/dev/null", 0, ""),
        ("$Y run nothing hi 2>/dev/full", 2, ""),
        ("$Y run nothing hi 2>&-", 2, ""),
    ],
)
def test_a_stream_that_is_gone(
    write: Write, tmp_path: Path, line: str, code: int, said: str
) -> None:
    write("a.yaml", AGENT)
    result = shell(line, tmp_path)
    assert (result.returncode, result.stderr) == (code, said)


def test_a_closed_stdin_is_no_input(write: Write, tmp_path: Path) -> None:
    write("a.yaml", AGENT)
    result = shell("$Y run a.yaml <&-", tmp_path)
    assert result.returncode == 2
    assert "INPUT is empty." in result.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_what_a_tool_says_reaches_every_encoding(
    write: Write, tmp_path: Path, encoding: str
) -> None:
    write("tools.py", TOOLS)
    write("a.yaml", TOOLED % ("odd", "false"))
    told = shell("$Y run a.yaml 'odd count 3' --json", tmp_path, PYTHONIOENCODING=encoding)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["tool_calls"][0]["output"] == "\ud800 \u20ac \xe9 \x1b[31m"
    plain = shell("$Y run a.yaml 'odd count 3' -v", tmp_path, PYTHONIOENCODING=encoding)
    assert plain.returncode == 0
    assert "\\ud800" in plain.stdout
    assert "\x1b" not in plain.stderr


def test_json_has_no_numbers_that_are_none(cli: Cli, write: Write) -> None:
    said = '{"x": NaN, "y": [-Infinity]}'
    write(
        "tools.py", f"def odd(count: int) -> dict:\n    return __import__('json').loads('{said}')"
    )
    file = write("a.yaml", TOOLED % ("odd", "false"))
    for form in ("--json", "--events"):
        result = cli("run", file, "odd count 3", form)
        for line in [result.stdout] if form == "--json" else result.stdout.splitlines():
            json.loads(line, parse_constant=lambda name: pytest.fail(name))


@pytest.mark.parametrize(
    ("taken", "options"),
    [("tests", ()), ("agents.d", ()), ("schemas", ()), ("x", ("--dir", "x/y"))],
)
def test_init_writes_all_or_nothing(
    cli: Cli, tmp_path: Path, taken: str, options: tuple[str, ...]
) -> None:
    (tmp_path / taken).write_text("")
    result = cli("init", *options, cwd=tmp_path)
    assert result.code == 2
    assert f"Nothing was written: '{taken}' is not a folder." in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [taken]


@pytest.mark.parametrize("command", ["init", "list", "validate"])
def test_a_folder_that_cannot_be_is_wrong_usage(cli: Cli, tmp_path: Path, command: str) -> None:
    assert cli(command, "--dir", "x" * 300, cwd=tmp_path).code == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "folder"), [("null", "agents.d"), ("True", 'it\'s "here"'), ("bot", "my agents")]
)
def test_what_init_writes_works_whatever_the_names(tmp_path: Path, name: str, folder: str) -> None:
    said = shell(f'$Y init {name} --dir "$FOLDER"', tmp_path, FOLDER=folder)
    assert said.returncode == 0, said.stderr
    tried = shell("$Y" + said.stderr.partition("Try it:  yamlagents")[2].strip("\n"), tmp_path)
    assert (tried.returncode, tried.stderr) == (0, "")
    test = shell(f"{sys.executable} -m pytest -q -p no:cacheprovider tests", tmp_path)
    assert "1 passed" in test.stdout


def test_init_says_which_files_exist(cli: Cli, tmp_path: Path) -> None:
    cli("init", cwd=tmp_path)
    assert "exist already." in cli("init", cwd=tmp_path).stderr


@pytest.mark.parametrize(
    ("text", "line"),
    [("A=1\n\n# note\nB\n", 4), ("A=1\nB='x\n", 2), ("=x\n", 1), ("A=x\0y\n", 1)],
    ids=["no value", "no end", "no name", "null character"],
)
def test_a_wrong_line_of_variables_is_said(cli: Cli, write: Write, text: str, line: int) -> None:
    variables = write("my.env", text)
    result = cli("run", write("a.yaml", AGENT), "hi", "--env-file", variables)
    assert result.code == 2
    assert f"my.env:{line}: this is not NAME=VALUE" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--base-url", "", "'' does not start with http:// or https://"),
        ("--base-url", "localhost:1", "'localhost:1' does not start with"),
        ("--model", "openai/", "'openai/' is no model"),
        ("--model", "/x", "'/x' is no model"),
        ("--model", "offline", "'offline' names no policy; write offline/match"),
    ],
)
def test_a_value_that_cannot_be(cli: Cli, write: Write, option: str, value: str, said: str) -> None:
    result = cli("run", write("a.yaml", AGENT), "hi", option, value)
    assert result.code == 2
    assert said in result.stderr


def test_input_is_asked_for_before_a_key(cli: Cli, write: Write) -> None:
    result = cli("run", write("a.yaml", LIVE), tty=True)
    assert "There is no INPUT" in result.stderr
    assert "OPENAI_API_KEY" not in result.stderr


def test_bytes_that_are_no_text_are_no_input(cli: Cli, write: Write) -> None:
    file = write("a.yaml", AGENT)
    for result in (cli("run", file, input=b"\xff"), cli("run", file, "\udcff")):
        assert result.code == 2
        assert "INPUT is not UTF-8." in result.stderr
    assert cli("chat", file, input=b"\xff\n").code == 2


def test_a_pipe_among_the_files_is_not_read(cli: Cli, write: Write, tmp_path: Path) -> None:
    write("agents.d/a.yaml", AGENT)
    os.mkfifo(tmp_path / "agents.d" / "x.yaml")
    for path in ("agents.d", "agents.d/*"):
        assert cli("validate", path, cwd=tmp_path).stderr == "1 file checked, no problems\n"


def test_ctrl_c_ends_a_question(write: Write, tmp_path: Path) -> None:
    write("tools.py", TOOLS)
    command = [
        sys.executable,
        "-m",
        "yamlagents",
        "run",
        str(write("a.yaml", TOOLED % ("pay", "true"))),
    ]
    ours, theirs = pty.openpty()
    said = tmp_path / "said"
    with said.open("wb") as stderr:
        process = subprocess.Popen(
            [*command, "Pay an amount of 5"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=theirs,
            stdout=theirs,
            stderr=stderr,
        )
    try:
        while b"[y/N]" not in said.read_bytes() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


def test_a_question_shows_control_characters(cli: Cli, write: Write) -> None:
    write("tools.py", TOOLS.replace("amount: int", "text: str"))
    file = write("a.yaml", TOOLED % ("pay", "true"))
    result = cli("run", file, 'pay text "a\u202e"', input="n\n", tty=True)
    assert "wants to call pay(" in result.stderr
    assert "\u202e" not in result.stderr
