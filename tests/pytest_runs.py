"""Runs of pytest with the plugin, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.conftest import ROOT, Result

# The tests of the project that tests/tested_project.py writes.
NAMES = ("tokyo is sunny", "oslo is rainy", "says hello")
PLUGIN = ("-p", "yamlagents.testing.plugin")


def run_pytest(
    folder: Path, *argv: str, plugin: Sequence[str] = PLUGIN, env: Mapping[str, str] | None = None
) -> Result:
    """Run pytest with the plugin in a process of its own; there are no keys in its environment."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "YAMLAGENTS_")) and not name.endswith("_API_KEY")
    }
    paths = os.pathsep.join([*(env or {}).get("PYTHONPATH", "").split(), str(ROOT)])
    environ = {**plain, **(env or {}), "PYTHONPATH": paths, "COLUMNS": "200", "NO_COLOR": "1"}
    # Hypothesis has nothing to do there, and takes longer to load than all the rest.
    command = [sys.executable, "-m", "pytest", "-p", "no:hypothesispytest", *plugin, *argv]
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    return Result(done.returncode, done.stdout, done.stderr)


def collected(result: Result) -> list[str]:
    """Give the names of the items of agents.d/solo.yaml that `--collect-only -q` lists."""
    return [line.partition("::")[2] for line in result.stdout.splitlines() if "::" in line]
