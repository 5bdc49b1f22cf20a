"""Which of the files below a folder are agent files, as far as their names tell."""

from __future__ import annotations

FOLDER = "agents.d"
SUFFIXES = (".yaml", ".yml")

# Files of other formats that lie below a folder of agents.
_SKIPPED = frozenset(("cassettes", "node_modules", "__pycache__"))


def left_out(name: str) -> bool:
    """Tell whether a folder or file called `name` is passed over: a hidden one, say."""
    return name.startswith(".") or name in _SKIPPED
