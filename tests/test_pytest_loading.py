"""The pytest plugin as a module: what it loads and when, by which names, and by whose params."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.pytest_runs import NAMES, PLUGIN, collected, run_pytest
from tests.tested_project import Write, write_project

pytestmark = pytest.mark.slow

HEAVY = ("yaml", "jsonschema", "agents", "litellm", "openai", "pydantic", "click", "asyncio")


@pytest.fixture
def project(write: Write) -> Path:
    return write_project(write)


def loaded_after(folder: Path, *argv: str) -> tuple[int, list[str]]:
    """Give pytest's exit code, and which of the heavy packages it has loaded in the end."""
    script = (
        "import pytest, sys\n"
        f"code = pytest.main({[*PLUGIN, '-q', *argv]!r})\n"
        f"print(int(code), *({set(HEAVY)!r} & sys.modules.keys()))\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    code, *names = done.stdout.splitlines()[-1].split()
    return int(code), sorted(names)


def test_projects_without_agent_files_pay_nothing(write: Write, tmp_path: Path) -> None:
    write("test_one.py", "def test_one() -> None:\n    pass\n")
    for name in ("compose.yaml", "deploy/agents.yaml", "agents.d/cassettes/a.yaml", ".agents.yml"):
        write(name, "tests: [\n")
    assert loaded_after(tmp_path) == (0, [])


def test_collecting_does_not_load_the_sdk(project: Path) -> None:
    code, names = loaded_after(project, "--collect-only")
    assert code == 0
    assert "yaml" in names
    assert not {"agents", "litellm", "openai"} & set(names)


CONFTEST = 'pytest_plugins = ["yamlagents.testing.plugin"]\n'


@pytest.mark.parametrize("plugin", [PLUGIN, PLUGIN[:0]], ids=["option", "conftest"])
def test_an_installed_plugin_may_be_named_again(
    write: Write, project: Path, plugin: tuple[str, ...]
) -> None:
    info = "site/yamlagents-0.1.0.dist-info"
    write(f"{info}/METADATA", "Metadata-Version: 2.1\nName: yamlagents\nVersion: 0.1.0\n")
    write(f"{info}/entry_points.txt", "[pytest11]\nyamlagents = yamlagents.testing.plugin\n")
    write("conftest.py", CONFTEST)
    env = {"PYTHONPATH": str(project / "site")}
    result = run_pytest(project, "--collect-only", "-q", plugin=plugin, env=env)
    assert collected(result) == list(NAMES), result.stderr


def test_the_project_declares_the_plugin() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    declared = '[project.entry-points.pytest11]\nyamlagents = "yamlagents.testing.plugin"\n'
    assert declared in text


def test_items_run_where_a_loop_is_running_already(project: Path) -> None:
    script = (
        "import asyncio, pytest\n"
        "async def main():\n"
        "    return pytest.main(['-q', '-p', 'yamlagents.testing.plugin', '-k', 'not oslo'])\n"
        "print(int(asyncio.run(main())))\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, cwd=project, env=environ, capture_output=True, text=True, check=True
    )
    assert "2 passed" in done.stdout
    assert done.stdout.splitlines()[-1] == "0"


def test_another_agents_package_is_told_without_a_traceback(write: Write, project: Path) -> None:
    write("agents/__init__.py", "")
    result = run_pytest(project, "-k", "hello")
    assert "says hello - 'agents' is not the Agents SDK here but" in result.stdout
    assert "Traceback" not in result.stdout


def test_the_package_needs_no_pytest() -> None:
    script = (
        "import pkgutil, importlib, sys, yamlagents\n"
        "sys.modules['pytest'] = None\n"
        "own = {'yamlagents.testing.plugin', 'yamlagents.testing.items', 'yamlagents.__main__'}\n"
        "for found in pkgutil.walk_packages(yamlagents.__path__, 'yamlagents.'):\n"
        "    if found.name not in own:\n"
        "        importlib.import_module(found.name)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


PARAMS = """\
params:
  city: {type: string}
agents:
  solo:
    instructions: Tell of ${params.city}.
    model: offline/match
tests:
  - name: in Oslo
    params: {city: Oslo}
    input: Hello
    expect: [{python: ../checks.py:tells_of_oslo}]
"""
CHECKS = """\
def tells_of_oslo(run):
    return "Oslo" in run.spec.agents["solo"].instructions
"""


def test_params_of_a_test_are_its_own(write: Write) -> None:
    write("checks.py", CHECKS)
    project = write("agents.d/solo.yaml", PARAMS).parent.parent
    assert "1 passed" in run_pytest(project).stdout
    write("agents.d/solo.yaml", PARAMS.replace("    params: {city: Oslo}\n", ""))
    result = run_pytest(project)
    assert result.code == 2
    assert "this test gives no value for the param 'city'" in result.stdout
