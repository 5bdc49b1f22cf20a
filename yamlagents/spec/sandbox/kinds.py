"""The kinds of sandboxes and of their capabilities, by name."""

from __future__ import annotations

from collections.abc import Iterator

from yamlagents.spec.text.document import Document, Keys
from yamlagents.spec.variables import unset

# The tools that capabilities of sandboxes bring.
CAPABILITY_TOOLS: dict[str, tuple[str, ...]] = {
    "shell": ("exec_command", "write_stdin"),
    "filesystem": ("view_image", "apply_patch"),
}
# What the SDK gives an agent that says nothing of capabilities.
DEFAULT_CAPABILITIES = ("filesystem", "shell", "compaction")
# The kinds of the SDK's own clients.
CLIENTS = ("unix_local", "docker")
# Where the workspace is in a sandbox, if nobody says otherwise.
DEFAULT_ROOT = "/workspace"


def environments(document: Document) -> Iterator[Keys]:
    """Give the keys to the variables that the sandboxes of a file have."""
    for name in document.mapping("agents"):
        yield ("agents", name, "sandbox", "default_manifest", "environment")
    yield ("run", "sandbox", "manifest", "environment")


def waiting(document: Document) -> Iterator[Keys]:
    """Give the keys of what hangs on a variable of ours that is not set.

    It does not matter before a sandbox is made, which tests need not do, and `smoke` never does.
    """
    for keys in environments(document):
        yield from unset(document.get(*keys), keys)
