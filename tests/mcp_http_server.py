"""A small MCP server over HTTP, by the protocol's own package: `python ... TRANSPORT PORT`."""

import os
import sys
from importlib import import_module
from typing import Any

# Version 2 of the package has renamed it.
_package: Any = import_module("mcp.server")
MCPServer: Any = getattr(_package, "MCPServer", None) or import_module("mcp.server.fastmcp").FastMCP

server = MCPServer("calculator", log_level="CRITICAL")


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def end() -> str:
    """End the server in the middle of a call."""
    os._exit(3)


for tool in (add, end):
    server.add_tool(tool)


if __name__ == "__main__":
    server.run(sys.argv[1], port=int(sys.argv[2]))
