"""What checking depends on outside of one file: folders, links, settings, several files."""

import json
import os
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

import yamlagents
from tests.conftest import Cli
from yamlagents.spec.loader import check
from yamlagents.spec.project import Project

Write = Callable[[str, str], Path]
PREFIX = Path(sys.base_prefix).resolve()
AGENTS = "agents: {weather: {model: openai/gpt-4.1}}\n"


def places(cli: Cli, *paths: str | Path, cwd: Path) -> list[str]:
    """Where `validate`, called in `cwd`, finds problems."""
    problems = json.loads(cli("validate", *paths, "--format", "json", cwd=cwd).stdout)
    return [f"{problem['file']}:{problem['line']}:{problem['column']}" for problem in problems]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("agents.weather.model_settings.temperature=9", "error[out-of-range]: 'temperature' must"),
        ("agents.weather.handoffs=[nobody]", "error[unknown-agent]: there is no agent 'nobody'"),
        ("agents.weather.modl=x", "error[unknown-key]: 'modl' is not a key of an agent; did you"),
        ("agents.weather.model.name=x", "error[bad-setting]: 'agents.weather.model.name' leads"),
        ("agents.weather.handoffs={", "error[syntax]: not YAML: did not find expected node"),
        ("agents.weather.instructions=@me", "error[syntax]: a value may not start with '@'"),
        ("run.max_turns=8.0", "error[wrong-type]: 'max_turns' must be a whole number, not 8.0"),
        ("agents.weather.model=${SET_UNSET}", "note[unset-variable]: SET_UNSET is not set"),
    ],
    ids=lambda text: text.partition("=")[0],
)
def test_a_setting_is_a_place(cli: Cli, write: Write, setting: str, expected: str) -> None:
    path = write("agents.yaml", AGENTS)
    lines = cli("validate", path, "--set", setting).stdout.splitlines()
    assert lines[0].startswith(f"--set:1:1: {expected}")
    assert lines[1] == f"    1 | {setting}"
    assert sum("--set:1:1: " in line for line in lines) == 1


def test_a_setting_may_stand_for_what_is_wrong_in_the_file(write: Write) -> None:
    path = write("agents.yaml", "agents: {weather: {model: 5, handoffs: [a, weather]}}\n")
    overrides = ("agents.weather.model=offline/match", "agents.weather.handoffs.0=weather")
    problems = check(path, overrides=overrides).problems
    assert [problem.code for problem in problems] == ["repeated-item"]


@pytest.mark.parametrize("setting", ["model", "=1", "a..b=1"], ids=["no-value", "no-key", "gap"])
def test_what_is_no_setting_is_wrong_usage(cli: Cli, write: Write, setting: str) -> None:
    result = cli("validate", write("agents.yaml", AGENTS), "--set", setting)
    assert result.code == 2
    assert f"'{setting}' is not KEY=VALUE" in result.stderr


@pytest.mark.parametrize("key", ["include", "instructions_file", "tools"])
def test_a_link_does_not_lead_out_of_the_project(
    write: Write, tmp_path: Path, key: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "linked.py"
    outside.write_text("models: {}\n")
    (tmp_path / "linked.py").symlink_to(outside)
    agent = {"instructions_file": "instructions_file: linked.py", "tools": 'tools: ["linked.py:a"]'}
    text = f"agents: {{weather: {{model: openai/gpt-4.1, {agent.get(key, '')}}}}}\n"
    path = write("agents.yaml", ("include: [linked.py]\n" if key == "include" else "") + text)
    assert [problem.code for problem in check(path).problems] == ["outside-project"]


def test_links_in_a_circle_are_no_file(write: Write, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to(tmp_path / "b.yaml")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "a.yaml")
    path = write("agents.yaml", "include: [a.yaml]\n" + AGENTS)
    assert [problem.code for problem in check(path).problems] == ["missing-file"]


@pytest.mark.parametrize(
    ("cwd", "expected"),
    [
        (".", ["team/agents.yaml:2:43", "team/shared/more.yaml:1:9"]),
        ("team", ["agents.yaml:2:43", "shared/more.yaml:1:9"]),
        ("team/shared", ["{root}/team/agents.yaml:2:43", "more.yaml:1:9"]),
    ],
    ids=["root", "folder", "below"],
)
def test_names_are_relative_to_the_working_folder(
    cli: Cli, write: Write, tmp_path: Path, cwd: str, expected: list[str]
) -> None:
    text = "include: [shared/more.yaml]\nagents: {weather: {model: openai/gpt-4.1, modl: 1}}\n"
    path = write("team/agents.yaml", text)
    write("team/shared/more.yaml", "models: []\n")
    named = [place.format(root=tmp_path.resolve()) for place in expected]
    assert places(cli, path, cwd=tmp_path / cwd) == named


def test_a_problem_of_a_shared_file_is_told_once(cli: Cli, write: Write, tmp_path: Path) -> None:
    write("shared/models.yml", "models: {fast: {model: openai/gpt-4.1, setings: {}}}\n")
    for name in ("a", "b"):
        write(f"{name}.yaml", "include: [shared/models.yml]\nagents: {a: {model: fast}}\n")
    assert places(cli, "a.yaml", "b.yaml", cwd=tmp_path) == ["shared/models.yml:1:40"]


def test_a_long_prompt_is_too_large(write: Write, tmp_path: Path) -> None:
    (tmp_path / "prompt.md").write_bytes(b"a" * (1024 * 1024 + 1))
    text = "agents: {weather: {model: openai/gpt-4.1, instructions_file: prompt.md}}\n"
    problem = check(write("agents.yaml", text)).problems[0]
    assert (problem.code, problem.place.line, problem.place.column) == ("too-large", 1, 62)


def test_a_missing_file_and_a_folder_are_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        problem = check(path).problems[0]
        assert (problem.code, problem.place.line) == ("unreadable-file", 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such device")
def test_a_device_without_end_is_too_large() -> None:
    assert [problem.code for problem in check("/dev/zero").problems] == ["too-large"]


def test_the_project_settings_are_read_again(write: Write) -> None:
    path = write("a.yaml", 'agents: {a: {model: openai/gpt-4.1, tools: ["textwrap:dedent"]}}\n')
    assert [problem.code for problem in check(path).problems] == ["code-not-allowed"]
    write("pyproject.toml", '[tool.yamlagents]\nallow = ["textwrap"]\n')
    assert check(path).problems == ()


def test_a_tool_that_changed_is_read_again(write: Write) -> None:
    write("tools.py", "def a(): pass\n")
    path = write("a.yaml", 'agents: {a: {model: openai/gpt-4.1, tools: ["./tools.py:b"]}}\n')
    assert [problem.code for problem in check(path).problems] == ["missing-name"]
    write("tools.py", "def b(): pass\n")
    assert check(path).problems == ()


def test_python_that_warns_is_read_in_silence(write: Write) -> None:
    write("tools.py", 'def a():\n    return "\\d" is 1\n')
    path = write("a.yaml", 'agents: {a: {model: openai/gpt-4.1, tools: ["./tools.py:a"]}}\n')
    assert check(path).problems == ()


def test_load_raises_what_validate_tells(write: Write) -> None:
    path = write("agents.yaml", "agents: {a: {model: b, handoffs: [c]}}\n")
    with pytest.raises(yamlagents.SpecError) as raised:
        yamlagents.load(path)
    assert raised.value.problems == check(path).problems
    assert (
        str(raised.value)
        .splitlines()[0]
        .endswith("agents.yaml:1:21: error[unknown-model]: there is no model 'b' under models")
    )


def test_an_unset_variable_is_a_note_to_check_and_an_error_to_load(write: Write) -> None:
    path = write("agents.yaml", "agents: {a: {model: openai/gpt-4.1, name: '${NAME:?who}'}}\n")
    assert [problem.severity for problem in check(path, environ={}).problems] == ["note"]
    with pytest.raises(
        yamlagents.SpecError, match=r"error\[unset-variable\]: NAME is not set: who"
    ):
        yamlagents.load(path, environ={})


def test_load_says_when_there_are_no_agents(write: Write) -> None:
    path = write("models.yaml", "models: {fast: {model: openai/gpt-4.1}}\n")
    assert check(path).problems == ()
    with pytest.raises(yamlagents.SpecError, match=r"error\[no-agents\]"):
        yamlagents.load(path)


def test_the_fast_check_of_many_files_is_no_looser(tmp_path: Path) -> None:
    text = b"agents: {a: {model: openai/gpt-4.1}}\nrun: {max_turns: 8.0}\n"
    for _ in range(30):
        problems = check(tmp_path / "agents.yaml", text=text).problems
        assert [problem.code for problem in problems] == ["wrong-type"]


def test_text_of_a_file_reaches_no_terminal_as_a_command(cli: Cli, write: Write) -> None:
    path = write("agents.yaml", '"\\e[31m\\nred": 1\n' + AGENTS)
    result = cli("validate", path)
    assert "'\\x1b[31m\\nred' is not a key of an agent file" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize("root", [Path(PREFIX.anchor), PREFIX.parent, PREFIX], ids=str)
@pytest.mark.parametrize("module", ["os:system", "textwrap:dedent", "yaml:safe_load"])
def test_what_python_is_installed_with_is_never_the_projects(root: Path, module: str) -> None:
    text = f"agents: {{a: {{model: openai/gpt-4.1, tools: ['{module}']}}}}\n".encode()
    problems = check(root / "agents.yaml", text=text).problems
    assert [problem.code for problem in problems] == ["code-not-allowed"]


def test_a_project_below_pythons_own_folder_is_a_project() -> None:
    project = Project(PREFIX / "src" / "app")
    assert project.contains(project.root / "tools.py")
    assert not project.contains(project.root / "site-packages" / "tools.py")
    assert not project.contains(Path(os.__file__).resolve())


def test_a_library_as_a_file_is_not_the_projects() -> None:
    path = Path(textwrap.__file__).resolve()
    text = f"agents: {{a: {{model: openai/gpt-4.1, tools: ['{path.as_posix()}:dedent']}}}}\n"
    problems = check(Path(path.anchor) / "agents.yaml", text=text.encode()).problems
    assert [problem.code for problem in problems] == ["outside-project"]
