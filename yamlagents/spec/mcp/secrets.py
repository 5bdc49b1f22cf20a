"""What of a declared MCP server may be a secret."""

from __future__ import annotations

from collections.abc import Iterator

from yamlagents.spec.secrets.words import Leaf, bears_secret, leaves
from yamlagents.spec.text.document import Document


def server_leaves(document: Document) -> Iterator[Leaf]:
    """Give every scalar below the MCP servers of a file, and whether its name tells of a secret."""
    for name, server in document.mapping("mcp_servers").items():
        if not isinstance(server, dict):
            continue
        opening = set(secret_arguments(server.get("args")))
        for leaf in leaves(server):
            secret = leaf.secret or (leaf.keys[0] == "args" and leaf.keys[-1] in opening)
            yield Leaf(("mcp_servers", name, *leaf.keys), leaf.value, secret)


def secret_arguments(args: object) -> Iterator[int]:
    """Give the places of the secrets on a command line: `--token x`, `--token=x`."""
    waiting = False
    for index, arg in enumerate(args if isinstance(args, list | tuple) else ()):
        option, equals, _ = str(arg).partition("=")
        named = option.startswith("-") and bears_secret(option.strip("-"))
        if (named and equals) or (waiting and not option.startswith("-")):
            yield index
        waiting = named and not equals
