"""What docs/ci.md, .pre-commit-hooks.yaml and `init --ci` offer is one, and it works."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.action_runner import ACTION
from tests.conftest import ROOT, Cli
from tests.hooks import hooks

Write = Callable[[str, str], Path]
PAGE = ROOT / "docs" / "ci.md"
BLOCK = re.compile(r"(?<=<!-- )([\w-]+) -->\n```yml\n(.*?)```\n", re.DOTALL)
WRITTEN = {"workflow": ".github/workflows/agents.yml", "hooks": ".pre-commit-config.yaml"}
AGENT = "agents: {solo: {model: offline/match, instructions: Hi.}}\n"


def blocks() -> dict[str, str]:
    return {match[1]: match[2] for match in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}


def block(name: str) -> Any:
    return yaml.safe_load(blocks()[name])


def commands_of(name: str) -> list[str]:
    """The calls of yamlagents in the block of a workflow, of GitLab, or of hooks."""
    lines = (line.strip().removeprefix("- ") for line in blocks()[name].splitlines())
    calls = (line.removeprefix("run: ").removeprefix("entry: ") for line in lines)
    return [call for call in calls if call.startswith("yamlagents ")]


@pytest.fixture
def fresh(cli: Cli, tmp_path: Path) -> Path:
    """A project as `init --ci` writes it."""
    assert cli("init", "--ci", cwd=tmp_path).code == 0
    return tmp_path


def test_every_block_of_the_page_is_known_to_these_tests() -> None:
    assert list(blocks()) == ["workflow", "action", "hooks", "pre-commit", "gitlab"]
    assert PAGE.read_text(encoding="utf-8").count("```") == 2 * len(blocks())
    assert all(isinstance(block(name), dict) for name in blocks())


@pytest.mark.parametrize("name", WRITTEN)
def test_the_page_shows_what_init_writes(
    fresh: Path, name: str, pytestconfig: pytest.Config
) -> None:
    written = (fresh / WRITTEN[name]).read_text(encoding="utf-8")
    if pytestconfig.getoption("--update"):
        page = PAGE.read_text(encoding="utf-8")
        head, _, rest = page.partition(f"<!-- {name} -->\n```yml\n")
        tail = rest[rest.index("```") :]
        PAGE.write_text(f"{head}<!-- {name} -->\n```yml\n{written}{tail}", encoding="utf-8")
    assert blocks()[name] == written


@pytest.mark.parametrize("name", ["workflow", "gitlab", "hooks"])
def test_the_commands_of_the_page_pass_in_a_fresh_project(cli: Cli, fresh: Path, name: str) -> None:
    calls = commands_of(name)
    assert [call.split()[1] for call in calls] == ["validate", "smoke", "test"][: len(calls)]
    assert len(calls) == (2 if name == "hooks" else 3)
    for call in calls:
        result = cli(*shlex.split(call)[1:], cwd=fresh)
        assert result.code == 0, result.stderr
    reported = (fresh / "reports" / "agents.xml").exists()
    assert reported == ("junit:reports/agents.xml" in blocks()[name])


def test_every_step_of_the_workflow_runs_though_one_before_it_failed() -> None:
    steps = block("workflow")["jobs"]["agents"]["steps"]
    ours = [step for step in steps if "yamlagents " in f"{step.get('run')} "]
    install, *others = [step for step in ours if "format" in step["run"] or "pip" in step["run"]]
    assert install["id"] == "install"
    condition = "${{ !cancelled() && steps.install.outcome == 'success' }}"
    assert [step["if"] for step in others] == [condition] * 3


def test_the_page_names_the_inputs_of_the_action() -> None:
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    table = PAGE.read_text(encoding="utf-8").partition("| input | |")[2].partition("\n\n")[0]
    names = [name for row in table.splitlines() for name in re.findall(r"`([\w-]+)`", row[:60])]
    assert set(action["inputs"]) <= set(names)
    step = next(one for one in block("action")["jobs"]["agents"]["steps"] if "with" in one)
    assert set(step["with"]) <= set(action["inputs"])


def test_the_page_names_the_hooks() -> None:
    (repository,) = block("pre-commit")["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == list(hooks())


def selected(name: str, path: str) -> bool:
    """Tell whether pre-commit runs the hook `name` for the file at `path`."""
    hook = hooks()[name]
    if hook.get("types") == ["yaml"] and not path.endswith((".yaml", ".yml")):
        return False
    return bool(re.search(hook["files"], path)) and not re.search(hook["exclude"], path)


@pytest.mark.parametrize(
    ("path", "validated", "smoked"),
    [
        ("agents.d/a.yaml", True, True),
        ("agents.d/teams/a b.yml", True, True),
        ("services/shop/agents.d/a.yaml", True, True),
        ("agents.yaml", True, True),
        ("shop/support.agents.yml", True, True),
        ("agents.d/tools/t.py", False, True),
        ("agents.d/prompts/p.md", False, True),
        ("agents.d/cassettes/a/tokyo.yaml", False, False),
        ("agents.d/.hidden/a.yaml", False, False),
        ("agents.d/.a.yaml", False, False),
        ("agents.d/node_modules/x/a.yaml", False, False),
        ("my-agents.d.yaml", False, False),
        ("useragents.yaml", False, False),
        ("compose.yaml", False, False),
        (".github/workflows/agents.yml", False, False),
    ],
)
def test_the_hooks_run_for_agent_files_alone(path: str, validated: bool, smoked: bool) -> None:
    found = (selected("yamlagents-validate", path), selected("yamlagents-smoke", path))
    assert found == (validated, smoked)


def test_a_hook_checks_what_validate_finds(cli: Cli, write: Write, tmp_path: Path) -> None:
    names = ["a.yaml", "b/c.yml", "cassettes/a/x.yaml", ".d/e.yaml", ".f.yaml", "g.json"]
    for name in names:
        write(f"agents.d/{name}", AGENT)
    passed = [path for path in names if selected("yamlagents-validate", f"agents.d/{path}")]
    assert cli("validate", cwd=tmp_path).stderr == f"{len(passed)} files checked, no problems\n"


def test_the_hooks_fail_for_what_is_broken(cli: Cli, write: Write, tmp_path: Path) -> None:
    paths = ["agents.d/a.yaml", "b.agents.yaml"]
    write(paths[0], AGENT)
    write(paths[1], AGENT.replace("model", "modle"))
    validate, smoke = (shlex.split(hook["entry"])[1:] for hook in hooks().values())
    result = cli(*validate, *paths, cwd=tmp_path)
    assert (result.code, "b.agents.yaml:1:17: error[unknown-key]" in result.stdout) == (2, True)
    assert cli(*smoke, cwd=tmp_path).code == 0
    write(paths[0], AGENT.replace("Hi.", "Hi., tools: [./no.py:x]"))
    assert cli(*smoke, cwd=tmp_path).code == 2
