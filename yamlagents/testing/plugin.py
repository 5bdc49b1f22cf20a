"""The pytest plugin: the tests of agent files are items.

pytest loads this module wherever yamlagents is installed, so it imports next to nothing; all else
follows with the first agent file.
"""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from yamlagents.spec.agentfiles import FOLDER, SUFFIXES, left_out

# What this module is registered as: by its entry point, and by `-p` or `pytest_plugins`.
_NAMES = ("yamlagents", __name__)
_AGENTS = re.compile(rb"^(?:agents|include)[ \t]*:", re.MULTILINE)
_TESTS = re.compile(rb"^tests[ \t]*:", re.MULTILINE)


def pytest_plugin_registered(plugin_name: str, manager: pytest.PytestPluginManager) -> None:
    """Let the name that came first stand: pytest refuses to register a module by two."""
    if plugin_name in _NAMES:
        manager.set_blocked(_NAMES[1 - _NAMES.index(plugin_name)])


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("yamlagents", "tests of agent files")
    group.addoption(
        "--yamlagents-live",
        action="store_true",
        help="Ask the models' providers; read no cassette.",
    )
    group.addoption(
        "--yamlagents-record",
        action="store_true",
        help="Ask the models' providers, and write cassettes anew.",
    )
    parser.addini(
        "yamlagents_files",
        type="args",
        default=[f"{FOLDER}/*"],
        help=f"Patterns of the paths of agent files; * matches / too. Default: {FOLDER}/*",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--yamlagents-live") and config.getoption("--yamlagents-record"):
        raise pytest.UsageError("--yamlagents-live and --yamlagents-record exclude each other")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Any:
    """Give the collector of an agent file; None for every other file."""
    if file_path.suffix not in SUFFIXES or not file_path.is_file():
        return None
    asked = parent.session.isinitpath(file_path) and _looks_tested(file_path)
    if not asked and not _fits(file_path, parent.config):
        return None
    return import_module("yamlagents.testing.items").AgentFile.from_parent(parent, path=file_path)


def _fits(path: Path, config: pytest.Config) -> bool:
    """Tell whether a path fits the patterns. Of other files nothing more is looked at."""
    root = config.rootpath
    try:
        relative = Path(os.path.relpath(path, root))
    except ValueError:  # another drive of Windows
        relative = path
    parts = [part for part in relative.parts if part != os.pardir]
    if any(map(left_out, parts)):
        return False
    # With the root's own name: it may be the folder of the agent files itself.
    name = "/".join(("", root.name, *parts))
    return any(fnmatchcase(name, f"*/{pattern}") for pattern in config.getini("yamlagents_files"))


def _looks_tested(path: Path) -> bool:
    """Tell whether a file that was asked for by name looks like an agent file with tests."""
    content = path.read_bytes()
    return _AGENTS.search(content) is not None and _TESTS.search(content) is not None
