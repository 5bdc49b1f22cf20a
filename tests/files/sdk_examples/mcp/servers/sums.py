"""An MCP server over HTTP: `python sums.py sse|streamable-http PORT`."""

from __future__ import annotations

import sys

try:
    from mcp.server import MCPServer
except ImportError:  # before version 2 of the package
    from mcp.server.fastmcp import FastMCP as MCPServer

server = MCPServer("sums", log_level="CRITICAL")


@server.tool()
def add(a: int, b: int) -> int:
    """Give the sum of two numbers."""
    return a + b


@server.tool()
def password() -> str:
    """Give the password of the day."""
    return "sesame"


@server.tool()
def weather(city: str) -> str:
    """Tell the weather in a city."""
    return f"{city} is windy."


@server.tool()
def ask_about_repository(repository: str, question: str) -> str:
    """Answer a question about a public repository."""
    return f"{repository} is written in Rust."


if __name__ == "__main__":
    server.run(sys.argv[1], port=int(sys.argv[2]))
