"""What `yamlagents init --ci` writes: a workflow for GitHub, and hooks for pre-commit."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import click

from yamlagents.cli.places import DEFAULT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

WORKFLOW_FILE = Path(".github") / "workflows" / "agents.yml"
HOOKS_FILE = Path(".pre-commit-config.yaml")

_WORKFLOW = """\
# Checks, exercises and tests the agent files: no key, and no network but to install.
name: agents

on: [push, pull_request]

permissions:
  contents: read

jobs:
  agents:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - uses: actions/setup-python@v6
        with:
          python-version: "3.12"
      # One call of pip, so that a version your project asks for is the one that is used. Tools run
      # here: what they import has to be installed as well.
      - id: install
        run: python -m pip install {requirements}
      # Each step runs even if one before it failed, so that everything is said at once.
      - if: ${{{{ !cancelled() && steps.install.outcome == 'success' }}}}
        run: {validate}
      - if: ${{{{ !cancelled() && steps.install.outcome == 'success' }}}}
        run: {smoke}
      - if: ${{{{ !cancelled() && steps.install.outcome == 'success' }}}}
        run: {test}
      - if: ${{{{ !cancelled() }}}}
        uses: actions/upload-artifact@v6
        with:
          name: agents
          path: reports/agents.xml
          if-no-files-found: ignore
"""

_REPORTS = " --format github --output junit:reports/agents.xml"

_HEAD = """\
# Run `pre-commit install` once; the hooks then run before each commit.
repos:
"""

_HOOKS = """\
  - repo: local
    hooks:
      # By the yamlagents that is installed where you commit. To have pre-commit install one of its
      # own: language: python, additional_dependencies: [yamlagents], and what the tools import.
      - id: yamlagents-validate
        name: yamlagents validate
        entry: {validate}
        language: system
        files: {pattern}
        pass_filenames: false
      - id: yamlagents-smoke
        name: yamlagents smoke
        entry: {smoke}
        language: system
        files: {pattern}
        pass_filenames: false
"""


def files(folder: Path) -> dict[Path, str]:
    """Give the files for the agents in `folder`, and the text of each.

    Raises `click.UsageError` if they would not be read here, or if other hooks are there already.
    """
    root = _checkout()
    if root is not None and root != Path.cwd():
        raise click.UsageError(
            f"Nothing was written: GitHub and pre-commit read their files in '{root}', the root of"
            " the repository. Run this there, with --dir for the folder of agents."
        )
    if folder.is_absolute() or ".." in folder.parts:
        raise click.UsageError(f"Nothing was written: '{folder}' is no folder of the repository.")
    hooks = _HOOKS.format(
        validate=_scalar(_call("validate", folder)),
        smoke=_scalar(_call("smoke", folder)),
        pattern=_pattern(folder),
    )
    workflow = _WORKFLOW.format(
        requirements=_requirements(),
        validate=_scalar(_call("validate", folder) + " --format github"),
        smoke=_scalar(_call("smoke", folder) + " --format github"),
        test=_scalar(_call("test", folder) + _REPORTS),
    )
    if not HOOKS_FILE.exists():
        return {WORKFLOW_FILE: workflow, HOOKS_FILE: _HEAD + hooks}
    if "yamlagents" not in HOOKS_FILE.read_text(encoding="utf-8", errors="replace"):
        raise click.UsageError(
            f"Nothing was written: {HOOKS_FILE} exists already. Add this to its 'repos:', and run"
            f" the command again:\n\n{hooks}"
        )
    return {WORKFLOW_FILE: workflow}


def _checkout() -> Path | None:
    """Give the root of the checkout that the working folder is in, if it is in one."""
    here = Path.cwd()
    return next((path for path in (here, *here.parents) if (path / ".git").exists()), None)


def _requirements() -> str:
    """Say what pip installs: the project where it is one, or its list of requirements."""
    project = Path("pyproject.toml")
    try:
        table = tomllib.loads(project.read_text(encoding="utf-8")) if project.exists() else {}
    except (OSError, ValueError):  # its own tools will say so
        table = {}
    if "project" in table or "build-system" in table:
        return ". yamlagents"
    if Path("requirements.txt").exists():
        return "-r requirements.txt yamlagents"
    return "yamlagents"


def commands(folder: Path) -> str:
    """Give the command line that does what the workflow does."""
    return " && ".join(_call(name, folder) for name in ("validate", "smoke", "test"))


def _call(name: str, folder: Path) -> str:
    where = "" if folder == Path(DEFAULT) else f" --dir {shlex.quote(folder.as_posix())}"
    return f"yamlagents {name}{where}"


def _scalar(command: str) -> str:
    """Give a command line as YAML, in quotes where it needs them."""
    plain = re.fullmatch(r"[\w ./':-]+", command) and ": " not in command
    return command if plain else json.dumps(command, ensure_ascii=False)


def _pattern(folder: Path) -> str:
    """Give the pattern of the files whose change concerns the agents, as YAML in quotes."""
    inside = "" if folder == Path() else re.escape(folder.as_posix() + "/")
    return "'" + f"^{inside}".replace("'", "''") + "'"
