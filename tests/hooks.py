"""The hooks of .pre-commit-hooks.yaml, made to run what is installed; `python -m tests.hooks`.

pre-commit would install this project anew for them. What it calls, and when, stays as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).resolve().parent.parent / ".pre-commit-hooks.yaml"


def hooks() -> dict[str, dict[str, Any]]:
    """Give the hooks by their names."""
    return {hook["id"]: hook for hook in yaml.safe_load(FILE.read_text(encoding="utf-8"))}


def configuration() -> str:
    """Give a configuration of pre-commit that has them."""
    local = [{**hook, "language": "system"} for hook in hooks().values()]
    # Input files of the tests, some wrong on purpose.
    repositories = [{"repo": "local", "hooks": local}]
    return yaml.safe_dump({"exclude": "^tests/files/", "repos": repositories}, sort_keys=False)


if __name__ == "__main__":
    sys.stdout.write(configuration())
