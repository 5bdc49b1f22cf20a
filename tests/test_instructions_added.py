"""What is added to instructions on request: the date, the machine, texts of files."""

import datetime
import platform
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import yamlagents
from tests.conftest import Cli, Result
from tests.openai_server import OpenAIServer
from yamlagents.spec.additions import Additions

Write = Callable[[str, str], Path]
Run = Callable[..., Result]

AGENT = """\
agents:
  clerk:
    {told}
    model: openai/gpt-4.1
    append_to_instructions: {added}
tests:
  - name: hello
    input: Hello
    expect: [{{contains: server}}]
"""
CODE = """\
def plain(context, agent):
    return f"I am {agent.name}."


async def later(context, agent):
    return f"I am {agent.name}."


def nothing(context, agent):
    return None


def broken(context, agent):
    raise LookupError("no words")
"""
ALL = "{date: true, environment: true, files: [AGENTS.md]}"
RULES = '<file name="AGENTS.md">\nBe kind to ${USER} and ${params.name}.\n</file>'


@pytest.fixture
def run(cli: Cli, write: Write, server: OpenAIServer) -> Run:
    """Run a command with an agent that is told, and has something added."""

    def call(command: str, *argv: str, told: str = "instructions: Be brief.", added: str) -> Result:
        write("prompts.py", CODE)
        write("AGENTS.md", "Be kind to ${USER} and ${params.name}.\n")
        folder = write("team.yaml", AGENT.format(told=told, added=added)).parent
        env = {"OPENAI_API_KEY": "test-key-0123456789", "OPENAI_BASE_URL": server.base_url}
        return cli(command, "team.yaml", *argv, cwd=folder, env=env)

    return call


def told(server: OpenAIServer) -> str | None:
    """Give the instructions of the last request."""
    first = server.requests[-1].body["messages"][0]
    return str(first["content"]) if first["role"] == "system" else None


def today() -> str:
    return f"Today is {datetime.datetime.now():%A, %Y-%m-%d}."


def test_the_date_is_that_of_the_request(run: Run, server: OpenAIServer) -> None:
    before = today()
    assert run("run", "Hello", added="{date: true}").code == 0
    assert told(server) in (f"Be brief.\n\n{before}", f"Be brief.\n\n{today()}")


def test_the_environment_names_the_system_and_the_project(
    run: Run, server: OpenAIServer, tmp_path: Path
) -> None:
    run("run", "Hello", added="{environment: true}")
    system = platform.system().replace("Darwin", "macOS")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    said = f"Operating system: {system}\nPython: {python}\nProject folder: {tmp_path.name}"
    assert told(server) == f"Be brief.\n\n{said}"


def test_a_home_folder_is_not_named(
    run: Run, server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    run("run", "Hello", added="{environment: true}")
    assert tmp_path.name not in str(told(server))


def test_the_text_of_a_file_is_added_as_it_is(run: Run, server: OpenAIServer) -> None:
    run("run", "Hello", added="{files: [AGENTS.md]}")
    assert told(server) == f"Be brief.\n\n{RULES}"


@pytest.mark.parametrize("there", [True, False], ids=["there", "absent"])
def test_an_optional_file_may_be_absent(
    run: Run, write: Write, server: OpenAIServer, there: bool
) -> None:
    if there:
        write("STYLE.md", "No jokes.\n")
    assert run("run", "Hello", added="{files: [{path: STYLE.md, optional: true}]}").code == 0
    assert ("No jokes." in str(told(server))) is there


def test_what_changes_most_often_comes_last(run: Run, server: OpenAIServer) -> None:
    run("run", "Hello", added=ALL)
    pattern = r"Be brief\.\n\n<file .*</file>\n\nOperating system: .*\n\nToday is .*\."
    assert re.fullmatch(pattern, str(told(server)), re.DOTALL)


@pytest.mark.parametrize(
    ("instructions", "own"),
    [
        ("instructions: {use: './prompts.py:plain'}", "I am clerk.\n\n"),
        ("instructions: {use: './prompts.py:later'}", "I am clerk.\n\n"),
        ("instructions: {use: './prompts.py:nothing'}", ""),
        ("instructions_file: AGENTS.md", "Be kind to ${USER} and Ada.\n\n"),
        ("name: clerk", ""),
    ],
    ids=["function", "async", "nothing given", "file", "none"],
)
def test_it_follows_whatever_the_instructions_are(
    run: Run, write: Write, server: OpenAIServer, instructions: str, own: str
) -> None:
    params = "" if "file" not in instructions else "\nparams: {name: {default: Ada}}"
    given = {"told": instructions, "added": "{files: [AGENTS.md]}" + params}
    result = run("run", "Hello", **given)
    assert (result.code, told(server)) == (0, f"{own}{RULES}"), result.stderr


def test_a_function_that_fails_is_told_as_ever(run: Run) -> None:
    result = run("run", "Hello", told="instructions: {use: './prompts.py:broken'}", added=ALL)
    assert result.code == 4
    assert "error[code-failed]" in result.stderr
    assert "prompts.py:14" in result.stderr


REHEARSED = f"""\
Be brief.

{RULES}

Operating system: Linux
Python: 3.10
Project folder: project

Today is Saturday, 2000-01-01."""


def test_a_test_has_the_same_day_and_machine_everywhere(
    run: Run, server: OpenAIServer, tmp_path: Path
) -> None:
    assert run("test", "--record", added=ALL).code == 0
    assert told(server) == REHEARSED
    recorded = yaml.safe_load((tmp_path / "cassettes/team/hello.yaml").read_text())
    assert recorded["agents"]["clerk"]["instructions"] == REHEARSED
    assert run("test", added=ALL).code == 0
    assert run("test", "--live", added=ALL).code == 0
    assert told(server) == REHEARSED


def test_a_recording_is_stale_once_a_file_changes(run: Run, write: Write, cli: Cli) -> None:
    run("test", "--record", added=ALL)
    folder = write("AGENTS.md", "Be strict.\n").parent
    result = cli("test", "team.yaml", cwd=folder)
    assert result.code == 8
    assert "instructions of `clerk` changed at team.yaml:5" in result.stdout
    assert "+Be strict." in result.stdout


SMOKED = """\
agents:
  clerk:
    instructions: {use: ./seen.py:instructions}
    model: openai/gpt-4.1
    append_to_instructions: {date: true}
    tools: [./seen.py:say]
"""
SEEN = '''\
from pathlib import Path

from agents import RunContextWrapper


def instructions(context, agent):
    return "Be brief."


async def say(context: RunContextWrapper, text: str) -> str:
    """Say it."""
    told = await context.agent.get_system_prompt(context)
    Path(__file__).with_name("told.txt").write_text(told)
    return text
'''


def test_smoke_has_the_day_of_tests(cli: Cli, write: Write) -> None:
    write("seen.py", SEEN)
    folder = write("team.yaml", SMOKED).parent
    result = cli("smoke", "team.yaml", cwd=folder)
    assert result.code == 0, result.stdout
    assert (folder / "told.txt").read_text() == "Be brief.\n\nToday is Saturday, 2000-01-01."


def test_the_digest_of_a_definition_does_not_hang_on_the_day(write: Write, cli: Cli) -> None:
    def digest(added: str) -> str:
        told = AGENT.format(told="instructions: Be brief.", added=added)
        file = write("team.yaml", told.replace("openai/gpt-4.1", "offline/match"))
        team = yamlagents.assemble(yamlagents.load(file))
        return yamlagents.run_sync(team, "Hello").definition

    write("AGENTS.md", "Be kind.\n")
    dated = digest("{date: true, files: [AGENTS.md]}")
    assert dated == digest("{date: true, files: [AGENTS.md]}")
    assert dated != digest("{date: false, files: [AGENTS.md]}")
    write("AGENTS.md", "Be strict.\n")
    assert dated != digest("{date: true, files: [AGENTS.md]}")


def test_a_spec_of_a_test_is_that_of_a_run_otherwise(write: Write) -> None:
    spec = yamlagents.load(Path(__file__).parent / "files" / "good" / "input" / "agents.yaml")
    clerk, junior = spec.agents.values()
    assert clerk.additions is not None
    assert [file.name for file in clerk.additions.files] == ["AGENTS.md"]
    # `extends` merges it key by key.
    assert junior.additions == Additions(False, True, clerk.additions.files)
    assert spec.rehearsed.agents["clerk"] == clerk
